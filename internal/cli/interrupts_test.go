package cli

import (
	"testing"
	"time"
)

// An interrupt that was meant for the editor is not firstline's, also when it is
// noticed only after the editor has ended.
func TestInterrupts(t *testing.T) {
	var i interrupts
	now := time.Now()
	want := func(what string, later time.Duration, ours bool) {
		t.Helper()
		if i.ours(now.Add(later)) != ours {
			t.Errorf("%s: ours is %v", what, !ours)
		}
	}
	want("at the prompt", 0, true)
	i.take()
	want("in the editor", time.Hour, false)
	i.giveBack(now)
	want("just after it", lateInterrupt, false)
	want("later", lateInterrupt+time.Millisecond, true)
	i.take()
	want("in the editor again", time.Hour, false)
}
