package earlier

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/history/past"
	"firstline/internal/wording"
	"firstline/sources"
)

// storedFor is how far back the stored history is looked at.
const storedFor = 400 * 24 * time.Hour

// Stored finds earlier incidents in the history that `firstline sync` stored.
type Stored struct {
	// Read reads the stored history of a span.
	Read func(ctx context.Context, span sources.Span) (past.History, error)
}

// Name names the history.
func (s Stored) Name() string { return "stored history" }

// Find reads the state file, and sends nothing.
func (s Stored) Find(ctx context.Context, q Question) Part {
	p := Part{AsOf: q.Now}
	if len(q.Names) == 0 {
		return p
	}
	h, err := s.Read(ctx, sources.Span{Since: q.Now.Add(-storedFor), Until: q.Now})
	if err != nil {
		return Part{Missing: []string{wording.Sentence(clean.Line(err.Error()))}, Failed: true}
	}
	if len(h.Log) == 0 {
		p.Missing = []string{"no history is stored: `firstline sync` reads PagerDuty's of up to 400 days"}
		return p
	}
	p.Since, p.AsOf = h.Log[0].Since, h.ReadAt
	for i := range h.Incidents {
		in := &h.Incidents[i]
		if !in.Read() || in.ID == q.Group.ID || q.Group.Incident != nil && in.ID == q.Group.Incident.ID || !q.sameService(in.Service) {
			continue
		}
		if !slices.Contains(q.Names, in.Alert) && !q.names(in.Title) {
			continue
		}
		p.Times = append(p.Times, storedTime(in, h.People))
	}
	return p
}

// sameService reports whether an incident is of the group's service.
func (q *Question) sameService(service past.Name) bool {
	if q.Group.ServiceID != "" {
		return service.ID == q.Group.ServiceID
	}
	return slices.ContainsFunc(append(slices.Clone(q.Group.Services), q.Group.Service), func(name string) bool {
		return name != "" && strings.EqualFold(name, service.Name)
	})
}

func storedTime(in *past.Incident, people map[string]past.Person) Time {
	t := Time{Incident: Incident{ID: in.ID, Number: in.Number}, Began: in.Begun(), Title: clean.Line(in.Title), From: "stored history"}
	for _, e := range in.Entries {
		switch e.Kind {
		case past.Resolve:
			t.Ended, t.EndedBy = e.At, clean.Line(people[e.By].Name)
			if e.By == "" {
				t.EndedBy = itself
			}
		case past.Trigger, past.Acknowledge, past.Unacknowledge:
			t.Ended, t.EndedBy = time.Time{}, "" // it was opened again
		}
	}
	switch {
	case in.Open():
		t.Ended, t.EndedBy = time.Time{}, ""
	case in.MergedInto != "":
		t.Ended, t.EndedBy = cmp.Or(t.Ended, in.ChangedAt), "merged into another incident"
	case in.Status == sources.Resolved && t.Ended.IsZero():
		t.Ended = in.ChangedAt
	}
	return t
}
