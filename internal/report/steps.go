package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/lazyregexp"
	"firstline/internal/record"
	"firstline/sources"
)

// attempt is what became of a step in one incident.
type attempt struct {
	// position is when it was tried last, among all steps of the incident.
	position   int
	didNotHelp bool
}

// stepSum is what became of a step in all incidents of a service.
type stepSum struct {
	service, text            string
	ticked, last, didNotHelp int
}

// steps lists the steps that were tried before an incident was resolved.
func (c *computation) steps() Table {
	t := NewTable(StepsTable)
	if t.Unknown = c.unread; t.Unknown != "" {
		return t
	}
	local := c.localSteps()
	sums := map[[2]string]*stepSum{}
	for _, f := range c.facts[resolved] {
		i := f.Incident
		tried := stepsOf(i, f.At, local[i.ID])
		last := ""
		for text, a := range tried {
			if !a.didNotHelp && (last == "" || a.position > tried[last].position) {
				last = text
			}
		}
		for text, a := range tried {
			k := [2]string{i.Service.ID, text}
			if sums[k] == nil {
				sums[k] = &stepSum{service: named([]past.Name{i.Service}, "service")[0].Name, text: text}
			}
			s := sums[k]
			switch {
			case a.didNotHelp:
				s.didNotHelp++
			case text == last:
				s.last++
				s.ticked++
			default:
				s.ticked++
			}
		}
	}
	all := make([]*stepSum, 0, len(sums))
	for _, s := range sums {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *stepSum) int {
		return cmp.Or(cmp.Compare(b.last, a.last), cmp.Compare(b.ticked, a.ticked), cmp.Compare(b.didNotHelp, a.didNotHelp), cmp.Compare(a.service, b.service), cmp.Compare(a.text, b.text))
	})
	for _, s := range all {
		t.add(append([]cell{shortCell(s.text, longestStep)}, same(s.service, fmt.Sprint(s.ticked), fmt.Sprint(s.last), fmt.Sprint(s.didNotHelp))...)...)
	}
	if c.o.Recorded == nil {
		t.Doubt = "what was ticked on this machine was not read"
	}
	return t
}

// longestStep is how many bytes of a step people see.
const longestStep = 80

// localSteps returns what was recorded on this machine, by incident.
func (c *computation) localSteps() map[string][]record.TriedStep {
	all := map[string][]record.TriedStep{}
	if c.o.Recorded == nil {
		return all
	}
	for _, tick := range c.o.Recorded.Ticks {
		if tick.Done {
			all[tick.GroupID] = append(all[tick.GroupID], record.TriedStep{Text: tick.Text, At: tick.At})
		}
	}
	for _, r := range c.o.Recorded.Remarks {
		if r.Kind != "" {
			all[r.GroupID] = append(all[r.GroupID], record.TriedStep{Text: r.Text, Said: r.Said(), At: r.At})
		}
	}
	return all
}

// stepsOf returns what was tried before the end of an incident: on this machine, and
// according to its notes. The text of a step is its name.
func stepsOf(i *past.Incident, end time.Time, local []record.TriedStep) map[string]attempt {
	steps := slices.Clone(local)
	for _, e := range i.Entries {
		if e.Kind == past.Note && strings.Contains(e.Text, record.TriedHeading) {
			steps = append(steps, record.TriedIn([]sources.Note{{Content: e.Text, CreatedAt: e.At}})...)
		}
	}
	slices.SortStableFunc(steps, func(a, b record.TriedStep) int { return a.At.Compare(b.At) })
	all := map[string]attempt{}
	for position, s := range steps {
		text := s.Name()
		// Notes have minutes only, so the minute of the end still counts.
		if text == "" || s.At.Truncate(time.Minute).After(end) || commandEnd.MatchString(text) {
			continue
		}
		all[text] = attempt{position, all[text].didNotHelp || s.Said != ""}
	}
	return all
}

// commandEnd is how a command ends that was run, in a list of what was tried.
var commandEnd = lazyregexp.New(` \[(exit -?\d+|stopped|did not run)\]$`)
