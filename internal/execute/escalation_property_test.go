package execute_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/execute"
	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources/demo"
)

// previewOf are the lines of a preview's section without their edge.
func previewOf(p respond.Plan, heading string) []string {
	var lines []string
	inside := false
	for _, l := range p.Lines() {
		switch {
		case l == heading+":":
			inside = true
		case inside && strings.HasPrefix(l, "  "):
			lines = append(lines, strings.TrimSpace(l))
		default:
			inside = false
		}
	}
	return lines
}

// person is the line of a person of the preview as far as it is compared: name,
// level, when, and of how many.
func person(line string) string {
	parts := strings.Split(line, ", ")
	out := strings.TrimSuffix(parts[0], " (you)")
	for _, p := range parts[1:] {
		if level, _, _ := strings.Cut(p, " of Random"); strings.HasPrefix(p, "level ") {
			out += ", " + level
		}
		if strings.HasPrefix(p, "in ") || strings.HasPrefix(p, "one of ") {
			out += ", " + p
		}
	}
	return out
}

// TestThePreviewSaysWhatPagerDutyDoes: for any policy, shifts, urgency and rules,
// the preview's lines are those that one would write who watched what the
// stand-in PagerDuty then does, step by step, when nobody answers.
func TestThePreviewSaysWhatPagerDutyDoes(t *testing.T) {
	race.Skip(t)
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		a := drawAccount(t)
		defer a.serve()()
		id := a.pd.OpenIncident("PSVCFIX", demo.Event{})
		w, g := a.see(id)
		r := respond.Request{Action: respond.Escalate, Reason: "why", Groups: []triage.Group{g}, Target: respond.Target{Kind: respond.ToPolicy, ID: "PRANDOM"}}
		if rapid.IntRange(0, 4).Draw(t, "to a person") == 0 {
			r.Action, r.Target = respond.HandOff, respond.Target{Kind: respond.ToUser, ID: rapid.SampledFrom([]string{"PUSER1", "PUSER2", "PUSER3", "PUSER4"}).Draw(t, "whom")}
		}
		found, err := respond.ReadFacts(context.Background(), a.client, r, w)
		if err != nil {
			t.Fatal(err)
		}
		r.Facts = found
		p := respond.NewPlan(r, w)
		if p.Refused != "" {
			somebody := false
			for level := range a.directory.Policies[0].Levels {
				somebody = somebody || len(a.onCall(level+1, a.now())) > 0
			}
			if somebody || !strings.HasPrefix(p.Refused, "Nobody is on call at Random") {
				t.Fatalf("refused: %s", p.Refused)
			}
			seen["nobody"]++
			return
		}
		sent := len(a.pd.Notifications())
		doer := &execute.Doer{Incidents: a.client, Email: "u0@example.com", Wait: noWait, Now: a.now}
		if res := doer.Do(context.Background(), p, nil); res[0].Outcome != respond.Done {
			t.Fatalf("%+v\n%s", res[0], strings.Join(p.Lines(), "\n"))
		}
		steps := a.watch(id, propertyStart, sent)
		if len(steps) > 0 && steps[0].ids[0] == "PUSER0" && r.Action == respond.HandOff {
			steps = steps[1:]
		}
		a.compare(t, p, g, steps, r.Action == respond.HandOff, seen)
	})
	for _, what := range []string{"nobody", "direct", "low", "round robin", "again", "silent", "later rule", "levels"} {
		if seen[what] == 0 {
			t.Errorf("no account had %q: the property says nothing of it", what)
		}
	}
}

// levelOf is the level that a step of the stand-in is of: the first after the
// one before at which those who were assigned are on call.
func (a *randomAccount) levelOf(s step, after int) int {
	for level := after + 1; level <= len(a.directory.Policies[0].Levels); level++ {
		if len(a.onCall(level, s.at)) > 0 {
			return level
		}
	}
	return 0
}

