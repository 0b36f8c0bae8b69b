package cli

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var mark = regexp.MustCompile(`\(firstline ([0-9a-f]{12})\)`)

// judge compares what the tries said with what was carried out.
func (r *round) judge() {
	writes := r.writes()
	perMark := map[string]int{}
	for _, w := range writes {
		if m := mark.FindStringSubmatch(w.body); w.kind == "note" && m != nil {
			perMark[m[1]+" "+strings.Join(w.subjects, "")]++
		}
	}
	for m, n := range maps.All(perMark) {
		if n > 1 {
			r.failf("%d notes have the mark %s", n, m)
		}
	}
	for _, subject := range r.subjects {
		r.judgeOne(subject, r.action)
		if r.second.name != "" {
			r.judgeOne(subject, r.second)
		}
	}
	r.judgeOrder()
}

// judgeOrder finds a notification by one action that was sent while another
// action's was still to come: the one that arrives last decides who has the
// incident, and both notify.
func (r *round) judgeOrder() {
	all := r.pd.all()
	for at, late := range all {
		for _, earlier := range all[:at] {
			first, second := r.tries[late.try], r.tries[earlier.try]
			if late.late && earlier.try > late.try && first.action.name != second.action.name && !second.anyway &&
				slices.Contains(notifying, late.kind) && slices.Contains(notifying, earlier.kind) {
				r.failf("try %d notified while the %s of try %d was still to come", earlier.try+1, late.kind, late.try+1)
			}
		}
	}
}

// judgeOne follows one subject through the tries of an action. As long as nobody
// could know the outcome of the tries so far they are one attempt.
func (r *round) judgeOne(subject string, action roundAction) {
	first, anyway := 0, 0 // the first try of the attempt, and how often more was asked for
	for n, t := range r.tries {
		if t.action.name != action.name {
			continue
		}
		if t.anyway {
			anyway++
		}
		res, ok := t.results[subject]
		for _, only := range t.results {
			if len(r.subjects) == 1 { // alerts get the id of the incident that is opened for them
				res, ok = only, true
			}
		}
		// What the attempt sent, whenever it was carried out, and what of it by now.
		all := r.of(action, subject, first, n, r.pd.all(), r.am.all())
		begun := first // a result may complete an attempt after a part of it was reported
		for m := range first {
			earlier := r.tries[m] // one that was killed named no attempt
			if ok && earlier.action.name == action.name && (earlier.killed || earlier.results[subject].Attempt == res.Attempt) {
				begun = min(begun, m)
			}
		}
		now := r.of(action, subject, begun, n, r.pd.all()[:t.pd], r.am.all()[:t.am])
		notes := 1
		if action.main == "note" {
			notes += anyway // otherwise the note is not posted again, whatever is asked for
		}
		if all.notes > notes {
			r.failf("try %d: a second note on %s", n+1, subject)
		}
		if all.notified > 1+anyway {
			r.failf("try %d: a second notification for %s", n+1, subject)
		}
		if action.main == "silence" && all.done > 1+anyway {
			r.failf("try %d: a second silence", n+1)
		}
		switch {
		case ok && res.Outcome == "failed" && all.done > 0:
			r.failf("try %d: failed, and it was done", n+1)
		case t.denied && all.done > 0:
			r.failf("try %d: it is told that it did not come about, and it was done", n+1)
		case ok && res.Outcome == "done" && now.done == 0 && !r.isSo(action, subject):
			r.failf("try %d: done, and it was not", n+1)
		}
		if decided := ok && (res.Outcome == "done" || res.Outcome == "already" || res.Outcome == "failed") || t.reported; decided {
			first, anyway = n+1, 0
		}
	}
}

// counted is what of an attempt was carried out.
type counted struct{ notes, notified, done int }

// of counts the writes about a subject that the tries of an action from first to
// last sent.
func (r *round) of(action roundAction, subject string, first, last int, writes ...[]carried) counted {
	var c counted
	notes := map[string]int{} // by incident: alerts may have had several
	for _, w := range slices.Concat(writes...) {
		if w.try < first || w.try > last || r.tries[w.try].action.name != action.name || len(r.subjects) > 1 && !slices.Contains(w.subjects, subject) {
			continue
		}
		if w.kind == "note" && !strings.Contains(w.body, "About the note above") || w.kind == "resolve" && strings.Contains(w.body, `"resolution"`) {
			on := strings.Join(w.subjects, " ")
			notes[on]++
			c.notes = max(c.notes, notes[on])
		}
		if slices.Contains(notifying, w.kind) {
			c.notified++
		}
		if w.kind == action.main {
			c.done++
		}
	}
	return c
}

// isSo reports whether the stand-in shows what the action is for, by whomever.
func (r *round) isSo(action roundAction, subject string) bool {
	for _, i := range r.w.demo.PagerDuty.Incidents() {
		if i.ID != subject && i.Key != subject {
			continue
		}
		switch action.main {
		case "acknowledge":
			return i.Status == "acknowledged"
		case "resolve":
			return i.Status == "resolved"
		case "open":
			return true
		case "urgency":
			return i.Urgency == "low"
		}
	}
	return slices.Contains(r.others, action.main)
}
