package cli

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"firstline/internal/ascii"
)

// signless are commands of the demo that write text, by their first word.
var signless = map[string][]string{
	"ack":        {"ack --dry-run TARGET", "ack --help"},
	"check":      {"check"},
	"escalate":   {"escalate --dry-run --reason why TARGET"},
	"handoff":    {"handoff --dry-run --to owner --reason why TARGET"},
	"handover":   {"handover"},
	"history":    {"history --since 30d", "history --incidents"},
	"list":       {"list", "list --sort age --columns id,service,title", "list --help"},
	"merge":      {"merge --dry-run --into TARGET #197"},
	"next-level": {"next-level --dry-run --reason why TARGET"},
	"note":       {"note --dry-run --reason why TARGET"},
	"oncall":     {"oncall"},
	"postmortem": {"postmortem TARGET", "postmortem --open"},
	"priority":   {"priority --dry-run P1 TARGET"},
	"readiness":  {"readiness", "readiness checkout", "readiness --format markdown"},
	"report":     {"report", "report --format markdown", "report --explain", "report --table fairness"},
	"resolve":    {"resolve --dry-run TARGET"},
	"runbook":    {"runbook TARGET", "runbook lint", "runbook feedback"},
	"silence":    {"silence --dry-run --until 2h TARGET", "silence expire --help"},
	"snooze":     {"snooze --dry-run --until 2h TARGET"},
	"sync":       {"sync --help"},
	"urgency":    {"urgency --dry-run low TARGET"},
	"version":    {"version"},
}

// without are commands that write nothing of their own: what they print is a shell's, of
// questions that are asked (internal/firstrun/prompt), or comes as time goes on.
var without = []string{"completion", "help", "init", "watch"}

// In a locale of ASCII all signs of our own are ASCII, in every command.
func TestSignsAreASCIIInItsLocale(t *testing.T) {
	alone(t)
	for _, c := range newApp(strings.NewReader(""), nil, nil, "test").rootCommand().Commands() {
		if !strings.Contains(strings.Join(without, " "), c.Name()) && signless[c.Name()] == nil && !c.Hidden {
			t.Errorf("%s is no command of this test", c.Name())
		}
	}
	t.Setenv("LC_ALL", "C.UTF-8")
	list := readList(t, runApp(t.Context(), "", nil, "list", "--demo", "--json").want(t, exitDone).out)
	target := ""
	for _, g := range list.Groups {
		if g.Incident != nil && g.Service != nil && *g.Service == "checkout" {
			target = strconv.Itoa(g.Incident.Number)
		}
	}
	for _, lines := range signless {
		for _, line := range lines {
			args := append(strings.Fields(strings.ReplaceAll(line, "TARGET", target)), "--demo")
			t.Setenv("LC_ALL", "C")
			r := runApp(t.Context(), "", nil, args...)
			if r.status == exitUsage {
				t.Errorf("%s ends with %d: %s", line, r.status, r.err)
			}
			for text := range strings.SplitSeq(r.out+r.err, "\n") {
				if !ascii.Is(text) {
					t.Errorf("%s prints %q", line, text)
					break
				}
			}
		}
	}
	for _, line := range []string{"check", "runbook", "handover"} {
		t.Setenv("LC_ALL", "C.UTF-8")
		r := runApp(t.Context(), "", nil, append(strings.Fields(strings.ReplaceAll(signless[line][0], "TARGET", target)), "--demo")...)
		if ascii.Is(r.out) {
			t.Errorf("%s has no signs in any locale: %s", line, r.out)
		}
	}
}

// What comes from outside stays as it is, but on a terminal that can't draw it; and what
// a program reads is exact.
func TestLettersStay(t *testing.T) {
	for _, c := range []struct {
		locale   string
		terminal bool
		config   *bool
		want     string
	}{
		{"C.UTF-8", false, nil, "José … 日"},
		{"C.UTF-8", true, nil, "José … 日"},
		{"C", false, nil, "José ~ 日"},
		{"C", true, nil, "Jos? ~ ??"},
		{"C", false, new(bool), "José … 日"},
	} {
		t.Setenv("LC_ALL", c.locale)
		t.Setenv("TERM", "xterm")
		var out bytes.Buffer
		a := newApp(strings.NewReader(""), &out, &out, "test")
		a.isTerminal, a.ascii = func(any) bool { return c.terminal }, c.config
		if n, err := a.text().Write([]byte("José … 日")); err != nil || n != len("José … 日") || out.String() != c.want {
			t.Errorf("%+v: %q, %d bytes, %v", c, out.String(), n, err)
		}
	}
}
