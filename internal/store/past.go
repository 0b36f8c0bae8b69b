package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// The kinds of windows of the past.
const (
	// LogWindow is for the log, and the incidents that began in the window.
	LogWindow = "log"
	// OnCallWindow is for the on-call entries.
	OnCallWindow = "oncalls"
)

// The states of an incident of the past.
const (
	pastFinal = iota
	pastOpen
	pastStale
	pastUnread
	pastDeleted
)

func pastState(i *past.Incident) int {
	switch {
	case i.Deleted:
		return pastDeleted
	case !i.Read():
		return pastUnread
	case i.IsStale():
		return pastStale
	case i.Open():
		return pastOpen
	}
	return pastFinal
}

// PastUpdate is what one step of reading the past brought. It is stored as a whole
// or not at all.
type PastUpdate struct {
	// Scope says whose past it is: the ids of teams, or empty for the account.
	Scope string
	// Kind and Window say which span is now stored. Without a Kind none is.
	Kind   string
	Window past.Window
	// Incidents are merged into those that are stored. One that only has entries
	// adds these.
	Incidents []past.Incident
	// Turns replace those of the policies in the window.
	Turns    []past.Turn
	Policies []string
	// People are those of a list of users. Where it was whole, all others who are
	// stored are deleted.
	People      []past.Person
	PeopleWhole bool
	// Met are people whom the log names. They change nobody who is stored.
	Met []past.Person
}

// SavePast stores what was read of the past.
func (s *Store) SavePast(ctx context.Context, u PastUpdate) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("storing the history: %w", err)
		}
	}()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // a no-op after Commit
	if err := mergePast(ctx, tx, u.Incidents); err != nil {
		return err
	}
	if err := replaceTurns(ctx, tx, u); err != nil {
		return err
	}
	if err := savePeople(ctx, tx, u); err != nil {
		return err
	}
	if u.Kind != "" {
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO past_windows (scope, kind, since, until, read_at) VALUES (?, ?, ?, ?, ?)`,
			u.Scope, u.Kind, u.Window.Since.Unix(), u.Window.Until.Unix(), u.Window.ReadAt.Unix()); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func mergePast(ctx context.Context, tx *sql.Tx, incidents []past.Incident) (err error) {
	if len(incidents) == 0 {
		return nil
	}
	find, err := tx.PrepareContext(ctx, `SELECT data FROM past_incidents WHERE id = ?`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, find.Close()) }()
	put, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO past_incidents (id, created, last, read_at, state, data) VALUES (?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, put.Close()) }()
	shared := map[string]string{}
	for _, i := range incidents {
		var data []byte
		err := find.QueryRowContext(ctx, i.ID).Scan(&data)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			i = past.Merge(past.Incident{ID: i.ID}, i)
		case err != nil:
			return err
		default:
			stored, err := unpackIncident(i.ID, data, shared)
			if err != nil {
				return fmt.Errorf("%s: %w", i.ID, err)
			}
			i = past.Merge(stored, i)
		}
		if _, err := put.ExecContext(ctx, i.ID, seconds(i.Begun()), seconds(i.Last()), seconds(i.ReadAt), pastState(&i), packIncident(&i)); err != nil {
			return err
		}
	}
	return nil
}

// seconds is a time as it is stored; zero is 0.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func fromSeconds(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

func replaceTurns(ctx context.Context, tx *sql.Tx, u PastUpdate) error {
	if len(u.Policies) == 0 {
		return nil
	}
	policies, err := json.Marshal(u.Policies)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM past_turns WHERE start >= ? AND start < ? AND policy IN (SELECT value FROM json_each(?))`,
		u.Window.Since.Unix(), u.Window.Until.Unix(), string(policies)); err != nil {
		return err
	}
	for _, t := range u.Turns {
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO past_turns (policy, level, person, schedule, start, until, policy_name, schedule_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			t.Policy.ID, t.Level, t.Person, t.Schedule.ID, t.Start.Unix(), t.End.Unix(), t.Policy.Name, t.Schedule.Name); err != nil {
			return err
		}
	}
	return nil
}

