package runbooks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func checkoutRunbook(t *testing.T) *Runbook {
	t.Helper()
	m, ok := collections().Find(Query{Service: "checkout"})
	if !ok {
		t.Fatal("no runbook")
	}
	return m.Runbook
}

func TestSteps(t *testing.T) {
	rb := checkoutRunbook(t)
	var got []string
	for _, s := range rb.Steps(nil) {
		line := fmt.Sprintf("%d/%d %d-%d %q", s.Number, s.Depth, s.Line, s.EndLine, s.Text)
		if s.Task {
			line += fmt.Sprintf(" task %t", s.Checked)
		}
		for _, c := range s.Code {
			line += fmt.Sprintf(" %s:%d-%d:%s", c.Language, c.Line, c.EndLine, c.Text)
		}
		got = append(got, line)
	}
	want := []string{
		`0/0 7-7 "Look at the dashboard." task false`,
		`0/0 8-8 "Ask in the channel." task true`,
		`1/0 10-20 "Compare the deploys:" sh:13-13:kubectl -n $NAMESPACE rollout history deploy/checkout sh:19-19:kubectl -n $NAMESPACE rollout undo deploy/checkout`,
		`2/0 22-24 "Wait for two minutes."`,
		`1/1 23-23 "Look again."`,
		`2/1 24-24 "And again, with kubectl get pods." :24-24:kubectl get pods`,
	}
	// The closing fence is not part of the step's text: its last line is the
	// last line of code.
	want[2] = strings.Replace(want[2], "10-20", "10-19", 1)
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestStepsOfASection(t *testing.T) {
	rb := checkoutRunbook(t)
	if got := len(rb.Steps(rb.At("diagnosis"))); got != 6 {
		t.Errorf("%d steps in Diagnosis, want 6", got)
	}
	if got := len(rb.Steps(rb.At("steps"))); got != 0 {
		t.Errorf("%d steps in Steps, want none", got)
	}
	first, last := rb.Section(rb.At("steps"))
	if first != 26 || last != 28 {
		t.Errorf("the section Steps is %d-%d, want 26-28: its subsection belongs to it", first, last)
	}
}

func TestStepIDs(t *testing.T) {
	rb := mustParse(t, "a.md", "# A\n1. same\n2. same\n\n# B\n1. same\n")
	var ids []string
	for _, s := range rb.Steps(nil) {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	if len(slices.Compact(slices.Clone(ids))) != 3 {
		t.Errorf("the ids are not distinct: %v", ids)
	}
	moved := mustParse(t, "a.md", "New text.\n\n# A\n\nMore.\n\n1. same\n1. same\n\n# B\n1. same\n")
	for i, s := range moved.Steps(nil) {
		if before := rb.Steps(nil)[i]; before.ID != s.ID || before.Line == s.Line {
			t.Errorf("the id changed with the line: %+v, %+v", before, s)
		}
	}
	section := rb.Steps(&rb.Headings[1])
	if len(section) != 1 || section[0].ID != rb.Steps(nil)[2].ID {
		t.Errorf("the id depends on what was asked for: %+v", section)
	}
}

func TestLinks(t *testing.T) {
	rb := mustParse(t, "a.md", "# A [x](#a)\n\nSee [b](./b.md) and\n<https://example.com/c> and\n[d][1] ![i](i.png)\n\n[1]: https://example.com/d\n")
	var got []string
	for _, l := range rb.Links() {
		got = append(got, fmt.Sprintf("%d %s %s %t", l.Line, l.Text, l.Destination, l.External()))
	}
	want := []string{"1 x #a false", "3 b ./b.md false", "3 https://example.com/c https://example.com/c true", "5 d https://example.com/d true"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
