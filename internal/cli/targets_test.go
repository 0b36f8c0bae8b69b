package cli

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"firstline/internal/faults"
	"firstline/internal/triage"
	"firstline/sources"
)

func incidentGroup(id string, number int) triage.Group {
	return triage.Group{ID: id, Incident: &sources.Incident{ID: id, Number: number}}
}

// Only what was named is found: digits are a number and nothing else, the
// beginning of an id is long enough and has a letter, and the whole id wins.
func TestWhatATargetNames(t *testing.T) {
	groups := []triage.Group{
		incidentGroup("Q1042ABC", 7), incidentGroup("Q1042ABD", 1042), incidentGroup("Q1042", 12), incidentGroup("QXYZ", 104),
		{ID: "Q9OPENED", Incident: &sources.Incident{ID: "Q9OPENED", Number: 9, Key: "0123456789ab"}},
		{ID: "Q9OTHERS", Incident: &sources.Incident{ID: "Q9OTHERS", Number: 10, Key: "a key of others"}},
		{ID: "1042abcdef01"},
		{ID: "10421042104a"},
		{ID: "a1b2c3d4e5f6"},
		{ID: "A1B2C3D4E5F6"},
		{ID: "ä1b2c3d4e5f6"},
	}
	for target, want := range map[string]struct {
		ids   string
		whole bool
	}{
		"1042": {"Q1042ABD", true}, "#1042": {"Q1042ABD", true}, "01042": {"Q1042ABD", true}, "7": {"Q1042ABC", true}, "104": {"QXYZ", true},
		"10421042104": {"", true}, "1": {"", true}, " 1042 ": {"Q1042ABD", true}, //nolint:gocritic // the blanks are meant
		"Q1042": {"Q1042", true}, "q1042": {"Q1042", true}, "Q1042ABC": {"Q1042ABC", true}, "q1042abd": {"Q1042ABD", true},
		"Q1042A": {"Q1042ABC Q1042ABD", false}, "1042a": {"1042abcdef01", false}, "1042A": {"1042abcdef01", false},
		"QXYZ": {"QXYZ", true}, "qxyz": {"QXYZ", true}, "a1b2c3d4e5f6": {"a1b2c3d4e5f6", true}, "a1B2C3D4e5f6": {"a1b2c3d4e5f6 A1B2C3D4E5F6", true},
		"a1b2": {"a1b2c3d4e5f6 A1B2C3D4E5F6", false}, "ä1b2c": {"ä1b2c3d4e5f6", false},
		"0123456789ab": {"Q9OPENED", true}, "0123456789a": {"", false}, "0123456789AB": {"", false},
		"Q104":  {"Q1042ABC Q1042ABD Q1042", false},
		"0x412": {"", false}, "Q1042ABCD": {"", false}, "1042abcdef012": {"", false},
	} {
		parsed, err := parseTarget(target)
		if err != nil {
			t.Errorf("%q: %v", target, err)
		}
		found, whole := matching(groups, parsed)
		ids := make([]string, len(found))
		for n, g := range found {
			ids[n] = g.ID
		}
		if got := strings.Join(ids, " "); got != want.ids || whole != want.whole {
			t.Errorf("%q finds %q, whole %v; want %q, %v", target, got, whole, want.ids, want.whole)
		}
	}
}

// notTargets are what no TARGET looks like, and what is said of it.
var notTargets = map[string]string{
	"": "is no TARGET", " ": "is no TARGET", "\t\n": "is no TARGET", "#": "is no TARGET", "##77": "is no TARGET", "#Q1042": "is no TARGET",
	"+77": "is no TARGET", "-1": "is no TARGET", "1042.0": "is no TARGET", "10 42": "is no TARGET", "１０４２": "is no TARGET",
	"0": "begin at 1", "#0": "begin at 1", "000": "begin at 1",
	"99999999999999999999": "is too large", "#99999999999999999999": "is too large", "9007199254740993": "is too large",
	"Q": "is too little", "Q1A": "is too little", "ä1b": "is too little", "12_4": "is too little",
	"Q1042\x1b[31m": "is no TARGET", "Q10\x0042": "is no TARGET", "1042\n1043": "is no TARGET", "Q1042\u202e": "is no TARGET", "Q1042\u200b": "is no TARGET",
	"Q1042\xff": "is no TARGET", "../Q1042": "is no TARGET", "Q1042?x=1": "is no TARGET", strings.Repeat("Q", 65): "is no TARGET",
}

