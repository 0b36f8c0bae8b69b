package runbooks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// stepLines are steps, one a line, with the kinds of their code: c for a
// command, o for another.
func stepLines(steps []Step) []string {
	var all []string
	for _, s := range steps {
		kinds := ""
		for _, c := range s.Code {
			switch {
			case c.Inline:
			case c.Command():
				kinds += "c"
			default:
				kinds += "o"
			}
		}
		all = append(all, strings.TrimSpace(fmt.Sprintf("%d-%d %s %s", s.Line, s.EndLine, s.Text, kinds)))
	}
	return all
}

func TestStepsAsPeopleWriteThem(t *testing.T) {
	const fence = "```"
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"bullets where something is to do", "## Meaning\n- It is slow\n\n## Impact\n* Orders\n\n## Diagnosis\n- Look at the queue\n  - its age\n- See the log\n", []string{"8-9 Look at the queue", "10-10 See the log"}},
		{"numbers and boxes anywhere", "## Meaning\n1. a\n- [ ] b\n", []string{"2-2 a", "3-3 b"}},
		{
			"commands between prose", "## Mitigation\nThe queue is long:\n" + fence + "sh\nkubectl get pods\n" + fence + "\nText.\n\n" + fence + "\nlevel=error msg=x ts=1\n" + fence + "\n",
			[]string{"2-4 The queue is long: c"},
		},
		{
			"several blocks of a step", "## Steps\nFind the pod and delete it:\n" + fence + "\nkubectl get pods\n" + fence + "\n" + fence + "\nNAME   READY\n" + fence + "\n" + fence + "\nkubectl delete pod x\n" + fence + "\n",
			[]string{"2-10 Find the pod and delete it: coc"},
		},
		{"a command without text", "## Steps\n" + fence + "\nkubectl get pods\n" + fence + "\n", []string{"3-3 kubectl get pods c"}},
		{"code that is not indented", "## Steps\n1. Find it:\n\n" + fence + "\nkubectl get pods\n" + fence + "\n\n2. Then wait.\n", []string{"2-5 Find it: c", "8-8 Then wait."}},
		{"never in Causes", "## Possible causes\n- a\n\n" + fence + "\nkubectl get pods\n" + fence + "\n\n## How to fix it\n- b\n", []string{"9-9 b"}},
		{"below an alert's name", "## Runbook\n### HighLatency\n- a\n### Meaning\n- b\n", []string{"3-3 a"}},
		{"captions", "## HighLatency\nHow it **works**:\n- a\n\nHow to **investigate**:\n- b\n\nMore.\n- c\n", []string{"6-6 b", "9-9 c"}},
		{"a list of causes", "## Diagnosis\nIt may be caused by:\n- a\n- b\n\nCheck the following:\n- c\n", []string{"7-7 c"}},
		{"sentences that say what to do", "## Diagnosis\nCheck the log.\n\nIt is often full.\n\nIf it is full, please delete old files.\n", []string{"2-2 Check the log.", "6-6 If it is full, please delete old files."}},
		{"a query to copy", "## Diagnosis\nRun the query:\n" + fence + "promql\nup == 0\n" + fence + "\n", []string{"2-4 Run the query: o"}},
		{"notes are none", "## Steps\n> - a\n\nNote that you can run it.\n", nil},
		{"no section", "Check the log.\n\n- a\n\n" + fence + "\nls -l\n" + fence + "\n", nil},
	} {
		if got := stepLines(mustParse(t, "a.md", c.body).Steps(nil)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestPurposes(t *testing.T) {
	for heading, want := range map[string]purpose{
		"Diagnosis": forDoing, "Mitigation": forDoing, "Steps": forDoing, "How to fix": forDoing, "Resolution": forDoing, "Investigation": forDoing,
		"Procedure": forDoing, "Runbook": forDoing, "Troubleshooting": forDoing, "What to do": forDoing, "Recommended Actions": forDoing, "Root cause investigation": forDoing,
		"Meaning": forReading, "Impact": forReading, "Causes": forReading, "Root cause": forReading, "Access": forReading, "Access required": forReading, "Summary": forReading,
		"How it works": forReading, "Symptoms": forReading, "Full context": forReading,
		"CheckoutErrors": unclear, "Slow disk": unclear, "MyRunbookPage": unclear, "Checkout runbook": unclear,
	} {
		if got := purposeOf(heading); got != want {
			t.Errorf("%s: %d, want %d", heading, got, want)
		}
	}
}

// What is filled in changes no step: neither its id nor whether it is one.
func TestStepsOfAFilledRunbook(t *testing.T) {
	rb := mustParse(t, "a.md", "## Steps\nRestart $POD:\n```\n<tool> restart $POD\n```\n\nShow it:\n```\nkubectl get $POD\n```\n- See `ls $POD`\n")
	filled, _ := rb.FilledWith(byLabel(map[string]string{"pod": "api-0", "tool": "kubectl"}))
	written, steps := rb.Steps(nil), rb.StepsOf(filled)
	if len(steps) != len(written) || len(steps) != 3 {
		t.Fatalf("%d steps, %d written", len(steps), len(written))
	}
	for i, s := range steps {
		if s.ID != written[i].ID || len(s.Code) != len(written[i].Code) {
			t.Errorf("%+v, written %+v", s, written[i])
		}
	}
	if got := steps[1].Code[0].Text; got != "kubectl get api-0" {
		t.Errorf("code: %q", got)
	}
	if got := steps[2].Text; got != "See ls api-0" {
		t.Errorf("text: %q", got)
	}
}
