package respond

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/sources"
)

// What the fake does of the actions that leave an incident with whom it is
// with, of levels and of silences.

func (f *fake) LogEntries(_ context.Context, id string) ([]sources.LogEntry, sources.Extent, error) {
	if t, bad := f.call("log", id); bad {
		return nil, sources.Extent{}, t.err
	}
	var all []sources.LogEntry
	for _, e := range f.entries {
		if e.Incident.ID == id {
			all = append(all, e)
		}
	}
	return all, sources.Whole, nil
}

func (f *fake) Upcoming(_ context.Context, ids ...string) ([]sources.OnCall, sources.Extent, error) {
	if t, bad := f.call("upcoming", ids...); bad {
		return nil, sources.Extent{}, t.err
	}
	return slices.DeleteFunc(slices.Clone(f.upcoming), func(o sources.OnCall) bool { return !slices.Contains(ids, o.Schedule.ID) }), sources.Whole, nil
}

func (f *fake) OnCallsUntil(_ context.Context, _ time.Time, ids ...string) ([]sources.OnCall, sources.Extent, error) {
	if t, bad := f.call("turns", ids...); bad {
		return nil, sources.Extent{}, t.err
	}
	return slices.DeleteFunc(slices.Clone(f.onCalls), func(o sources.OnCall) bool { return !slices.Contains(ids, o.Policy.ID) }), sources.Whole, nil
}

func (f *fake) FindUsers(_ context.Context, query string) ([]sources.User, sources.Extent, error) {
	if t, bad := f.call("findusers", query); bad {
		return nil, sources.Extent{}, t.err
	}
	return slices.DeleteFunc(slices.Clone(pagerDutyData().Users), func(u sources.User) bool {
		return !strings.Contains(strings.ToLower(u.Name+" "+u.Email), strings.ToLower(query))
	}), sources.Whole, nil
}

func (f *fake) User(_ context.Context, id string) (sources.User, error) {
	if t, bad := f.call("user", id); bad {
		return sources.User{}, t.err
	}
	if f.user != nil && strings.HasPrefix(id, "UX") {
		return f.user(sources.User{ID: id})
	}
	for _, u := range pagerDutyData().Users {
		if u.ID == id && f.user != nil {
			return f.user(u)
		}
		if u.ID == id {
			return u, nil
		}
	}
	return sources.User{}, refusedWith(sources.NotFound)
}

func (f *fake) ChangeNote(_ context.Context, id, noteID, content string) error {
	t, bad := f.call("CHANGENOTE", id, noteID)
	if bad && !t.happens {
		return t.err
	}
	for n := range f.notes[id] {
		if f.notes[id][n].ID == noteID {
			f.notes[id][n].Content = content
			return t.err
		}
	}
	return refusedWith(sources.NotFound)
}

func (f *fake) SetLevel(ctx context.Context, level int, ids ...string) error {
	moved := false
	err := f.change(ctx, fmt.Sprint("LEVEL ", level), ids, func(i *sources.Incident) error {
		users := f.at(i.Policy.ID, level)
		if len(users) == 0 {
			return refusedWith(sources.Rejected)
		}
		i.Status, i.Acknowledgers, i.Assignments, moved = sources.Triggered, nil, nil, true
		for _, u := range users {
			i.Assignments = append(i.Assignments, sources.Assignment{User: u, At: f.now()})
		}
		return nil
	})
	if moved {
		f.paged(ids)
	}
	return err
}

func (f *fake) Move(ctx context.Context, id, serviceID, policyID string) error {
	moved := false
	err := f.change(ctx, "MOVE "+serviceID+" "+policyID, []string{id}, func(i *sources.Incident) error {
		i.Service = ref(serviceID, serviceID)
		moved = true
		return f.setPolicy(i, policyID)
	})
	if moved && f.incidents[id].Policy.ID == policyID {
		f.paged([]string{id})
	}
	return err
}

func (f *fake) AskResponders(_ context.Context, id, _ string, users, policies []string) error {
	t, bad := f.call("RESPONDERS", append(append([]string{id}, users...), policies...)...)
	if bad && !t.happens {
		return t.err
	}
	f.pages = append(f.pages, users...)
	for _, p := range policies {
		for _, u := range f.starts(p) {
			f.pages = append(f.pages, u.ID)
		}
	}
	return t.err
}

func (f *fake) Snooze(ctx context.Context, id string, d time.Duration) error {
	return f.change(ctx, "SNOOZE "+d.String(), []string{id}, func(i *sources.Incident) error {
		if i.Status == sources.Resolved {
			return refusedWith(sources.AlreadyResolved)
		}
		i.Status = sources.Acknowledged
		i.Pending = []sources.PendingAction{{Type: "unacknowledge", At: f.now().Add(d)}}
		return nil
	})
}

func (f *fake) Merge(ctx context.Context, into string, ids ...string) error {
	return f.change(ctx, "MERGE "+into, ids, func(i *sources.Incident) error {
		if i.Status == sources.Resolved {
			return refusedWith(sources.AlreadyMerged)
		}
		i.Status = sources.Resolved
		return nil
	})
}

func (f *fake) SetUrgency(ctx context.Context, urgency string, ids ...string) error {
	raised := false
	err := f.change(ctx, "URGENCY "+urgency, ids, func(i *sources.Incident) error {
		raised = urgency == "high" && i.Urgency != "high" && i.Status == sources.Triggered
		i.Urgency = urgency
		return nil
	})
	if raised {
		f.paged(ids)
	}
	return err
}

func (f *fake) SetPriority(ctx context.Context, id string, ids ...string) error {
	return f.change(ctx, "PRIORITY "+id, ids, func(i *sources.Incident) error {
		i.Priority = &sources.Priority{ID: id, Name: strings.TrimPrefix(id, "PR")}
		return nil
	})
}

func (f *fake) ExpireSilence(_ context.Context, id string) error {
	t, bad := f.call("EXPIRE", id)
	if bad && !t.happens {
		return t.err
	}
	for i := range f.silences {
		if f.silences[i].ID == id {
			f.silences[i].State = "expired"
		}
	}
	return t.err
}
