package respond

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
)

// For every action and group: where one line says that nothing can be undone, the
// plan of the undo gives nothing back, and where none does, it gives back something.
func TestWhatCanNotBeUndoneIsSaidInOneLine(t *testing.T) {
	refused, given := 0, 0
	for name, r := range everyRequest() {
		for kind, groups := range previewGroups() {
			r.Groups, r.Confirmed = groups, true
			w := previewData(t)
			done := NewPlan(r, w)
			if !done.Ready() {
				continue
			}
			var results []Result
			for _, i := range done.Items {
				res := Result{Outcome: Done, Incident: i.Group.Incident, NotePosted: true, SilenceIDs: []string{"s1", "s2"}}
				if opened := fixture.Incident("I9"); i.Group.Incident == nil {
					res.Incident = &opened
				}
				if !i.Sends() {
					res.Outcome = Refused
				}
				results = append(results, res)
			}
			at := fixture.Sunday
			why := WhyNoUndo(done, results, at, at.Add(UndoWithin))
			plan, _ := UndoOf(done, results, w, Facts{})
			if plan.Ready() == (why != "") {
				t.Errorf("%s/%s: ready %v, and it is said %q: %v", name, kind, plan.Ready(), why, plan.Lines())
			}
			if why == "" {
				given++
			} else {
				refused++
				if strings.Contains(why, "\n") || len(why) > 75 && !strings.Contains(kind, "several") {
					t.Errorf("%s/%s: %q is no short line", name, kind, why)
				}
			}
			if late := WhyNoUndo(done, results, at, at.Add(UndoWithin+time.Second)); !strings.Contains(late, "more than a minute") {
				t.Errorf("%s/%s: after a minute it is said %q", name, kind, late)
			}
		}
	}
	if refused < 6 || given < 6 {
		t.Errorf("only %d were refused and %d given back", refused, given)
	}
}
