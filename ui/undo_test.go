package ui

import (
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/sources"
	"firstline/ui/keymap"
	"firstline/ui/roomtest"
)

func TestUndoGivesItBack(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("u")
	h.status("Undo: there is nothing to undo")
	h.press("h")
	h.write("okafor")
	h.press("enter", "enter", "enter")
	d.expect(t, "note Q1CHECKOUT", "assign PANN Q1CHECKOUT")
	h.press("u")
	h.dialog("Undo: hand off", "Notified now", "Dana Diaz", "[ Undo ]")
	h.press("enter")
	d.expect(t, "note Q1CHECKOUT", "assign PANN Q1CHECKOUT", "policy PPAY Q1CHECKOUT")
	// What was taken back is not taken back once more.
	h.press("u")
	h.status("there is nothing to undo")
}

// What can't be taken back is said in one line, which is whole at each width, and
// without a dialog; its message offers no undo.
func TestUndoSaysWhatCanNotBeTakenBack(t *testing.T) {
	for _, c := range []struct {
		open []string
		why  string
	}{
		{[]string{"a"}, "Undo: PagerDuty takes no acknowledgement back."},
		{[]string{"n", "x", "tab"}, "Undo: PagerDuty keeps notes."},
		{[]string{"r", "x", "enter"}, "Undo: PagerDuty opens no incident again."},
		{[]string{"z", "enter"}, "Undo: PagerDuty ends no snooze."},
	} {
		for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
			d := newAccount()
			h := withAll(t, d, size[0], size[1], nil)
			h.put("Q1CHECKOUT")
			h.press(c.open...)
			h.sendsOn()
			h.seesNot("u undoes it")
			done := len(d.acts())
			h.press("u")
			if h.m.mode() != keymap.InNormal {
				t.Fatalf("%v: a dialog opens:\n%s", c.open, h.screen())
			}
			h.status(c.why)
			if len(d.acts()) != done {
				t.Errorf("done: %q", d.acts())
			}
		}
	}
}

// The message of an action offers its undo with the seconds that are left, however
// long the message is and for as long as it holds; a dialog that was opened in
// time stays good.
func TestTheMessageOffersTheUndo(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
		d := newAccount()
		h := withAll(t, d, size[0], size[1], nil)
		h.put("Q1CHECKOUT")
		h.press("e")
		h.write("x")
		h.press("enter")
		h.sendsOn()
		h.tick(0)
		h.status("✓ Escalated to", "u undoes it · 60 s")
		h.tick(20 * time.Second)
		h.press("j", "k")
		h.status("✓ Escalated to", "u undoes it · 40 s")
		h.tick(respond.UndoWithin - 21*time.Second)
		h.press("u")
		h.dialog("Undo: escalate", "[ Undo ]")
		h.tick(respond.UndoWithin)
		h.seesNot("u undoes it")
		h.m.actions.Dialog.Rethink() // as news do
		h.send(nil)
		done := len(d.acts())
		h.sendsOn()
		if len(d.acts()) == done {
			t.Errorf("%v: nothing was undone: %q\n%s", size, d.acts(), h.screen())
		}
		h.seesNot("u undoes it")
	}
}

func TestTheOfferEndsWithItsMinute(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("x")
	h.press("enter", "enter")
	h.tick(respond.UndoWithin + time.Second)
	h.seesNot("u undoes it", "✓ Escalated")
	h.press("u")
	h.status("Undo: the last action is more than a minute ago")
	// What somebody else had done already is not the action before it.
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("x")
	h.press("enter", "enter")
	h.status("u undoes it")
	h.put("Q3DISK")
	d.incidents["Q3DISK"] = func() sources.Incident {
		i := d.incidents["Q3DISK"]
		i.Status, i.Acknowledgers = sources.Acknowledged, []sources.Assignment{{User: userReference(ann), At: noon}}
		return i
	}()
	h.press("a", "enter")
	h.status("lready acknowledged")
	h.seesNot("u undoes it")
}

func TestUndoEndsASilenceThatWasMade(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("QueueBacklog")
	h.press("s", "enter", "enter", "enter")
	d.expect(t, "silence for 1h0m")
	// The next poll shows it.
	snapshots := story(h.now)
	am := &snapshots[2]
	am.Err = nil
	for _, s := range h.m.options.Doer.Silencers[0].(*quieter).silences {
		am.Data.Silences = append(am.Data.Silences, s)
	}
	h.send(snapshotsMsg{list: snapshots[2:]})
	h.press("u")
	h.dialog("Undo: silence", "the silence in alertmanager")
	h.press("enter")
	d.expect(t, "silence for 1h0m", "expire made1")
}

// After an undo the cursor is on what was given back, and its row is on the screen
// with all rows above it where the list is hardly longer than the screen; whatever was undone and wherever the cursor
// went on to.
func TestUndoGoesBackToTheGroup(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {60, 20}, {80, 24}, {120, 30}} {
		for _, keys := range [][]string{{"e", "x", "enter"}, {"h", "o", "k", "a", "f", "o", "r", "enter"}} {
			for _, more := range []int{0, 40} {
				d := newAccount()
				h := withAll(t, d, size[0], size[1], nil)
				if more > 0 {
					prom := story(noon)[1]
					prom.Data.Alerts = append(prom.Data.Alerts, roomtest.Numbered("critical", 0, more)...)
					h.send(snapshotsMsg{list: []sources.Snapshot{prom}})
				}
				h.put("Q1CHECKOUT")
				h.press(keys...)
				h.sendsOn()
				if g := h.m.list.Current(); g.ID == "Q1CHECKOUT" {
					t.Fatalf("%v: the cursor did not go on:\n%s", size, h.screen())
				}
				h.press("G", "u")
				h.sendsOn()
				l := h.m.list
				if g := l.Current(); g == nil || g.ID != "Q1CHECKOUT" || h.m.overlay != nil {
					t.Fatalf("%v %v: the cursor is not on what was given back:\n%s", size, keys, h.screen())
				}
				if l.Cursor < l.Offset || l.Cursor >= l.Offset+l.Height() || more == 0 && l.Offset > 0 && l.Cursor < l.Height() {
					t.Errorf("%v %v: row %d is shown from row %d on:\n%s", size, keys, l.Cursor, l.Offset, h.screen())
				}
				h.row("HighErr", "▌")
			}
		}
	}
}
