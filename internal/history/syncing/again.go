package syncing

import (
	"context"
	"slices"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/store"
	"firstline/sources"
)

// incidentsOfList is how many incidents one request returns.
const incidentsOfList = 100

// readAgain reads the incidents that were open at the last sync, that changed since
// they were read, or that have only a log. Neighbours are read by one
// request.
func (r *run) readAgain(ctx context.Context) error {
	due, err := r.Store.PastDue(ctx, r.started)
	if err != nil {
		return err
	}
	for len(due) > 0 {
		group, span, err := r.neighbours(ctx, due)
		if err != nil {
			return err
		}
		due = due[len(group):]
		if err := r.readGroup(ctx, group, span); err != nil {
			return err
		}
	}
	return nil
}

// neighbours returns the first of the incidents with those that one request can
// read together with it.
func (r *run) neighbours(ctx context.Context, due []store.PastDue) ([]store.PastDue, sources.Span, error) {
	n := 1
	span := sources.Span{Since: due[0].CreatedAt, Until: due[0].CreatedAt.Add(time.Second)}
	if due[0].CreatedAt.IsZero() {
		return due[:1], span, nil
	}
	for n < len(due) && !due[n].CreatedAt.IsZero() {
		longer := sources.Span{Since: span.Since, Until: due[n].CreatedAt.Add(time.Second)}
		begun, err := r.Store.PastBegun(ctx, longer)
		if err != nil {
			return nil, span, err
		}
		if len(begun) > incidentsOfList || longer.Until.Sub(longer.Since) > longestWindow {
			break
		}
		span = longer
		n++
	}
	return due[:n], span, nil
}

func (r *run) readGroup(ctx context.Context, group []store.PastDue, span sources.Span) error {
	left := map[string]bool{}
	for _, d := range group {
		left[d.ID] = true
	}
	var u store.PastUpdate
	if len(group) > 1 {
		readAt := r.Now().UTC()
		list, err := r.Past.IncidentsBegun(ctx, span, r.plan.TeamIDs)
		if err != nil {
			return err
		}
		for n := range list.Items { // none, if they are too many
			delete(left, list.Items[n].ID)
			u.Incidents = append(u.Incidents, r.details.incident(&list.Items[n], readAt))
		}
	}
	for _, d := range group {
		if !left[d.ID] {
			r.result.Again++
			continue
		}
		i, found, err := r.readOne(ctx, d.ID)
		if err != nil {
			return err
		}
		if found {
			u.Incidents = append(u.Incidents, i)
			r.result.Again++
		}
	}
	return r.Store.SavePast(ctx, u)
}

// readOne reads one incident. One that PagerDuty says it does not have is deleted:
// nothing else proves that. found is false for one that may not be read.
func (r *run) readOne(ctx context.Context, id string) (i past.Incident, found bool, err error) {
	readAt := r.Now().UTC()
	read, err := r.Past.IncidentAlone(ctx, id)
	switch sources.ReasonOf(err) {
	case "":
		if err != nil {
			return past.Incident{}, false, err
		}
		return r.details.incident(&read, readAt), true, nil
	case sources.NotFound:
		r.result.Deleted++
		return past.Incident{ID: id, ReadAt: readAt, Deleted: true}, true, nil
	case sources.Forbidden:
		r.missing("incidents that the token may not read")
		return past.Incident{}, false, nil
	}
	return past.Incident{}, false, err
}

// notListed reads the incidents one by one that are stored as begun in a span, and
// that a list of the span does not have. Of a list of teams it proves nothing: the
// stored ones may be of others.
func (r *run) notListed(ctx context.Context, span sources.Span, listed map[string]bool, lost int) ([]past.Incident, error) {
	if r.scope != "" || lost > 0 {
		return nil, nil
	}
	stored, err := r.Store.PastBegun(ctx, span)
	if err != nil {
		return nil, err
	}
	stored = slices.DeleteFunc(stored, func(id string) bool { return listed[id] })
	var all []past.Incident
	for _, id := range stored {
		i, found, err := r.readOne(ctx, id)
		if err != nil {
			return nil, err
		}
		if found {
			all = append(all, i)
		}
	}
	return all, nil
}
