package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/weekhours"
	"firstline/sources"
	"firstline/ui/dialog"
	"firstline/ui/keymap"
)

func (d *account) SetLevel(_ context.Context, level int, ids ...string) error {
	return d.change(fmt.Sprint("level ", level), ids, func(i *sources.Incident) {
		i.Assignments = []sources.Assignment{{User: userReference(cho), At: noon}}
	})
}

func (d *account) Resolve(_ context.Context, resolution string, ids ...string) error {
	return d.change("resolve", ids, func(i *sources.Incident) { i.Status, i.ResolvedAs = sources.Resolved, resolution })
}

func (d *account) Snooze(_ context.Context, id string, span time.Duration) error {
	return d.change("snooze "+span.String(), []string{id}, func(i *sources.Incident) {
		i.Status = sources.Acknowledged
		i.Acknowledgers = []sources.Assignment{{User: userReference(dana), At: noon}}
		i.Pending = []sources.PendingAction{{Type: "unacknowledge", At: noon.Add(span)}}
	})
}

func (d *account) Merge(_ context.Context, into string, ids ...string) error {
	return d.change("merge into "+into, ids, func(i *sources.Incident) { i.Status = sources.Resolved })
}

func (d *account) SetUrgency(_ context.Context, urgency string, ids ...string) error {
	return d.change("urgency "+urgency, ids, func(i *sources.Incident) { i.Urgency = urgency })
}

func (d *account) SetPriority(_ context.Context, id string, ids ...string) error {
	return d.change("priority "+id, ids, func(i *sources.Incident) { i.Priority = &sources.Priority{ID: id, Name: id} })
}

func (d *account) AskResponders(_ context.Context, id, _ string, users, policies []string) error {
	return d.change("ask "+strings.Join(append(users, policies...), ","), []string{id}, func(*sources.Incident) {})
}

func (d *account) Upcoming(context.Context, ...string) ([]sources.OnCall, sources.Extent, error) {
	return []sources.OnCall{{
		User: userReference(ann), Policy: reference("PPAY", "Payments on call"), Level: 1,
		Schedule: reference("SCHPAY", "Payments primary"), Start: noon.Add(6 * time.Hour), End: noon.Add(14 * time.Hour),
	}}, sources.Whole, nil
}

// quieter is an Alertmanager that remembers its silences.
type quieter struct {
	account  *account
	silences map[string]sources.Silence
}

func (q *quieter) Source() sources.Source {
	return sources.Source{Kind: sources.Alertmanager, Name: "alertmanager"}
}

func (q *quieter) CreateSilence(_ context.Context, s sources.Silence) (string, error) {
	if s.ID == "" {
		s.ID = fmt.Sprint("made", len(q.silences))
	}
	s.State = "active"
	q.silences[s.ID] = s
	return s.ID, q.account.change(fmt.Sprintf("silence for %s: %s", s.EndsAt.Sub(noon).Round(time.Minute), s.Comment), []string{s.ID}, func(*sources.Incident) {})
}

func (q *quieter) ExpireSilence(_ context.Context, id string) error {
	s := q.silences[id]
	s.State = "expired"
	q.silences[id] = s
	return q.account.change("expire", []string{id}, func(*sources.Incident) {})
}

func (q *quieter) Silence(_ context.Context, id string) (sources.Silence, error) {
	return q.silences[id], nil
}

