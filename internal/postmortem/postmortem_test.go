package postmortem

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/sources"
)

func day0(s string) time.Time {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestFollowUps(t *testing.T) {
	t.Parallel()
	text := `# Errors

- [ ] not below the heading (Dana, 2026-12-01)

## Follow-ups

- [ ] Alert on the pool (Dana Okafor, 2026-12-01)
- [x] Roll back (Ann, 2026-11-20)
* [ ] no owner (2026-12-02)
+ [ ] no day (@ann)
- [ ] nothing at all
- [ ] a remark (which is longer than any name)
- [ ] bad day (Ann, 2026-13-40)
- [ ] words for a day (Ann, next week)
- [ ] What will be done (owner, 2026-12-04)
- no task
` + "```\n- [ ] in code (Ann, 2026-12-01)\n```" + `

### More

- [ ] below a deeper heading (Tom, 2026-1-5)

## Appendix

- [ ] after it (Dana, 2026-12-01)
`
	want := []FollowUp{
		{Text: "Alert on the pool", Owner: "Dana Okafor", Due: day0("2026-12-01"), Line: 7},
		{Text: "Roll back", Owner: "Ann", Due: day0("2026-11-20"), Done: true, Line: 8},
		{Text: "no owner", Due: day0("2026-12-02"), Fault: "nobody is named", Line: 9},
		{Text: "no day", Owner: "ann", Fault: "no day is named", Line: 10},
		{Text: "nothing at all", Fault: "nobody is named", Line: 11},
		{Text: "a remark (which is longer than any name)", Fault: "nobody is named", Line: 12},
		{Text: "bad day", Owner: "Ann", Fault: `"2026-13-40" is no day: write it as 2026-12-01`, Line: 13},
		{Text: "words for a day", Owner: "Ann", Fault: `"next week" is no day: write it as 2026-12-01`, Line: 14},
		{Text: "below a deeper heading", Owner: "Tom", Due: day0("2026-01-05"), Line: 23},
	}
	got := FollowUps("a.md", text)
	if len(got) != len(want) {
		t.Fatalf("%d follow-ups: %+v", len(got), got)
	}
	for i, w := range want {
		w.File = "a.md"
		if got[i] != w {
			t.Errorf("%+v\ninstead of %+v", got[i], w)
		}
	}
	if today := day0("2026-12-02"); !got[0].Overdue(today) || got[0].Overdue(day0("2026-12-01")) || got[1].Overdue(today) || got[4].Overdue(today) {
		t.Error("what is overdue is wrong")
	}
}

func TestReadFollowUps(t *testing.T) {
	t.Parallel()
	dir := fstest.MapFS{
		"b.md":          {Data: []byte("# Follow-ups\n- [ ] second (Ann, 2026-12-02)\n- [ ] last (Ann)\n")},
		"old/a.MD":      {Data: []byte("## Action items ##\r\n- [ ] first (Ann, 2026-12-01)\r\n")},
		"notes.txt":     {Data: []byte("# Follow-ups\n- [ ] text (Ann, 2026-12-01)\n")},
		".git/x.md":     {Data: []byte("# Follow-ups\n- [ ] git (Ann, 2026-12-01)\n")},
		"large.md":      {Data: make([]byte, largestFile+1)},
		"unreadable.md": {Data: []byte("x"), Mode: 0o644},
	}
	all, unread := ReadFollowUps(dir)
	var texts []string
	for _, f := range all {
		texts = append(texts, f.Text)
	}
	if strings.Join(texts, ",") != "first,second,last" || len(unread) != 1 {
		t.Errorf("%q, %v", texts, unread)
	}
}

func FuzzFollowUps(f *testing.F) {
	f.Add("## Follow-ups\n- [ ] a (b, 2026-12-01)\n```\n")
	f.Add("# follow up\n* [X] (x)\n- [ ] ((a), 2026-1-1)")
	f.Fuzz(func(t *testing.T, text string) {
		for _, one := range FollowUps("a.md", text) {
			if one.Line < 1 || strings.ContainsAny(one.Text+one.Owner+one.Fault, "\n\r\x1b") || len(one.Text) > longestTask+8 {
				t.Errorf("%+v", one)
			}
		}
	})
}

// example is an incident with everything.
func example() *Postmortem {
	zone := time.FixedZone("CET", 3600)
	at := func(minutes int) time.Time {
		return time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
	}
	return &Postmortem{
		Incident: sources.Incident{
			ID: "Q1", Number: 1042, Title: "[FIRING:1] Errors | of <b>checkout</b>", Status: sources.Resolved, Urgency: "high", CreatedAt: at(0),
			Service: sources.Reference{ID: "S", Name: "checkout"}, Priority: &sources.Priority{Name: "P1"}, URL: "https://example.pagerduty.com/incidents/Q1",
		},
		Events: []history.Event{
			{At: at(0), Kind: history.Triggered, Text: "Triggered.", Source: history.FromPagerDuty},
			{At: at(4), Kind: history.Acknowledged, By: "Dana", Person: true, Text: "Acknowledged by Dana.", Source: history.FromPagerDuty},
			{At: at(9), Kind: history.Noted, By: "Dana", Person: true, Text: "Rolled back.\n# It helped [x](http://evil)", Source: history.FromPagerDuty},
			{At: at(20), Kind: history.Resolved, By: "Ann", Person: true, Text: "Resolved by Ann.", Source: history.FromPagerDuty},
		},
		Changes: []Moment{{at(-5), "deploy checkout v2.4.1, 5 min before"}},
		Ticks:   []record.Tick{{Text: "Roll back", Done: true, By: "Dana", At: at(8)}, {Text: "Undone", At: at(8)}},
		Runs:    []record.Run{{Command: "kubectl get `pods`", By: "Dana", At: at(6), Took: 3 * time.Second}},
		Runbook: "checkout/Errors.md",
		Now:     at(60 * 24).In(zone),
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	p := example()
	text := p.Markdown()
	for _, want := range []string{
		`# \[FIRING:1\] Errors | of \<b>checkout\</b>`,
		"| Incident | #1042 |", "| Urgency | high, priority P1 |",
		"after 4 m, by Dana |", "after 20 m, by Ann |", "| People | Dana, Ann |", "| Runbook | checkout/Errors.md |",
		"Change: deploy checkout v2.4.1, 5 min before", "Step done: Roll back, by Dana", "Ran “kubectl get \\`pods\\`”, exit 0 after 3 s, by Dana",
		"Note, by Dana:\n  > Rolled back.  \n  > # It helped \\[x\\](http://evil)  ",
		"## Follow-ups", "- [ ] What will be done (owner, 2026-12-05)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Undone") || strings.Contains(text, "may be missing") {
		t.Error(text)
	}
	order := []string{"Change:", "Triggered.", "Acknowledged by", "Ran “", "Step done", "Note, by", "Resolved by"}
	for i := 1; i < len(order); i++ {
		if strings.Index(text, order[i-1]) > strings.Index(text, order[i]) {
			t.Errorf("%q comes after %q", order[i-1], order[i])
		}
	}
	if got := FollowUps("x.md", text); len(got) != 0 {
		t.Errorf("a new one has follow-ups: %+v", got)
	}
	if name := p.FileName(); name != "2026-11-20-1042-firing-1-errors-of-b-checkout-b.md" {
		t.Error(name)
	}
}

// Who was assigned or notified and did nothing is named, and nobody ends what ends by
// itself.
func TestMarkdownOfOthers(t *testing.T) {
	t.Parallel()
	p := example()
	p.Events[0].To, p.Events[1].To = []string{"Tom | x", "Dana"}, []string{"Ann", "Tom | x"}
	p.Events[3].By, p.Events[3].Person, p.Events[3].Itself = "", false, true
	text := p.Markdown()
	for _, want := range []string{"| People | Dana |\n", `| Others assigned or notified | Tom \| x, Ann |` + "\n", "after 20 m, by itself |"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// What was not read is not claimed.
func TestUnreadLog(t *testing.T) {
	t.Parallel()
	p := example()
	p.Events, p.LogMissing, p.ChangesMissing = nil, "PagerDuty could not be reached", []string{"the plan has no change events"}
	text := p.Markdown()
	for _, want := range []string{
		"| Acknowledged | unknown, because PagerDuty could not be reached |", "| Ended | unknown, because the log",
		"Entries may be missing, because PagerDuty could not be reached.", "Changes may be missing: the plan has no change events",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	p.Incident.Status, p.LogMissing = "acknowledged", ""
	if text = p.Markdown(); !strings.Contains(text, "| Ended | not yet |") || !strings.Contains(text, "| Acknowledged | never |") {
		t.Error(text)
	}
}

// No text from outside forms a heading, an item or a link.
func FuzzMarkdown(f *testing.F) {
	f.Add("# x\n- [ ] y (z, 2026-12-01)", "[a](b)")
	f.Fuzz(func(t *testing.T, note, title string) {
		p := example()
		p.Graphs = []Graph{measured(func(m int) float64 { return float64(m) })}
		plain := p.Markdown()
		drawn := &p.Graphs[0]
		drawn.Question.Title, drawn.Question.Parts.Drawn, drawn.Question.Source, drawn.Data.Shared, drawn.Marks[0].Text = title, note, title, note, title
		p.Events[2].Text, p.Incident.Title, p.Changes[0].Text, p.Ticks[0].Text = note, title, title, title
		text := p.Markdown()
		count := func(s, prefix string) int {
			n := 0
			for line := range strings.Lines(s) {
				if strings.HasPrefix(line, prefix) {
					n++
				}
			}
			return n
		}
		for _, prefix := range []string{"#", "- ", "|", "```"} {
			if count(text, prefix) != count(plain, prefix) {
				t.Errorf("lines that begin with %q: %d instead of %d in\n%s", prefix, count(text, prefix), count(plain, prefix), text)
			}
		}
		if len(FollowUps("x.md", text)) > 0 || strings.ContainsAny(text, "\r\x1b") {
			t.Errorf("%q", text)
		}
	})
}