func (a *randomAccount) compare(t *rapid.T, p respond.Plan, g triage.Group, steps []step, direct bool, seen map[string]int) {
	t.Helper()
	text := strings.Join(p.Lines(), "\n")
	if len(steps) == 0 {
		t.Fatalf("the stand-in did nothing\n%s", text)
	}
	var now, next, again []string
	var passes [][]string
	level, pass := 0, 0
	for n, s := range steps {
		if s.pass > pass {
			level, pass = 0, s.pass
			passes = append(passes, nil)
		}
		level = a.levelOf(s, level)
		of, share := s.ids, ""
		if !direct && a.directory.Policies[0].Levels[level-1].RoundRobin {
			if of = a.onCall(level, s.at); len(of) > 1 {
				share = fmt.Sprintf(", one of %d (round robin)", len(of))
				seen["round robin"]++
			}
			if !slices.Contains(of, s.ids[0]) || len(s.ids) != 1 {
				t.Fatalf("level %d is of %v, and %v were assigned", level, of, s.ids)
			}
		}
		var names []string
		for _, id := range of {
			names = append(names, a.names[id])
		}
		slices.Sort(names)
		if s.pass > 0 {
			passes[s.pass-1] = append(passes[s.pass-1], fmt.Sprintf("%s level %d: %s", s.in(propertyStart), level, joined(names, share)))
			continue
		}
		when := ""
		if n > 0 {
			when = ", " + s.in(propertyStart)
			seen["levels"]++
		}
		for _, name := range names {
			line := name
			if !direct {
				line += fmt.Sprintf(", level %d", level)
			}
			if n == 0 {
				now = append(now, line+share)
			} else {
				next = append(next, line+when+share)
			}
		}
	}
	var gotNow, gotNext []string
	for _, l := range slices.Concat(previewOf(p, "Notified now"), previewOf(p, "Not notified")) {
		if !strings.HasSuffix(l, " (round robin)") || strings.Contains(l, "level") {
			gotNow = append(gotNow, person(l))
		}
	}
	var sentences []string
	for _, l := range previewOf(p, "If nobody answers") {
		if strings.HasPrefix(l, "User") && strings.Contains(l, ", level ") {
			gotNext = append(gotNext, person(l))
		} else if !strings.HasPrefix(l, "one of ") {
			sentences = append(sentences, l)
		}
	}
	same := func(what string, got, want []string) {
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%s: the preview says\n  %s\nand PagerDuty did\n  %s\n%s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "), text)
		}
	}
	same("now", gotNow, now)
	same("next", gotNext, next)
	said := strings.Join(sentences, "\n")
	for _, pass := range passes {
		again = append(again, pass...)
	}
	a.compareAgain(t, said, passes, steps, text)
	if len(again) > 0 {
		seen["again"]++
	}
	switch {
	case direct:
		seen["direct"]++
		if len(steps) > 1 || !strings.Contains(said, "assigned directly, so it does not escalate: PagerDuty notifies nobody else") {
			t.Fatalf("direct: %d steps\n%s", len(steps), text)
		}
	case g.Urgency == "low":
		seen["low"]++
		if len(steps) > 1 || !strings.Contains(said, "Its urgency is low") || !strings.Contains(said, "notifies nobody else") {
			t.Fatalf("low: %d steps\n%s", len(steps), text)
		}
	case !strings.Contains(said, "PagerDuty notifies nobody else") && !strings.Contains(said, "; after that nobody."):
		t.Fatalf("where it ends is not said:\n%s", text)
	}
	a.compareRules(t, p, g, steps[0], text, seen)
}

