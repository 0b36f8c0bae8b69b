package ui

import (
	"testing"
	"time"

	"firstline/internal/respond"
)

func TestUndoGivesItBack(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("u")
	h.status("Undo the last action: there is nothing to undo")
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

func TestUndoSaysWhatCanNotBeTakenBack(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("a", "enter", "u")
	h.dialog("Undo: ack", "stays acknowledged", "nothing can be sent")
	h.press("enter")
	d.expect(t, "acknowledge Q1CHECKOUT")
}

func TestUndoIsForAMinute(t *testing.T) {
	h := withAll(t, newAccount(), 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("a", "enter")
	h.tick(respond.UndoWithin + time.Second)
	h.press("u")
	h.status("the last action is more than a minute ago")
}

func TestUndoEndsASilenceThatWasMade(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("QueueBacklog")
	h.press("s", "enter", "enter", "x", "enter", "enter")
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
