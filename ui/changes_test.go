package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"firstline/internal/change"
	"firstline/internal/triage"
)

// deploys is what changed around every problem.
type deploys struct {
	asked  []string
	failed bool
}

func (d *deploys) of(_ context.Context, g triage.Group) change.Found {
	d.asked = append(d.asked, g.ID)
	p := change.ProblemOf(&g)
	from, to := p.Window(noon)
	pagerDuty := change.Part{From: "pagerduty", AsOf: to, Changes: []change.Change{
		{At: p.Start.Add(-4 * time.Minute), Text: "deploy checkout v2.4.1", From: "pagerduty", Tool: "ci", Related: "most_recent", Link: "https://ci.example.com/7"},
	}}
	if d.failed {
		pagerDuty = change.Part{From: "pagerduty", Missing: []string{"PagerDuty could not be asked"}, Failed: true}
	}
	return change.Found{Problem: p, From: from, To: to, Parts: []change.Part{pagerDuty, {From: "prom", AsOf: to, Missing: []string{"prom: build is not looked for"}}}}
}

func withDeploys(t *testing.T, d *deploys) *harness {
	h := withStory(t, 140, 60, func(o *Options) {
		newChronicle().with(o)
		o.Changes = d.of
	})
	h.put("Q1CHECKOUT")
	return h
}

func TestChangesInDetailsAndTimeline(t *testing.T) {
	d := &deploys{}
	h := withDeploys(t, d)
	if len(d.asked) != 0 {
		t.Errorf("%v were asked about while no tab shows changes", d.asked)
	}
	h.press("2")
	h.reads("Changes")
	h.reads("deploy checkout v2.4.1, 4 min before · ci", "ci.example.com/7")
	h.reads("prom: build is not looked for")
	h.press("3")
	h.reads("Changed: deploy checkout v2.4.1, 4 min")
	h.reads("Changes: prom: build is not looked for")
	if len(d.asked) != 1 {
		t.Errorf("asked about %v, want one", d.asked)
	}
	// What was read stays when PagerDuty fails, and the sentence is there too.
	d.failed = true
	h.press("ctrl+r")
	h.reads("Changed: deploy checkout v2.4.1, 4 min")
	h.reads("Changes: PagerDuty could not be asked")
}

// TestChangesThatCanNotBeRead: nothing denies that there were some.
func TestChangesThatCanNotBeRead(t *testing.T) {
	h := withDeploys(t, &deploys{failed: true})
	h.press("2")
	h.reads("not known: PagerDuty could not be asked", "prom: build is not looked for", "as read")
	h.paneHasNot("none since", "none is")
	h.press("3")
	h.reads("Changes: not known: PagerDuty could not be asked", "Changes: prom: build is not looked for")
}

// TestChangesOfGroupsThatArePassed: the cursor moves faster than it rests.
func TestChangesOfGroupsThatArePassed(t *testing.T) {
	d := &deploys{}
	h := withDeploys(t, d)
	h.m.options.Pause = nil
	h.press("2")
	d.asked = nil
	h.hold = true
	for range 5 {
		for _, k := range []string{"j", "k"} {
			h.now = h.now.Add(50 * time.Millisecond)
			h.send(keyPress(k))
		}
	}
	h.hold = false
	h.held = nil
	if len(d.asked) != 0 {
		t.Errorf("%s were asked about", strings.Join(d.asked, ", "))
	}
}
