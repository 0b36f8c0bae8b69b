// Package pasttest makes histories for tests.
package pasttest

import (
	"fmt"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// The size of the large history.
const (
	Services = 60
	People   = 40

	days      = 90
	incidents = 20_000
	alerts    = 420
)

// PolicyID is the id of the nth escalation policy.
func PolicyID(n int) string { return fmt.Sprintf("p%d", n) }

// ServiceID is the id of the nth service.
func ServiceID(n int) string { return fmt.Sprintf("s%d", n%Services) }

func personID(n int) string { return fmt.Sprintf("u%d", n%People) }

// Large is a history of 90 days with 20,000 incidents and 200,000 log entries. Each
// day another person is on call for each of the policies.
func Large(until time.Time, policies int) (past.History, sources.Span) {
	span := sources.Span{Since: until.AddDate(0, 0, -days), Until: until}
	h := past.History{People: map[string]past.Person{}, Log: []sources.Span{span}, OnCalls: []sources.Span{span}, ReadAt: until}
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"}
	for n := range People {
		h.People[personID(n)] = past.Person{ID: personID(n), Name: personID(n), Zone: zones[n%len(zones)]}
	}
	for day := range days {
		from := span.Since.AddDate(0, 0, day)
		for n := range policies {
			h.Turns = append(h.Turns, past.Turn{Policy: past.Name{ID: PolicyID(n)}, Level: 1, Person: personID(day + n), Start: from, End: from.AddDate(0, 0, 1)})
		}
	}
	const apart = days * 24 * time.Hour / incidents
	for n := range incidents {
		at := span.Since.Add(time.Duration(n) * apart)
		h.Incidents = append(h.Incidents, past.Incident{
			ID: fmt.Sprintf("i%d", n), CreatedAt: at, ChangedAt: at.Add(time.Hour), ReadAt: until, Status: sources.Resolved, DetailsRead: true, Title: "Something is slow",
			Service: past.Name{ID: ServiceID(n)}, Policy: past.Name{ID: PolicyID(n % policies)}, Alert: fmt.Sprintf("a%d", n%alerts), Entries: log(n, at),
		})
	}
	return h, span
}

// log is the log of the nth incident: escalated to a second person, who resolves it.
func log(n int, at time.Time) []past.Entry {
	var entries []past.Entry
	for k, kind := range []past.Kind{past.Trigger, past.Assign, past.Notify, past.Notify, past.Acknowledge, past.Escalate, past.Notify, past.Acknowledge, past.Note, past.Resolve} {
		e := past.Entry{Hash: uint64(n<<8 + k), At: at.Add(time.Duration(k) * 5 * time.Minute), Kind: kind, Way: past.Push}
		switch kind {
		case past.Assign, past.Notify, past.Escalate:
			e.To = []string{personID(n + k/5)}
		case past.Trigger:
		default:
			e.By = personID(n + k/5)
		}
		entries = append(entries, e)
	}
	return entries
}