func savePeople(ctx context.Context, tx *sql.Tx, u PastUpdate) error {
	if u.PeopleWhole {
		if _, err := tx.ExecContext(ctx, `UPDATE past_people SET deleted = 1`); err != nil {
			return err
		}
	}
	put := func(how string, people []past.Person) error {
		for _, p := range people {
			if _, err := tx.ExecContext(ctx, how+` INTO past_people (id, name, zone, deleted) VALUES (?, ?, ?, ?)`, p.ID, p.Name, p.Zone, p.Deleted); err != nil {
				return err
			}
		}
		return nil
	}
	if err := put(`INSERT OR REPLACE`, u.People); err != nil {
		return err
	}
	return put(`INSERT OR IGNORE`, u.Met)
}

// PastAccount returns whose past is stored, or "".
func (s *Store) PastAccount(ctx context.Context) (string, error) {
	var account string
	err := s.db.QueryRowContext(ctx, `SELECT scope FROM past_windows WHERE kind = 'account'`).Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the history: %w", err)
	}
	return account, nil
}

// SetPastAccount stores whose past it is, and forgets what was read for another one: the
// next sync reads everything again. The past that is stored stays.
func (s *Store) SetPastAccount(ctx context.Context, account string) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM past_windows; INSERT INTO past_windows (scope, kind, since, until, read_at) VALUES (?, 'account', 0, 0, 0)`, account); err != nil {
		return fmt.Errorf("storing the history: %w", err)
	}
	return nil
}

// PastWindows returns the windows of a kind that were read for a scope, or for the
// whole account.
func (s *Store) PastWindows(ctx context.Context, scope, kind string) ([]past.Window, error) {
	return query(ctx, s.db, "reading the history", func(r *sql.Rows) (w past.Window, err error) {
		var since, until, readAt int64
		err = r.Scan(&since, &until, &readAt)
		w.Since, w.Until, w.ReadAt = fromSeconds(since), fromSeconds(until), fromSeconds(readAt)
		return w, err
	}, `SELECT since, until, read_at FROM past_windows WHERE scope IN (?, '') AND kind = ? ORDER BY since`, scope, kind)
}

// PastScopes returns the scopes that windows are stored for.
func (s *Store) PastScopes(ctx context.Context) ([]string, error) {
	return query(ctx, s.db, "reading the history", func(r *sql.Rows) (scope string, err error) {
		err = r.Scan(&scope)
		return scope, err
	}, `SELECT DISTINCT scope FROM past_windows WHERE kind = 'log' ORDER BY scope`)
}

// ForgetPastWindows makes the next sync read everything again. What is stored stays.
func (s *Store) ForgetPastWindows(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM past_windows WHERE kind <> 'account'`); err != nil {
		return fmt.Errorf("reading the history again: %w", err)
	}
	return nil
}

// ForgetPast deletes what ended before a time.
func (s *Store) ForgetPast(ctx context.Context, before time.Time) error {
	for _, text := range []string{
		fmt.Sprintf(`DELETE FROM past_incidents WHERE last < ? AND state <> %d`, pastOpen),
		`DELETE FROM past_turns WHERE until < ?`,
		`DELETE FROM past_windows WHERE until < ? AND kind <> 'account'`,
	} {
		if _, err := s.db.ExecContext(ctx, text, before.Unix()); err != nil {
			return fmt.Errorf("forgetting what is old: %w", err)
		}
	}
	return nil
}

// PastDue is an incident that must be read, or read again.
type PastDue struct {
	ID string
	// CreatedAt is zero where it is not known yet.
	CreatedAt time.Time
}

// PastDue returns the incidents that have only a log, that changed since
// they were read, or that were open when they were read before a time. The oldest
// are first.
func (s *Store) PastDue(ctx context.Context, before time.Time) ([]PastDue, error) {
	return query(ctx, s.db, "reading the history", func(r *sql.Rows) (d PastDue, err error) {
		var created int64
		var state int
		err = r.Scan(&d.ID, &created, &state)
		if state != pastUnread {
			d.CreatedAt = fromSeconds(created)
		}
		return d, err
	}, fmt.Sprintf(`SELECT id, created, state FROM past_incidents WHERE state IN (%d, %d) OR state = %d AND read_at < ? ORDER BY created, id`,
		pastStale, pastUnread, pastOpen), before.Unix())
}