// withAll has a PagerDuty and an Alertmanager that take everything, and an
// Alertmanager that answers.
func withAll(t *testing.T, d *account, width, height int, change func(*Options)) *harness {
	t.Helper()
	q := &quieter{account: d, silences: map[string]sources.Silence{}}
	h := withStory(t, width, height, func(o *Options) {
		d.with(o)
		o.Doer.Silencers = []sources.Silencer{q}
		o.Doer.Wait = func(context.Context, time.Duration) error { return nil }
		if change != nil {
			change(o)
		}
	})
	snapshots := story(noon)
	snapshots[0].Data.Priorities = []sources.Priority{{ID: "PR1", Name: "P1"}, {ID: "PR2", Name: "P2"}}
	am := &snapshots[2]
	am.Err, am.FailingSince, am.AsOf = nil, time.Time{}, noon
	am.Data.Extents.Alerts = sources.Whole
	for i, pod := range []string{"mail-0", "mail-1"} {
		a := firing("QueueBacklog", "mail", "error", pod, noon.Add(-time.Minute))
		a.Source, a.Fingerprint = "alertmanager", fmt.Sprint("dd0", i)
		am.Data.Alerts = append(am.Data.Alerts, a)
	}
	for _, s := range am.Data.Silences {
		q.silences[s.ID] = s
	}
	h.send(snapshotsMsg{list: snapshots})
	return h
}

func TestNextLevel(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q3DISK") // with Ben, who is on no level of it
	h.press("E")
	h.dialog("Escalate to the next level")
	h.press("esc")

	d.incidents["Q1CHECKOUT"] = func() sources.Incident {
		i := d.incidents["Q1CHECKOUT"]
		i.Policy = reference("POPS", "Ops first line")
		i.Assignments = []sources.Assignment{{User: userReference(ben), At: noon}}
		return i
	}()
	snapshots := story(noon)
	snapshots[0].Data.Incidents[0] = d.incidents["Q1CHECKOUT"]
	h.send(snapshotsMsg{list: snapshots})
	h.put("Q1CHECKOUT")
	h.press("E")
	h.dialog("Escalate to the next level", "Notified now", "Cho Minh")
	h.write("No answer.")
	h.press("enter")
	h.dialog("Cho Minh, level 2 of Ops first line")
	h.press("enter")
	d.expect(t, "note Q1CHECKOUT", "level 2 Q1CHECKOUT")
}

func TestResolveWithAReason(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("r")
	h.dialog("Resolve", "Notified now  nobody")
	h.write("Rolled back.")
	h.press("enter")
	h.dialog("Resolve", "2 alerts of #4711", "Alertmanager will notify again", "Rolled back.")
	h.press("enter")
	d.expect(t, "resolve Q1CHECKOUT")
	if got := d.incidents["Q1CHECKOUT"].ResolvedAs; !strings.Contains(got, "Rolled back.") {
		t.Errorf("resolved as %q", got)
	}
}

func TestSnooze(t *testing.T) {
	for _, c := range []struct{ typed, head, act string }{
		{"", "Snooze until 12:30 UTC", "snooze 30m0s Q1CHECKOUT"},
		{"4", "Snooze until 16:00 UTC", "snooze 4h0m0s Q1CHECKOUT"},
		{"45m", "Snooze until 12:45 UTC", "snooze 45m0s Q1CHECKOUT"},
		{"until 14:00", "Snooze until 14:00 UTC", "snooze 2h0m0s Q1CHECKOUT"},
	} {
		d := newAccount()
		h := withAll(t, d, 80, 24, nil)
		h.put("Q1CHECKOUT")
		h.now = noon
		h.press("z")
		h.dialog("30m", "until 09:00")
		h.write(c.typed)
		h.now = noon
		h.m.actions.Dialog.Rethink()
		h.send(nil)
		h.press("enter")
		h.dialog(c.head, "then it is triggered again")
		h.press("enter")
		d.expect(t, c.act)
	}
}