// joined names people as a sentence does.
func joined(names []string, share string) string {
	switch {
	case share != "":
		return "one of " + strings.Join(names, ", ") + " (round robin)"
	case len(names) == 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// compareAgain compares the repetitions of the policy: the text describes each
// pass by its own stages, or as equal to the previous one with the time at
// which it begins.
func (a *randomAccount) compareAgain(t *rapid.T, said string, passes [][]string, steps []step, text string) {
	t.Helper()
	begins := 0
	for n, pass := range passes {
		first := slices.IndexFunc(steps, func(s step) bool { return s.pass == n+1 })
		if !strings.Contains(said, steps[first].in(propertyStart)) {
			t.Fatalf("that it begins again %s is not said:\n%s", steps[first].in(propertyStart), text)
		}
		begins++
		sameAsBefore := a.shape(steps, n) == a.shape(steps, n+1)
		if !sameAsBefore {
			for _, stage := range pass {
				if !strings.Contains(sorted(said), sorted(stage)) {
					t.Fatalf("pass %d: %q is not said:\n%s", n+1, stage, text)
				}
			}
		}
	}
	if begins == 0 && strings.Contains(said, "Again from") {
		t.Fatalf("it did not begin again:\n%s", text)
	}
}

// sorted takes the order of names out of what is compared.
func sorted(s string) string {
	s = strings.NewReplacer("Again from the beginning: ", ";", "\n", ";", ". And the same again", ";").Replace(s)
	for _, sep := range []string{" and ", ", "} {
		s = strings.ReplaceAll(s, sep, "|")
	}
	stages := strings.Split(s, ";")
	for i, stage := range stages {
		head, names, found := strings.Cut(strings.TrimSpace(stage), ": ")
		if !found {
			continue
		}
		share := ""
		if rest, robin := strings.CutPrefix(names, "one of "); robin {
			names, share = strings.TrimSuffix(strings.Trim(rest, "."), " (round robin)"), " in turn"
		}
		list := strings.Split(strings.Trim(names, "."), "|")
		slices.Sort(list)
		stages[i] = head + ": " + strings.Join(list, "|") + share
	}
	return strings.Join(stages, ";")
}

// shape is a pass without its times: who is notified how long after it began.
func (a *randomAccount) shape(steps []step, pass int) string {
	var b strings.Builder
	var began time.Time
	level := 0
	for _, s := range steps {
		if s.pass != pass {
			continue
		}
		if began.IsZero() {
			began = s.at
		}
		level = a.levelOf(s, level)
		of := s.ids
		if a.directory.Policies[0].Levels[level-1].RoundRobin {
			of = a.onCall(level, s.at)
		}
		fmt.Fprintf(&b, "%s %d %v;", s.at.Sub(began), level, of)
	}
	return b.String()
}

// compareRules compares the notification rules that applied to the people of
// the first step.
func (a *randomAccount) compareRules(t *rapid.T, p respond.Plan, g triage.Group, s step, text string, seen map[string]int) {
	t.Helper()
	for _, l := range slices.Concat(previewOf(p, "Notified now"), previewOf(p, "Not notified")) {
		name, rest, _ := strings.Cut(l, ",")
		name = strings.TrimSuffix(name, " (you)")
		id := strings.Replace(name, "User ", "PUSER", 1)
		if !slices.Contains(s.ids, id) {
			continue // of a round robin, and not the one
		}
		var first *demo.Notification
		for n := range s.sent {
			if s.sent[n].UserID == id && first == nil {
				first = &s.sent[n]
			}
		}
		switch {
		case strings.Contains(rest, "NOT NOTIFIED"):
			seen["silent"]++
			if first != nil {
				t.Fatalf("%s was notified at %s by %s\n%s", name, first.At, first.Contact, text)
			}
		case first == nil:
			t.Fatalf("%s was not notified\n%s", name, text)
		default:
			after := ""
			if d := first.At.Sub(s.at); d > 0 {
				after = fmt.Sprintf("first notified after %d m", int(d.Minutes()))
				seen["later rule"]++
			}
			if !strings.Contains(rest, after) || after == "" && strings.Contains(rest, "first notified") ||
				first.Urgency != g.Urgency || strings.Contains(text, "low-urgency notification rules") != (first.Urgency == "low") {
				t.Fatalf("%s was notified %s by the %s rules\n%s", name, first.At.Sub(s.at), first.Urgency, text)
			}
		}
	}
}

// TestTheRowSaysWhatPagerDutyDoesNext: whenever one looks at an open incident,
// what its group says of who follows and when is what the stand-in PagerDuty then
// does, unless it says that it may be otherwise.
func TestTheRowSaysWhatPagerDutyDoesNext(t *testing.T) {
	race.Skip(t)
	sure, unsure := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		a := drawAccount(t)
		defer a.serve()()
		id := a.pd.OpenIncident("PSVCRND", demo.Event{})
		wasRead := propertyStart.Add(time.Duration(rapid.IntRange(0, 150).Draw(t, "looks after")) * time.Minute)
		a.clock.Store(wasRead.Unix())
		a.pd.Tick()
		_, g := a.see(id)
		var next []step
		for _, s := range a.watch(id, propertyStart, 0) {
			if s.at.After(wasRead) {
				next = append(next, s)
			}
		}
		f := g.Escalation
		if g.EscalatesAt.IsZero() {
			if len(next) > 0 {
				t.Fatalf("it says that nothing is announced, and then %v", next[0])
			}
			return
		}
		if len(f.Next) == 0 || len(f.Next[0].People) == 0 || f.Next[0].Missing != "" || len(f.Doubts) > 0 {
			unsure++
			return
		}
		sure++
		if len(next) == 0 {
			// The announced time was of the last level, after which nobody is on call.
			t.Fatalf("it says %s follows, and then nobody did", g.Follows())
		}
		var ids []string
		for _, p := range f.Next[0].People {
			ids = append(ids, p.User.ID)
		}
		slices.Sort(ids)
		same := slices.Equal(ids, next[0].ids)
		if len(ids) > 1 && strings.Contains(g.Follows(), "round robin") {
			same = len(next[0].ids) == 1 && slices.Contains(ids, next[0].ids[0])
		}
		if !same || !next[0].at.Equal(g.EscalatesAt) {
			t.Fatalf("at %s it says that %s follow at %s (level %d), and then %v at %s",
				wasRead, g.Follows(), g.EscalatesAt, f.Next[0].Level, next[0].ids, next[0].at)
		}
	})
	t.Logf("sure %d times, unsure %d times", sure, unsure)
	if sure == 0 || unsure == 0 {
		t.Errorf("sure %d times, unsure %d times", sure, unsure)
	}
}