// What no TARGET looks like is wrong usage for every command, and each says what
// one looks like, before anything is read.
func TestWhatIsNoTarget(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.toPagerDuty.ForgetRequests()
	for typed, why := range notTargets {
		for _, args := range [][]string{
			{"ack", "--yes", "--", typed},
			{"ack", "--yes", "--", id, typed},
			{"escalate", "--yes", "--", typed},
			{"handoff", "--yes", "--to", "first-line", "--", typed},
			{"note", "--yes", "--reason", "x", "--", typed},
			{"next-level", "--yes", "--", typed},
			{"resolve", "--yes", "--", typed},
			{"snooze", "--yes", "--until", "2h", "--", typed},
			{"urgency", "--yes", "--", "low", typed},
			{"priority", "--yes", "--", "P1", typed},
			{"merge", "--yes", "--into", id, "--", typed},
			{"merge", "--yes", "--into=" + typed, id},
			{"silence", "--yes", "--until", "2h", "--", typed},
			{"silence", "extend", "--yes", "--until", "2h", "--", typed},
			{"silence", "expire", "--yes", "--", typed},
			{"handover", "--yes", "--post=" + typed},
			{"handover", "--yes", "--post=all", "--post=" + typed},
		} {
			if len(typed) == 0 && strings.HasPrefix(args[len(args)-2], "--into") {
				continue // which is not one
			}
			w.run(args...).want(t, exitUsage).says(t, why, targetForm)
		}
		// A runbook may be named as well.
		if r := w.run("runbook", "--", typed); r.status == exitDone || r.status != exitUsage && strings.TrimSpace(typed) == "" {
			t.Errorf("runbook %q ends with %d\n%s", typed, r.status, r.err)
		}
	}
	w.wantNoWrites()
}

// A TARGET that is taken is a number or text that is safe to show and to ask for.
func FuzzParseTarget(f *testing.F) {
	for typed := range notTargets {
		f.Add(typed)
	}
	for _, typed := range []string{"1042", "#1042", "Q1042ABC", " q104 ", "a1b2c3d4e5f6", "9007199254740992"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := parseTarget(typed)
		var usage *exitError
		switch {
		case err != nil && (!errors.As(err, &usage) || usage.status != exitUsage || !strings.HasSuffix(err.Error(), targetForm) || oneLine(err.Error()) != err.Error()):
			t.Errorf("%q gives the error %q", typed, err)
		case err != nil:
		case got.text != oneLine(typed) || got.text == "" || url.PathEscape(got.text) != got.text && !strings.ContainsFunc(got.text, func(r rune) bool { return r == '#' || r > unicode.MaxASCII }):
			t.Errorf("%q is taken as %q", typed, got.text)
		case got.number != 0 && strings.TrimLeft(got.text, "#0") != strconv.Itoa(got.number):
			t.Errorf("%q is the number %d", typed, got.number)
		case got.number == 0 && !strings.ContainsFunc(got.text, unicode.IsLetter):
			t.Errorf("%q is taken as an id", typed)
		}
	})
}

