package ui

import (
	"context"
	"testing"
	"time"

	"firstline/internal/readiness"
	"firstline/internal/triage"
	"firstline/sources"
)

// The details show the readiness of the group's service, with its age. It is measured
// while they are shown, every ten minutes, and sooner where a source lacked an answer.
func TestDetailsShowReadiness(t *testing.T) {
	asked, failed := 0, true
	var h *harness
	read := func(_ context.Context, g triage.Group, _ []sources.Snapshot) (readiness.Report, bool) {
		asked++
		if g.ServiceLabel() != "checkout" {
			return readiness.Report{}, false
		}
		return readiness.Judge(&readiness.Service{Name: "Shop", Team: "payments", LoadUnread: "no history is stored"}, readiness.Defaults(), h.now), failed
	}
	h = withStory(t, 200, 50, func(o *Options) { o.Readiness = read })
	h.put("Q1CHECKOUT")
	h.tick(time.Minute)
	if asked > 0 {
		t.Errorf("it was measured %d times although nobody looks", asked)
	}
	h.press("2")
	h.tick(time.Second)
	h.reads("Readiness   Shop is not ready for first line, 2 of 17 criteria are not met", "not met: owner and SLO", "`firstline readiness Shop` says what to do; as read")
	failed = false
	h.tick(2 * time.Minute)
	if asked != 2 {
		t.Errorf("after a failure it was measured %d times", asked)
	}
	for range 8 {
		h.tick(time.Minute)
	}
	if asked != 2 {
		t.Errorf("within ten minutes it was measured %d times", asked)
	}
	h.tick(3 * time.Minute)
	if asked != 3 {
		t.Errorf("after ten minutes it was measured %d times", asked)
	}
	h.press("1")
	h.tick(time.Hour)
	if asked != 3 {
		t.Errorf("while the details were hidden it was measured %d times", asked)
	}
}
