package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/respond"
	"firstline/sources"
	"firstline/ui/keymap"
)

func (d *account) expect(t *testing.T, want ...string) {
	t.Helper()
	acts := d.acts()
	if len(acts) != len(want) {
		t.Fatalf("done: %q, want %q", acts, want)
	}
	for i := range want {
		if !strings.HasPrefix(acts[i], want[i]) {
			t.Fatalf("done: %q, want %q", acts, want)
		}
	}
}

func TestAcknowledge(t *testing.T) {
	d := newAccount()
	h := withStory(t, 80, 24, d.with)
	h.put("Q1CHECKOUT")
	h.press("a")
	h.dialog("Acknowledge", "Nobody is notified.", "#4711", "enter sends")
	d.expect(t)
	h.press("enter")
	d.expect(t, "acknowledge Q1CHECKOUT")
	if h.m.mode() != keymap.InNormal {
		t.Fatalf("the dialog stays after it was done:\n%s", h.screen())
	}
	// The row says so at once, without waiting for the next poll.
	h.row("HighErrorRate", "acked")
	h.header("1 triggered  3 unpaged  2 acked")
	h.status("✓ ")
}

func TestAcknowledgeClosedSendsNothing(t *testing.T) {
	d := newAccount()
	h := withStory(t, 80, 24, d.with)
	h.put("Q1CHECKOUT")
	h.press("a", "esc")
	d.expect(t)
	if h.m.mode() != keymap.InNormal {
		t.Error("esc does not close the dialog")
	}
}

func TestAcknowledgeAlreadyAcknowledgedSaysByWhom(t *testing.T) {
	d := newAccount()
	h := withStory(t, 80, 24, d.with)
	h.put("Q2REPLICA")
	h.press("a")
	h.dialog("Already acknowledged by Ann Okafor 50 m ago", "nothing can be sent")
	h.press("enter")
	d.expect(t)
}

func TestAcknowledgeAlertsOnlyAsksHow(t *testing.T) {
	h := withStory(t, 100, 30, newAccount().with)
	h.send(snapshotsMsg{list: []sources.Snapshot{{
		Source: sources.Source{Kind: sources.Alertmanager, Name: "alertmanager"}, AsOf: noon,
		Data: sources.Data{Extents: sources.Extents{Alerts: sources.Whole}, Alerts: []*sources.Alert{func() *sources.Alert {
			a := firing("PayoutsStuck", "payments", "critical", "p-1", noon.Add(-time.Minute))
			a.Source, a.Fingerprint = "alertmanager", "cc01"
			return a
		}()}},
	}}})
	h.put("PayoutsStuck")
	h.press("a")
	h.dialog("No incident belongs to it", "a silence", "an incident")
	h.press("down", "enter")
	h.dialog("Opens an incident on payments", "enter sends")
	// Back to the choice, and the other one.
	h.press("shift+tab", "up", "enter")
	h.dialog("Makes 1 silence")
}

func TestEscalateWithAReason(t *testing.T) {
	d := newAccount()
	h := withStory(t, 80, 24, d.with)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.dialog("Escalate to Ops first line", "Notified now", "Ben Ortiz", "Asia/Singapore")
	h.seesNot("No reason is given")
	h.press("enter")
	h.dialog("No reason is given")
	h.press("shift+tab")
	h.write("The rollback did not help.")
	h.press("ctrl+j")
	h.write("Provider?")
	h.press("enter")
	h.seesNot("No reason is given")
	d.expect(t)
	h.dialog("enter sends")
	h.press("enter")
	d.expect(t, "note Q1CHECKOUT", "policy POPS Q1CHECKOUT")
	if note := d.acts()[0]; !strings.Contains(note, "The rollback did not help.\nProvider?") {
		t.Errorf("the reason does not stand in the note: %q", note)
	}
	if len(h.m.drafts.Texts) != 0 {
		t.Errorf("drafts are left after success: %v", h.m.drafts.Texts)
	}
}

