package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/internal/triage"
	"firstline/internal/triage/filter"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// pastJSON is an incident of the stored history.
type pastJSON struct {
	ID           string   `json:"id"`
	Number       int      `json:"number"`
	Title        string   `json:"title"`
	Service      string   `json:"service"`
	Teams        []string `json:"teams"`
	Status       string   `json:"status"`
	Urgency      string   `json:"urgency"`
	AlertName    string   `json:"alert_name"`
	Began        string   `json:"began"`
	Ended        *string  `json:"ended"`
	Acknowledged *string  `json:"acknowledged"`
	// Notified, Emailed and Assigned are names of people. Emailed were notified by e-mail
	// alone.
	Notified   []string `json:"notified"`
	Emailed    []string `json:"emailed"`
	Assigned   []string `json:"assigned"`
	Notes      []string `json:"notes"`
	MergedInto string   `json:"merged_into"`
	Deleted    bool     `json:"deleted"`
}

// errNoPast says that there is nothing to report on.
var errNoPast = errors.New("no history is stored on this machine yet: run `firstline sync`")

// openPast opens the state with the stored history. The demo reads its own first.
func (s *setup) openPast(ctx context.Context, back time.Duration) error {
	if !s.demo && !s.hasState() {
		return errNoPast
	}
	if warning := s.openState(ctx); s.state == nil {
		return errors.New(warning)
	}
	s.learnStoredZone(ctx)
	if err := s.syncDemo(ctx, back); err != nil {
		return err
	}
	return s.needPast(ctx)
}

// learnStoredZone takes the person's time zone from what PagerDuty said last. The demo
// has stored nothing yet, and asks its own.
func (s *setup) learnStoredZone(ctx context.Context) {
	for _, r := range s.readers {
		s.learnZone(s.lastStored(ctx, r.Source()))
	}
	if !s.demo {
		return
	}
	users, _, err := s.account.AllUsers(ctx)
	if err != nil {
		s.log.Warn("the demo's users were not read", "why", err)
	}
	s.learnZoneOf(users)
}

// learnZoneOf takes the person's time zone from a list of users.
func (s *setup) learnZoneOf(users []sources.User) {
	for _, u := range users {
		if u.Email != "" && strings.EqualFold(u.Email, s.config.Me.Email) {
			s.own.Learn(u.TimeZone)
			return // of several accounts the first
		}
	}
}

// needPast fails where the state has no history: other commands make one too.
func (s *setup) needPast(ctx context.Context) error {
	scopes, err := s.state.PastScopes(ctx)
	if err == nil && len(scopes) == 0 {
		err = errNoPast
	}
	return err
}

// printPast prints the incidents of the stored history that a filter selects.
func (a *app) printPast(ctx context.Context, s *setup, back time.Duration, expression string, asJSON bool) error {
	f, err := filter.Parse(expression, s.config.SavedFilters())
	if err != nil {
		return usagef("--filter: %w", err)
	}
	if err := s.openPast(ctx, back); err != nil {
		return err
	}
	now := s.now()
	span := sources.Span{Since: now.Add(-back), Until: now}
	h, err := s.state.Past(ctx, "", span)
	if err != nil {
		return err
	}
	found := []pastJSON{}
	for n := range h.Incidents {
		i := &h.Incidents[n]
		if !i.Read() || i.Last().Before(span.Since) && !i.Open() {
			continue
		}
		if f.Empty() || f.Match(pastGroup(i, h.People), now) {
			found = append(found, pastJSONOf(i, h.People))
		}
	}
	if err := a.writePast(found, asJSON, wallclock.Of(s.now())); err != nil {
		return err
	}
	return a.sayUnread(ctx, s, span)
}

func (a *app) writePast(found []pastJSON, asJSON bool, clock wallclock.Clock) error {
	if asJSON {
		return writeJSON(a.out, historyJSON{Acts: []actJSON{}, Incidents: found})
	}
	var b strings.Builder
	for _, i := range found {
		began, _ := time.Parse(time.RFC3339, i.Began)
		state := i.Status
		if i.Ended != nil {
			ended, _ := time.Parse(time.RFC3339, *i.Ended)
			state = "resolved after " + age(ended.Sub(began), began)
		}
		switch {
		case i.Deleted:
			state = "deleted"
		case i.MergedInto != "":
			state = "merged"
		}
		fmt.Fprintf(&b, "%s  #%d  %s  %s: %s; %s\n", clock.Stamp(began), i.Number, dash(i.Service), i.Title, state, i.notified())
	}
	_, err := fmt.Fprint(a.text(), b.String())
	return err
}

// notified says who was notified, and who by e-mail alone, which the report does not
// count.
func (i *pastJSON) notified() string {
	var all []string
	if len(i.Notified) > 0 {
		all = append(all, "notified "+strings.Join(i.Notified, ", "))
	}
	if len(i.Emailed) > 0 {
		all = append(all, "by e-mail only "+strings.Join(i.Emailed, ", "))
	}
	return cmp.Or(strings.Join(all, "; "), "nobody was notified")
}