// Whatever is typed, what is found has it as its number, or as its id or the
// beginning of it.
func TestNothingElseThanATargetIsFound(t *testing.T) {
	id := rapid.StringMatching(`[0-9a-c]{4,6}`)
	rapid.Check(t, func(t *rapid.T) {
		var groups []triage.Group
		for n := range rapid.IntRange(0, 8).Draw(t, "groups") {
			g := incidentGroup(id.Draw(t, "id")+strconv.Itoa(n), rapid.IntRange(0, 3000).Draw(t, "number"))
			if rapid.Bool().Draw(t, "alerts") {
				g.Incident = nil
			}
			groups = append(groups, g)
		}
		target := rapid.OneOf(rapid.StringMatching(`#?[0-9a-c]{0,8}`), rapid.String()).Draw(t, "target")
		if len(groups) > 0 && rapid.Bool().Draw(t, "of one") {
			one := rapid.SampledFrom(groups).Draw(t, "which").ID
			target = one[:rapid.IntRange(0, len(one)).Draw(t, "of it")]
		}
		parsed, err := parseTarget(target)
		if err != nil {
			return
		}
		target = parsed.text
		found, whole := matching(groups, parsed)
		digits := parsed.number != 0
		for _, g := range found {
			switch {
			case digits && (g.Incident == nil || strings.TrimLeft(strings.TrimPrefix(target, "#"), "0") != strings.TrimLeft(strconv.Itoa(g.Incident.Number), "0")):
				t.Fatalf("%q is the number of %+v", target, g)
			case digits:
			case !strings.HasPrefix(strings.ToLower(g.ID), strings.ToLower(target)),
				whole != (len(g.ID) == len(target)),
				!whole && (len(target) < 4 || !strings.ContainsAny(target, "abc")):
				t.Fatalf("%q (whole %v) is %q", target, whole, g.ID)
			}
		}
	})
}

// With --yes nobody sees what is meant: alerts need their whole id.
func TestAlertsAreNamedByTheirWholeID(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.groupID("NewsletterQueueStuck")
	before := len(w.toAlertmanager.Requests())
	for _, args := range [][]string{
		{"ack", "--instead", "silence"},
		{"ack", "--instead", "incident"},
		{"escalate"},
		{"handoff", "--to", "user:ann@example.com"},
		{"silence", "--until", "2h"},
		{"silence", "extend", "--until", "4h"},
		{"silence", "expire"},
	} {
		w.run(append(args, "--yes", "--reason", "why", id[:8])...).want(t, exitUsage).says(t, "with --yes give their whole id", id)
		w.run(append(args, "--dry-run", "--reason", "why", id[:8])...)
	}
	w.wantNoWrites()
	for _, r := range w.toAlertmanager.Requests()[before:] {
		if r.Method != http.MethodGet {
			t.Errorf("Alertmanager got %s %s", r.Method, r.Path)
		}
	}
	w.run("ack", "--instead", "silence", "--yes", "--reason", "why", strings.ToUpper(id)).want(t, exitDone)
}

