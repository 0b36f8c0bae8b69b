package report

import (
	"fmt"
	"math/rand/v2"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// made returns a history of a few days around the end of summer time, by chance.
func made(r *rand.Rand, span sources.Span) (past.History, []string) {
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", ""}
	h := past.History{People: map[string]past.Person{}, Log: []sources.Span{{Since: span.Since.AddDate(0, 0, -30), Until: span.Until}}}
	h.OnCalls = h.Log
	var people []string
	for n := range 5 {
		id := fmt.Sprintf("u%d", n)
		people = append(people, id)
		h.People[id] = past.Person{ID: id, Name: id, Zone: zones[r.IntN(len(zones))], Deleted: r.IntN(5) == 0}
	}
	someone := func() string { return people[r.IntN(len(people))] }
	long := int(span.Until.Sub(span.Since).Minutes())
	for range 10 {
		from := span.Since.Add(time.Duration(r.IntN(long)-600) * time.Minute)
		h.Turns = append(h.Turns, past.Turn{
			Policy: past.Name{ID: []string{"first", "a", "b"}[r.IntN(3)]}, Level: 1 + r.IntN(3), Person: someone(), Start: from, End: from.Add(time.Duration(1+r.IntN(2000)) * time.Minute),
		})
	}
	for n := range 25 {
		at := span.Since.Add(time.Duration(r.IntN(long+600)-600) * time.Minute)
		if r.IntN(3) == 0 && n > 0 { // near another one
			at = h.Incidents[n-1].CreatedAt.Add(time.Duration(r.IntN(40)) * time.Minute)
		}
		if !at.Before(span.Until) {
			at = span.Since
		}
		i := past.Incident{
			ID: fmt.Sprintf("i%d", n), CreatedAt: at, ReadAt: span.Until, Status: sources.Triggered, Alert: []string{"x", "y"}[r.IntN(2)],
			Service: past.Name{ID: []string{"s", "t", "v"}[r.IntN(3)]}, DetailsRead: r.IntN(2) == 0,
		}
		i.Entries = append(i.Entries, past.Entry{At: at, Kind: past.Trigger})
		idle := r.IntN(3) == 0
		by := func() string {
			if idle || r.IntN(3) == 0 {
				return ""
			}
			return someone()
		}
		for range r.IntN(10) {
			at = at.Add(time.Duration(r.IntN(90)) * time.Minute)
			if !at.Before(span.Until) {
				break
			}
			e := past.Entry{At: at}
			switch k := r.IntN(10); {
			case k < 4:
				e.Kind, e.To, e.Way = past.Notify, []string{someone()}, past.Way(1+r.IntN(5))
			case k < 6:
				e.Kind, e.To, e.By = []past.Kind{past.Assign, past.Escalate}[k%2], []string{someone(), someone()}[:1+r.IntN(2)], by()
			case k < 8:
				e.Kind, e.By, i.Status = past.Acknowledge, by(), sources.Acknowledged
			case k < 9:
				e.Kind, e.By, i.Status = past.Resolve, by(), sources.Resolved
				if r.IntN(6) == 0 {
					i.MergedInto = "other"
				}
			default:
				e.Kind, e.By = []past.Kind{past.Snooze, past.Unacknowledge, past.Note}[r.IntN(3)], by()
			}
			i.Entries = append(i.Entries, e)
			i.ChangedAt = at
		}
		for k := range i.Entries {
			i.Entries[k].Hash = uint64(n<<8 + k)
		}
		h.Incidents = append(h.Incidents, i)
	}
	return h, people
}