func TestAnEndThatIsNoneIsNotTaken(t *testing.T) {
	h := withAll(t, newAccount(), 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("z")
	h.write("someday")
	h.dialog("Write how long, such as 45m or 2h")
	h.press("enter")
	if h.m.actions.Dialog.Answered() {
		t.Error("it was taken")
	}
}

func TestSilence(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("QueueBacklog")
	h.press("s")
	h.dialog(`alertname="QueueBacklog"`, `service="mail"`, "Matches 2 alerts in alertmanager now", "pod=mail-1")
	h.press("ctrl+j")
	h.write("pod=~(")
	h.dialog("✗ Line 5")
	h.press("enter")
	if h.m.actions.Dialog.Field != dialog.MatcherField {
		t.Fatal("a wrong matcher was taken")
	}
	for range "(" {
		h.press("backspace")
	}
	h.write("mail-0")
	h.dialog("Matches 1 alert in alertmanager now")
	h.press("enter")
	h.field("Until")
	h.dialog("24h")
	h.press("down", "down", "enter", "n")
	h.dialog("Comment", "Notified now  nobody")
	h.write("known since Monday")
	h.press("enter")
	h.dialog("Nobody is notified", "silence 1 alert in alertmanager for")
	h.press("enter")
	acts := d.acts()
	if len(acts) != 1 || !strings.HasPrefix(acts[0], "silence for 4h0m") || !strings.Contains(acts[0], "known since Monday") {
		t.Errorf("done: %q", acts)
	}
}

func TestASilenceOfEverythingAsksOnceMore(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("QueueBacklog")
	h.press("s")
	h.m.actions.Dialog.Matchers.SetValue(`alertname=~".+"`)
	h.m.actions.Dialog.Rethink()
	h.send(nil)
	h.dialog("! It silences all 3 alerts")
	h.press("enter", "enter", "n")
	h.write("Maintenance")
	h.press("enter")
	h.dialog("[ Yes, all the same ]", "enter says yes, and sends nothing yet")
	h.press("enter")
	d.expect(t)
	h.dialog("said yes to", "enter sends")
	h.press("enter")
	d.expect(t, "silence for 1h0m")
}

func TestMatchersAreSaved(t *testing.T) {
	s := newShelf()
	h := withAll(t, newAccount(), 80, 24, func(o *Options) { o.Drafts = s })
	h.put("QueueBacklog")
	h.press("s", "esc")
	s.expect(t, nil)
	h.press("s", "ctrl+j")
	h.write(`pod="mail-0"`)
	h.press("esc", "s")
	h.dialog(`pod="mail-0"`)
	if len(s.saved) != 1 {
		t.Errorf("kept: %v", s.saved)
	}
}

func TestExtendAndEndASilence(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("NodeDown")
	h.press(":")
	h.write("extend")
	h.press("enter")
	h.dialog("Extend a silence")
	h.field("Until")
	h.press("down", "down", "enter")
	h.dialog("Extends 1 silence until", "enter sends")
	h.press("enter")
	d.expect(t, "silence for 4h")
	h.press(":")
	h.write("end a silence")
	h.press("enter")
	h.dialog("End a silence", "Ends 1 silence now")
	h.press("enter")
	d.expect(t, "silence for 4h", "expire s1")
}

func TestWithoutASilenceThereIsNoneToEnd(t *testing.T) {
	h := withAll(t, newAccount(), 80, 24, nil)
	h.put("QueueBacklog")
	h.press(":")
	h.write("end a silence")
	h.dialog("no silence covers this")
}

func TestMerge(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q3DISK")
	h.press(":")
	h.write("merge")
	h.press("enter")
	h.dialog("Into", "#4708 Replication lag", "#4711 HighErrorRate")
	h.seesNot("#4699 Disk")
	h.write("replication")
	h.press("enter")
	h.dialog("Merge into #4708", "can't be undone")
	h.press("enter")
	d.expect(t, "merge into Q2REPLICA Q3DISK")
}

func TestUrgencyAndPriority(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press(":")
	h.write("urgency")
	h.press("enter", "down", "enter")
	h.dialog("Change the urgency to low", "from high to low")
	h.press("enter")
	d.expect(t, "urgency low Q1CHECKOUT")
	h.press(":")
	h.write("priority")
	h.press("enter")
	h.dialog("P1", "P2")
	h.press("down", "enter")
	h.dialog("Change the priority to P2")
	h.press("enter")
	d.expect(t, "urgency low Q1CHECKOUT", "priority PR2 Q1CHECKOUT")
}

func TestAskToJoin(t *testing.T) {
	for _, keys := range [][]string{{"h", "ctrl+t"}, {":", "a", "s", "k", "enter"}} {
		d := newAccount()
		h := withAll(t, d, 80, 24, nil)
		h.put("Q1CHECKOUT")
		h.press(keys...)
		h.write("okafor")
		h.dialog("Ask to join", "ctrl-t hands off instead")
		h.press("enter")
		h.dialog("Ask to join: Ann Okafor")
		h.write("You know this.")
		h.press("enter", "enter")
		acts := d.acts()
		if len(acts) == 0 || !strings.HasPrefix(acts[len(acts)-1], "ask PANN Q1CHECKOUT") {
			t.Errorf("%v: done: %q", keys, acts)
		}
	}
}

func TestHandOffToTheNextOnCall(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("h")
	h.write("next on call")
	h.press("enter")
	h.dialog("Hand off to whoever is next on call", "Ann Okafor")
	h.write("My shift ends.")
	h.press("enter", "enter")
	d.expect(t, "note Q1CHECKOUT", "assign PANN Q1CHECKOUT")
}

func TestWakingDevelopersOutsideTheirHoursAsksOnceMore(t *testing.T) {
	hours, err := weekhours.Parse("Mon-Fri 13:00-17:00 UTC")
	if err != nil {
		t.Fatal(err)
	}
	d := newAccount()
	h := withAll(t, d, 80, 24, func(o *Options) {
		o.Respond.Role = respond.FirstLine
		o.Respond.Services = map[string]respond.ServiceSettings{"payments": {Hours: hours, Outside: respond.OutsideFirstLine}}
	})
	snapshots := story(noon)
	snapshots[0].Data.OnCalls[2].User = userReference(ann)
	d.onCalls = snapshots[0].Data.OnCalls
	h.send(snapshotsMsg{list: snapshots[:1]})
	h.put("Q3DISK")
	h.press("e")
	h.write("It grows.")
	h.press("enter")
	h.dialog("! It is outside the hours of payments's developers")
	h.dialog("[ Yes, all the same ]")
	h.press("enter")
	d.expect(t)
	h.dialog("said yes to")
	h.press("enter")
	d.expect(t, "note Q3DISK", "policy PPAY Q3DISK")
}

// What one said yes to is not taken as a yes to something else.
func TestAYesIsForWhatWasOnTheScreen(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("QueueBacklog")
	h.press("s")
	h.m.actions.Dialog.Matchers.SetValue(`alertname=~".+"`)
	h.m.actions.Dialog.Rethink()
	h.send(nil)
	h.press("enter", "enter", "enter")
	h.dialog("said yes to")
	h.m.actions.Dialog.Matchers.SetValue(`alertname=~".*",namespace=~".+"`)
	h.m.actions.Dialog.Rethink()
	h.send(nil)
	h.dialog("[ Yes, all the same ]")
	d.expect(t)
}

func TestReadOnlyOpensNoDialog(t *testing.T) {
	h := withAll(t, newAccount(), 120, 40, func(o *Options) { o.Respond.ReadOnly = true })
	h.put("Q1CHECKOUT")
	for _, e := range h.m.actions.Table() {
		h.run(h.m.obey(&e))
		if h.m.mode() != keymap.InNormal {
			t.Fatalf("%s opened a dialog", e.Binding.Help().Desc)
		}
		h.status("firstline runs read-only")
	}
}

func TestSendingSeveralSaysHowManyAreDone(t *testing.T) {
	h := withAll(t, newAccount(), 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("space")
	h.put("Q3DISK")
	h.press("space", "a")
	h.hold = true
	h.press("enter")
	h.dialog("Sending … 0 of 2 done", "esc goes back to the list, which shows the result")
	h.m.actions.TakeResult(h.sending(), respond.Result{GroupID: "Q1CHECKOUT", Outcome: respond.Done, Sentence: "Acknowledged."})
	h.dialog("Sending … 1 of 2 done")
	h.release()
}