// PastBegun returns the ids of the incidents that were read and began in a span,
// without those that are deleted.
func (s *Store) PastBegun(ctx context.Context, span sources.Span) ([]string, error) {
	return query(ctx, s.db, "reading the history", func(r *sql.Rows) (id string, err error) {
		err = r.Scan(&id)
		return id, err
	}, fmt.Sprintf(`SELECT id FROM past_incidents WHERE created >= ? AND created < ? AND state NOT IN (%d, %d)`, pastUnread, pastDeleted),
		span.Since.Unix(), span.Until.Unix())
}

// PastPolicies returns the ids of the escalation policies of the incidents in a span.
func (s *Store) PastPolicies(ctx context.Context, span sources.Span) ([]string, error) {
	h, err := s.Past(ctx, "", span)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{"": true}
	var ids []string
	for i := range h.Incidents {
		if id := h.Incidents[i].Policy.ID; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Past returns what is stored of a span. Scope says which windows count as read.
func (s *Store) Past(ctx context.Context, scope string, span sources.Span) (past.History, error) {
	return s.PastWith(ctx, scope, span, nil)
}

// PastWith is Past with only the incidents that are wanted, so that the others take no
// memory.
func (s *Store) PastWith(ctx context.Context, scope string, span sources.Span, wanted func(*past.Incident) bool) (past.History, error) {
	h := past.History{People: map[string]past.Person{}}
	shared := map[string]string{}
	where := fmt.Sprintf(` FROM past_incidents WHERE created < ? AND (last >= ? OR state IN (%d, %d))`, pastOpen, pastStale)
	if wanted == nil { // an incident is large: moving them as their number grows takes as long as reading them
		var count int
		if err := s.db.QueryRowContext(ctx, `SELECT count(*)`+where, span.Until.Unix(), span.Since.Unix()).Scan(&count); err != nil {
			return past.History{}, fmt.Errorf("reading the history: %w", err)
		}
		h.Incidents = make([]past.Incident, 0, count)
	}
	_, err := query(ctx, s.db, "reading the history", func(r *sql.Rows) (struct{}, error) {
		var id string
		var data sql.RawBytes
		if err := r.Scan(&id, &data); err != nil {
			return struct{}{}, err
		}
		i, err := unpackIncident(strings.Clone(id), data, shared)
		if err == nil && (wanted == nil || wanted(&i)) {
			h.Incidents = append(h.Incidents, i)
		}
		return struct{}{}, err
	}, `SELECT id, data`+where+` ORDER BY created, id`, span.Until.Unix(), span.Since.Unix())
	if err != nil {
		return past.History{}, err
	}
	people, err := query(ctx, s.db, "reading the history", func(r *sql.Rows) (p past.Person, err error) {
		err = r.Scan(&p.ID, &p.Name, &p.Zone, &p.Deleted)
		return p, err
	}, `SELECT id, name, zone, deleted FROM past_people`)
	if err != nil {
		return past.History{}, err
	}
	h.People = past.People(people)
	h.Turns, err = query(ctx, s.db, "reading the history", func(r *sql.Rows) (t past.Turn, err error) {
		var start, until int64
		err = r.Scan(&t.Policy.ID, &t.Level, &t.Person, &t.Schedule.ID, &start, &until, &t.Policy.Name, &t.Schedule.Name)
		t.Start, t.End = fromSeconds(start), fromSeconds(until)
		return t, err
	}, `SELECT policy, level, person, schedule, start, until, policy_name, schedule_name FROM past_turns WHERE start < ? AND until > ? ORDER BY start, policy, level, person`,
		span.Until.Unix(), span.Since.Unix())
	if err != nil {
		return past.History{}, err
	}
	h.Log, h.OnCalls, h.ReadAt, err = s.PastSpans(ctx, scope)
	return h, err
}

// PastSpans returns the spans that were read for a scope, and when it was last.
func (s *Store) PastSpans(ctx context.Context, scope string) (log, onCalls []sources.Span, readAt time.Time, err error) {
	for kind, spans := range map[string]*[]sources.Span{LogWindow: &log, OnCallWindow: &onCalls} {
		windows, err := s.PastWindows(ctx, scope, kind)
		if err != nil {
			return nil, nil, time.Time{}, err
		}
		bare := make([]sources.Span, len(windows))
		for n, w := range windows {
			bare[n] = w.Span
			if kind == LogWindow && w.ReadAt.After(readAt) {
				readAt = w.ReadAt
			}
		}
		*spans = past.Union(bare)
	}
	return log, onCalls, readAt, nil
}