func TestHandOffToAPersonAndToATeam(t *testing.T) {
	for _, c := range []struct{ search, head, act string }{
		{"okafor", "Hand off to Ann Okafor", "assign PANN Q1CHECKOUT"},
		{"operations", "Hand off to operations", "policy POPS Q1CHECKOUT"},
	} {
		d := newAccount()
		h := withStory(t, 80, 24, d.with)
		h.put("Q1CHECKOUT")
		h.press("h")
		h.dialog("Hand off", "Ops first line", "on call")
		h.write(c.search)
		h.press("enter")
		h.dialog(c.head)
		h.write("My shift ends.")
		h.press("enter", "enter")
		d.expect(t, "note Q1CHECKOUT", c.act)
	}
}

func TestHandOffPickerMovesAndFindsNobody(t *testing.T) {
	h := withStory(t, 80, 24, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press("h", "down", "down", "down", "down", "up")
	if got := h.m.actions.Dialog.Offers[h.m.actions.Dialog.Chosen]; got.Name != "Ben Ortiz" {
		t.Errorf("the cursor stands on %+v", got)
	}
	h.write("zzzz")
	h.dialog("Nobody by that name")
	h.press("enter")
	if h.m.actions.Dialog.Answered() {
		t.Error("nobody was taken as a target")
	}
}

// A choice that is made before the offers are there counts for them.
func TestChoosingBeforeTheOffersAreThere(t *testing.T) {
	for _, tt := range []struct {
		keys   []string
		chosen string
	}{
		{nil, "the first"},
		{[]string{"down"}, "the second"},
		{[]string{"down", "down", "up"}, "the second"},
		{slices.Repeat([]string{"down"}, 50), "the last"},
		{append(slices.Repeat([]string{"down"}, 50), "up"), "the last"}, // nobody saw where the end is
	} {
		h := withStory(t, 80, 24, newAccount().with)
		h.put("Q1CHECKOUT")
		h.holdReplies = true
		h.press(append([]string{"h"}, tt.keys...)...)
		if offers := h.m.actions.Dialog.Offers; len(offers) != 0 {
			t.Fatalf("the offers are there: %v", offers)
		}
		h.deliverHeld()
		d := h.m.actions.Dialog
		want := map[string]int{"the first": 0, "the second": 1, "the last": len(d.Offers) - 1}[tt.chosen]
		if len(d.Offers) < 3 || d.Chosen != want {
			t.Errorf("%d keys chose %d of %d, not %s", len(tt.keys), d.Chosen, len(d.Offers), tt.chosen)
		}
	}
}

func TestNote(t *testing.T) {
	d := newAccount()
	h := withStory(t, 80, 24, d.with)
	h.put("Q1CHECKOUT")
	h.press("n", "tab", "enter")
	h.dialog("The note is empty")
	d.expect(t)
	h.press("shift+tab")
	h.write("Found it:")
	h.press("enter")
	h.write("the deploy.")
	h.press("tab", "enter")
	d.expect(t, "note Q1CHECKOUT: Found it:\nthe deploy.")
}

func TestAFailureLeavesTheDraftAndCanBeTriedAgain(t *testing.T) {
	d := newAccount()
	d.fail = errUnreachable
	h := withStory(t, 80, 24, d.with)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("Please take over.")
	h.press("enter", "enter")
	h.dialog("✗", "enter goes back to try again")
	h.press("esc")
	// The draft is there when the dialog is opened again.
	h.press("e")
	h.dialog("Please take over.")
	h.press("enter", "enter")
	h.dialog("✗")
	d.fail = nil
	h.press("enter", "enter")
	d.expect(t, "note Q1CHECKOUT", "policy POPS Q1CHECKOUT")
}

func TestAClosedDialogSavesItsTextForItsGroup(t *testing.T) {
	h := withStory(t, 80, 24, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("half a sent")
	h.press("esc")
	h.put("Q3DISK")
	h.press("e")
	h.seesNot("half a sent")
	h.press("esc")
	h.put("Q1CHECKOUT")
	h.press("e")
	h.dialog("half a sent")
}

func TestSendingLeavesTheScreenAliveAndIsNotDoubled(t *testing.T) {
	d := newAccount()
	h := withStory(t, 80, 24, d.with)
	h.put("Q1CHECKOUT")
	h.press("a")
	h.hold = true
	h.press("enter")
	h.dialog("Sending", "under way")
	h.m.actions.TakeWait(h.sending(), "PagerDuty asks to wait 12 s.")
	h.dialog("PagerDuty asks to wait 12 s.", "esc goes back")
	h.press("enter", "esc")
	if h.m.mode() != keymap.InNormal {
		t.Fatal("the dialog can't be left while it sends")
	}
	h.press("j", "k")
	h.press("a")
	h.status("under way for this already")
	h.press("q")
	h.status("still being sent")
	if h.quit {
		t.Error("q left without a word while something was sent")
	}
	h.release()
	d.expect(t, "acknowledge Q1CHECKOUT")
	if len(h.m.actions.UnderWay) != 0 {
		t.Errorf("still under way: %v", h.m.actions.UnderWay)
	}
}

func TestSeveralGroupsHaveOneResultEach(t *testing.T) {
	d := newAccount()
	h := withStory(t, 100, 30, d.with)
	h.put("Q1CHECKOUT")
	h.press("space")
	h.put("Q2REPLICA")
	h.press("space", "e")
	h.dialog("2 groups")
	h.write("x")
	h.press("enter", "enter")
	if got := len(d.acts()); got != 4 {
		t.Fatalf("done: %q", d.acts())
	}
	if n := len(h.m.list.Selected); n != 0 {
		t.Errorf("%d groups stay selected after success", n)
	}
	h.press("m")
	h.dialog("HighErrorRate", "Replication lag")
}

// Whom a plan notifies may change while it is looked at: then the next enter
// only says that this was seen.
func TestAChangedPreviewAsksAgain(t *testing.T) {
	d := newAccount()
	h := withStory(t, 100, 30, d.with)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("x")
	h.press("enter")
	h.dialog("Ben Ortiz, level 1")
	changed := story(noon)[0]
	changed.Data.OnCalls = append([]sources.OnCall(nil), changed.Data.OnCalls...)
	changed.Data.OnCalls[0].User = userReference(ann)
	d.onCalls = changed.Data.OnCalls
	h.send(snapshotsMsg{list: []sources.Snapshot{changed}})
	h.dialog("Ann Okafor, level 1", "has just changed")
	h.press("enter")
	d.expect(t)
	h.press("enter")
	d.expect(t, "note Q1CHECKOUT", "policy POPS Q1CHECKOUT")
}

func TestEscalateWithoutPagerDutyOffersTheSummary(t *testing.T) {
	h := newHarness(t, 100, 30, func(o *Options) {
		o.Initial = storySources()[1:2]
		o.Respond.HasPagerDuty = false
	})
	h.send(snapshotsMsg{list: story(noon)[1:2]})
	h.put("LatencyP99")
	h.press("e", "tab")
	h.dialog("Without PagerDuty there is nobody to notify", "y copies the summary")
	h.press("y")
	if !strings.Contains(h.clipboard, "Service: search") {
		t.Errorf("the summary is %q", h.clipboard)
	}
}

func TestPasteGoesIntoTheTextClean(t *testing.T) {
	h := withStory(t, 80, 24, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.send(tea.PasteMsg{Content: "first\n\x1b[31msecond"})
	if got := h.m.actions.Dialog.Text.Value(); got != "first\nsecond" {
		t.Errorf("pasted: %q", got)
	}
}

func TestNothingThatDecidesIsCutAt80x24(t *testing.T) {
	h := withStory(t, 80, 24, func(o *Options) { newAccount().with(o); o.Respond.Role = respond.FirstLine })
	h.put("Q3DISK")
	h.press("e")
	h.write("Needs the owner.")
	h.press("enter")
	h.dialog("Escalate to the owner", "Dana Diaz", "level 1 of Payments on call", "Europe/Berlin", "on call until", "What changes", "enter sends", "pgdn")
	h.press("pgdown", "pgdown", "pgdown")
	h.dialog("Why: Needs the owner.")
}

// Keys that were typed ahead, or come in one burst from a paste, confirm
// nothing that nobody has seen.
func TestAPreviewNobodySawIsNotConfirmed(t *testing.T) {
	d := newAccount()
	h := withStory(t, 80, 24, d.with)
	h.put("Q1CHECKOUT")
	h.send(keyPress("a"))
	h.send(keyPress("enter"))
	d.expect(t)
	h.dialog("enter sends")
	h.press("enter")
	d.expect(t, "acknowledge Q1CHECKOUT")
}