// sayUnread says what of a time was not read, with the status of an incomplete list.
func (a *app) sayUnread(ctx context.Context, s *setup, span sources.Span) error {
	scopes, err := s.state.PastScopes(ctx)
	if err != nil {
		return err
	}
	scope := ""
	if len(scopes) == 1 {
		scope = scopes[0]
	}
	log, _, readAt, err := s.state.PastSpans(ctx, scope)
	if err != nil {
		return err
	}
	clock := wallclock.Of(s.now())
	for _, g := range past.Gaps(span, log) {
		if g.Until.Sub(g.Since) <= time.Hour {
			continue
		}
		switch begins := s.historyBegins(); {
		case !g.Until.After(begins.Add(time.Hour)):
			a.sayf("the history begins on %s", clock.Day(begins))
		case !readAt.IsZero() && g.Until.Equal(span.Until):
			a.sayf("what came after %s was not read yet: run `firstline sync`", clock.Whole(g.Since))
		default:
			a.sayf("what happened from %s to %s was not read: run `firstline sync`", clock.Whole(g.Since), clock.Whole(g.Until))
		}
		err = exit(exitPartly)
	}
	return err
}

// notifiedIn returns the ids of the people who were notified, and of those who were by
// e-mail alone.
func notifiedIn(i *past.Incident) (notified, emailed []string) {
	all := peopleIn(i, past.Notify)
	for _, id := range all {
		alone := !slices.ContainsFunc(i.Entries, func(e past.Entry) bool {
			return e.Kind == past.Notify && e.Way != past.Email && slices.Contains(e.To, id)
		})
		if alone {
			emailed = append(emailed, id)
		} else {
			notified = append(notified, id)
		}
	}
	return notified, emailed
}

// pastGroup is an incident of the past as the filter language sees it.
func pastGroup(i *past.Incident, people map[string]past.Person) triage.Group {
	in := &sources.Incident{
		ID: i.ID, Number: i.Number, Title: i.Title, Status: i.Status, Urgency: i.Urgency, CreatedAt: i.CreatedAt,
		Service: sources.Reference{ID: i.Service.ID, Name: i.Service.Name}, Policy: sources.Reference{ID: i.Policy.ID, Name: i.Policy.Name},
	}
	if i.Priority != "" {
		in.Priority = &sources.Priority{Name: i.Priority}
	}
	for _, id := range peopleIn(i, past.Assign, past.Escalate, past.Delegate) {
		in.Assignments = append(in.Assignments, sources.Assignment{User: sources.Reference{ID: id, Name: people[id].Name}})
	}
	g := triage.Group{ID: i.ID, State: triage.State(i.Status), Title: i.Title, Service: i.Service.Name, Urgency: i.Urgency, Since: i.CreatedAt, Incident: in}
	for _, t := range i.Teams {
		g.Teams = append(g.Teams, t.Name)
	}
	if len(g.Teams) > 0 {
		g.Team = g.Teams[0]
	}
	if i.Alert != "" {
		g.Alerts = []triage.Alert{{Alert: sources.Alert{Labels: map[string]string{"alertname": i.Alert}}}}
	}
	return g
}

// peopleIn returns the ids of the people in entries of these kinds, each once.
func peopleIn(i *past.Incident, kinds ...past.Kind) []string {
	var ids []string
	for _, e := range i.Entries {
		if slices.Contains(kinds, e.Kind) {
			for _, id := range e.To {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}

func pastJSONOf(i *past.Incident, people map[string]past.Person) pastJSON {
	j := pastJSON{
		ID: i.ID, Number: i.Number, Title: clean.Line(i.Title), Service: clean.Line(i.Service.Name), Status: string(i.Status), Urgency: i.Urgency,
		AlertName: clean.Line(i.Alert), Began: i.CreatedAt.Format(time.RFC3339), MergedInto: i.MergedInto, Deleted: i.Deleted,
		Teams: []string{}, Notified: []string{}, Emailed: []string{}, Assigned: []string{}, Notes: []string{},
	}
	for _, t := range i.Teams {
		j.Teams = append(j.Teams, clean.Line(t.Name))
	}
	notified, emailed := notifiedIn(i)
	for _, id := range notified {
		j.Notified = append(j.Notified, report.NameOf(people, id))
	}
	for _, id := range emailed {
		j.Emailed = append(j.Emailed, report.NameOf(people, id))
	}
	for _, id := range peopleIn(i, past.Assign, past.Escalate, past.Delegate) {
		j.Assigned = append(j.Assigned, report.NameOf(people, id))
	}
	for _, e := range i.Entries {
		at := e.At.Format(time.RFC3339)
		switch {
		case e.Kind == past.Acknowledge && e.By != "" && j.Acknowledged == nil:
			j.Acknowledged = &at
		case e.Kind == past.Resolve && i.Status == sources.Resolved:
			j.Ended = &at
		case e.Kind == past.Note:
			j.Notes = append(j.Notes, clean.Text(e.Text))
		}
	}
	return j
}