// resolvedByAnn resolves the incident and goes on two minutes.
func (w *harness) resolvedByAnn(id string) {
	w.t.Helper()
	if status := w.demo.PagerDuty.Do("PUANNS1", http.MethodPut, "/incidents/"+id, `{"incident":{"type":"incident","status":"resolved"}}`); status != http.StatusOK {
		w.t.Fatalf("resolving gave %d", status)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(2 * 60 * 1e9)
}

// A TARGET that is over is looked up, by its id or its number, and has its own
// result; the others go on. It is so for every action.
func TestATargetThatIsOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"ack", "--reason", "x"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago."},
		{[]string{"escalate", "--reason", "x"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago: nothing to escalate."},
		{[]string{"handoff", "--to", "user:ann@example.com", "--reason", "x"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago"},
		{[]string{"handoff", "--to", "team:platform", "--join", "--reason", "x"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago"},
		{[]string{"next-level", "--reason", "x"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago"},
		{[]string{"resolve"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago."},
		{[]string{"snooze", "--until", "2h"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago"},
		{[]string{"urgency", "low"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago"},
		{[]string{"priority", "P2"}, exitDone, "already: Already resolved by Ann Schmidt 2 m ago"},
		{[]string{"note", "--reason", "x"}, exitDone, "done: The note is on the incident. Already resolved by Ann Schmidt 2 m ago."},
		{[]string{"silence", "--until", "2h"}, exitPartly, "already: Already resolved by Ann Schmidt 2 m ago"},
		{[]string{"silence", "expire"}, exitPartly, "already: Already resolved by Ann Schmidt 2 m ago"},
		{[]string{"silence", "extend", "--until", "2h"}, exitPartly, "already: Already resolved by Ann Schmidt 2 m ago"},
	} {
		t.Run(strings.Join(c.args[:min(2, len(c.args))], " "), func(t *testing.T) {
			w := newHarness(t)
			open, over := w.incident(notifiedAlert), w.incident("invoices in the wrong currency")
			number := w.list().group(t, over.ID).Incident.Number
			w.resolvedByAnn(over.ID)
			for _, target := range []string{over.ID, "#" + strconv.Itoa(number)} {
				r := w.run(append(slices.Clone(c.args), "--yes", "--confirm", target, open.ID)...)
				if r.status != c.status && r.status != exitDone && r.status != exitPartly {
					t.Errorf("the exit status is %d", r.status)
				}
				r.says(t, over.ID+": "+c.says, open.ID+": ")
			}
			w.run(append(slices.Clone(c.args), "--yes", strings.ToLower(over.ID))...).says(t, "lready resolved by Ann Schmidt")
			if i := w.incident("invoices in the wrong currency"); i.Status != "resolved" || i.PolicyID != over.PolicyID || i.Urgency != over.Urgency || !slices.Equal(i.Assignees, over.Assignees) {
				t.Errorf("it is %+v", i)
			}
		})
	}
}

// What was typed for an incident that is over becomes its note, unless the same
// command brought it to another incident: for each action by the same rule.
func TestAReasonForATargetThatIsOver(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"ack"},
		{"escalate"},
		{"handoff", "--to", "user:ann@example.com"},
		{"handoff", "--to", "team:platform"},
		{"handoff", "--to", "first-line"},
		{"handoff", "--to", "team:platform", "--join"},
		{"next-level"},
		{"resolve"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			for _, alone := range []bool{true, false} {
				w := newHarness(t)
				open, over := w.incident(notifiedAlert), w.incident("invoices in the wrong currency")
				w.resolvedByAnn(over.ID)
				command, want := append(slices.Clone(args), "--reason", "the invoices are fixed", "--yes", "--confirm", over.ID), 1
				if !alone {
					command, want = append(command, open.ID), 0
				}
				w.run(command...).want(t, exitDone).says(t, over.ID+": already: Already resolved by Ann Schmidt 2 m ago")
				if notes := w.incident("invoices in the wrong currency").Notes[len(over.Notes):]; len(notes) != want {
					t.Errorf("alone %v: it got the notes %q", alone, notes)
				}
			}
		})
	}
}

// Of a merge both sides may be over.
func TestAMergeOfWhatIsOver(t *testing.T) {
	w := newHarness(t)
	open, over, other := w.incident(notifiedAlert), w.incident("invoices in the wrong currency"), ""
	for _, i := range w.demo.PagerDuty.Incidents() {
		if i.Status == "triggered" && i.ID != open.ID && i.ID != over.ID {
			other = i.ID
		}
	}
	if other == "" {
		t.Fatal("there is no third incident")
	}
	w.resolvedByAnn(over.ID)
	w.run("merge", "--yes", "--into", over.ID, open.ID).want(t, exitFailed).
		says(t, "refused", "which it was to be merged into, is already resolved by Ann Schmidt 2 m ago: choose another")
	w.wantNoWritesBut(over.ID)
	w.run("merge", "--yes", "--into", open.ID, over.ID, other).want(t, exitDone).
		says(t, over.ID+": already: Already resolved by Ann Schmidt 2 m ago", other+": done")
}

// wantNoWritesBut is wantNoWrites, but for what resolved an incident.
func (w *harness) wantNoWritesBut(id string) {
	w.t.Helper()
	for _, write := range w.writes() {
		if !strings.HasSuffix(write, "/incidents/"+id) {
			w.t.Errorf("PagerDuty got %s", write)
		}
	}
}

// What can't be looked up is not guessed at: nothing is sent to anybody.
func TestATargetThatCanNotBeRead(t *testing.T) {
	w := newHarness(t)
	open, over := w.incident(notifiedAlert), w.incident("invoices in the wrong currency")
	w.resolvedByAnn(over.ID)
	w.toPagerDuty.ForgetRequests()
	w.toPagerDuty.Fail(faults.Fault{Method: http.MethodGet, Path: "/incidents/" + over.ID, Status: http.StatusForbidden, Body: `{"error":{"code":2010,"message":"Access Denied"}}`})
	w.run("ack", "--yes", open.ID, over.ID).want(t, exitFailed).says(t, "looking it up failed")
	w.run("ack", "--yes", open.ID, "#424242").want(t, exitFailed).says(t, `no open group is called "#424242"`)
	w.wantNoWrites()
}
