// Package feedback sums up what responders did with runbooks, for their authors.
package feedback

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/record"
)

// Escalation is an escalation that was carried out.
type Escalation struct {
	// GroupIDs are the ids that its group had.
	GroupIDs []string
	At       time.Time
}

// Facts are what was recorded.
type Facts struct {
	Openings    []record.Opening
	Ticks       []record.Tick
	Runs        []record.Run
	Remarks     []record.Remark
	Escalations []Escalation
	// Steps returns the steps of a section of a runbook as they are now, and false
	// where the runbook can't be read.
	Steps func(runbook, section string) ([]Named, bool)
}

// Named is a step of a runbook.
type Named struct{ ID, Text string }

// Section is what became of one section of a runbook, or of a runbook as a whole.
type Section struct {
	Runbook string
	// Section is the heading that it was opened at; empty: its top.
	Section string
	// Opened is for how many alert groups it was opened.
	Opened int
	// Escalations is for how many of these groups somebody was escalated to, and
	// AfterAllSteps for how many of them after each step was tried. StepsUnknown
	// means that the steps, and so AfterAllSteps, are not known.
	Escalations, AfterAllSteps int
	StepsUnknown               bool
	// Steps are the present steps in their order, then those that were tried and are
	// no longer there.
	Steps []Step
}

// Step is what became of one step. Each number counts alert groups.
type Step struct {
	Named
	// Gone: the runbook no longer has the step, or has changed it.
	Gone            bool
	Done            int
	Ran, Failed     int
	DidNotHelp      int
	Wrong           int
	LastUnescalated int
	Remarks         []record.Remark
}

// key is a section of a runbook.
type key struct{ runbook, section string }

// trial is what one group tried of one step.
type trial struct {
	text        string
	at          time.Time // the last time
	first       time.Time
	done        bool
	ran, failed bool
	remarks     []record.Remark
}

func (t *trial) tried(text string, at time.Time) {
	if t.text == "" {
		t.text = text
	}
	if t.first.IsZero() || at.Before(t.first) {
		t.first = at
	}
	if at.After(t.at) {
		t.at = at
	}
}

// Of sums up the facts: the sections first after which people escalated although
// they had tried all steps, then those with steps that did not help, then those
// opened most.
func Of(f Facts) []Section {
	opened := map[string]map[string][]string{} // sections by group and runbook
	open := func(group, runbook, section string) {
		if opened[group] == nil {
			opened[group] = map[string][]string{}
		}
		if !slices.Contains(opened[group][runbook], section) {
			opened[group][runbook] = append(opened[group][runbook], section)
		}
	}
	for _, o := range f.Openings {
		open(o.GroupID, o.Runbook, o.Section)
	}
	trials := map[string]map[string]map[string]*trial{} // by group, runbook and step
	of := func(group, runbook, step string) *trial {
		if trials[group] == nil {
			trials[group] = map[string]map[string]*trial{}
		}
		if trials[group][runbook] == nil {
			trials[group][runbook] = map[string]*trial{}
		}
		if trials[group][runbook][step] == nil {
			trials[group][runbook][step] = &trial{}
		}
		return trials[group][runbook][step]
	}
	for _, m := range f.Remarks {
		if m.Kind == "" {
			continue
		}
		if opened[m.GroupID][m.Runbook] == nil {
			open(m.GroupID, m.Runbook, m.Section)
		}
		t := of(m.GroupID, m.Runbook, m.Step)
		t.tried(m.Text, m.At)
		t.remarks = append(t.remarks, m)
	}
	for _, tick := range f.Ticks {
		if tick.Done {
			t := of(tick.GroupID, tick.Runbook, tick.Step)
			t.tried(tick.Text, tick.At)
			t.done = true
		}
	}
	for _, run := range f.Runs {
		if run.Step != "" {
			t := of(run.GroupID, run.Runbook, run.Step)
			t.tried(run.Command, run.At)
			t.ran, t.failed = true, run.ExitCode != 0 && !run.Stopped
		}
	}
	for group, runbooks := range trials {
		for runbook := range runbooks {
			if opened[group][runbook] == nil {
				open(group, runbook, "")
			}
		}
	}
	s := sums{facts: f, sections: map[key]*Section{}, escalated: map[string]time.Time{}}
	for _, e := range f.Escalations {
		for _, id := range e.GroupIDs {
			if e.At.After(s.escalated[id]) {
				s.escalated[id] = e.At // the last one: more was tried by then
			}
		}
	}
	for group, runbooks := range opened {
		for runbook, sections := range runbooks {
			s.add(group, runbook, sections, trials[group][runbook])
		}
	}
	return s.sorted()
}

type sums struct {
	facts     Facts
	sections  map[key]*Section
	escalated map[string]time.Time
}

// add adds what one group tried of one runbook.
func (s *sums) add(group, runbook string, sections []string, trials map[string]*trial) {
	rest := map[string]*trial{}
	for id, t := range trials {
		rest[id] = t
	}
	for i, name := range sections {
		section := s.section(runbook, name)
		section.Opened++
		own := map[string]*trial{}
		for _, step := range section.Steps {
			if t := rest[step.ID]; t != nil && !step.Gone {
				own[step.ID] = t
				delete(rest, step.ID)
			}
		}
		if i == len(sections)-1 {
			for id, t := range rest {
				own[id] = t
			}
		}
		s.addTo(section, group, own)
	}
}

func (s *sums) addTo(section *Section, group string, own map[string]*trial) {
	at, escalated := s.escalated[group]
	last := ""
	for id, t := range own {
		if last == "" || t.at.After(own[last].at) || t.at.Equal(own[last].at) && id > last {
			last = id
		}
	}
	for id, t := range own {
		step := section.step(id, t.text)
		step.Done += count(t.done)
		step.Ran += count(t.ran)
		step.Failed += count(t.ran && t.failed)
		is := func(kind record.RemarkKind) int {
			return count(slices.ContainsFunc(t.remarks, func(r record.Remark) bool { return r.Kind == kind }))
		}
		step.DidNotHelp += is(record.DidNotHelp)
		step.Wrong += is(record.Wrong)
		step.Remarks = append(step.Remarks, t.remarks...)
		step.LastUnescalated += count(id == last && !escalated && len(t.remarks) == 0)
	}
	if !escalated {
		return
	}
	section.Escalations++
	present := 0
	for _, step := range section.Steps {
		if step.Gone {
			continue
		}
		present++
		if t := own[step.ID]; t == nil || t.first.After(at) {
			return
		}
	}
	section.AfterAllSteps += count(present > 0)
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// section returns a section with its present steps.
func (s *sums) section(runbook, name string) *Section {
	k := key{runbook, name}
	if s.sections[k] == nil {
		section := &Section{Runbook: runbook, Section: name}
		steps, ok := s.facts.Steps(runbook, name)
		section.StepsUnknown = !ok
		for _, step := range steps {
			section.Steps = append(section.Steps, Step{Named: step})
		}
		s.sections[k] = section
	}
	return s.sections[k]
}

// step returns a step, which may be gone from the runbook.
func (s *Section) step(id, text string) *Step {
	i := slices.IndexFunc(s.Steps, func(step Step) bool { return step.ID == id })
	if i < 0 {
		i = len(s.Steps)
		s.Steps = append(s.Steps, Step{Named: Named{id, text}, Gone: !s.StepsUnknown})
	}
	return &s.Steps[i]
}

func (s *sums) sorted() []Section {
	var all []Section
	for _, section := range s.sections {
		present := slices.IndexFunc(section.Steps, func(step Step) bool { return step.Gone })
		if section.StepsUnknown {
			present = 0
		}
		if present >= 0 {
			slices.SortFunc(section.Steps[present:], func(a, b Step) int { return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.ID, b.ID)) })
		}
		for i := range section.Steps {
			slices.SortFunc(section.Steps[i].Remarks, func(a, b record.Remark) int {
				return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.By, b.By), cmp.Compare(a.GroupID, b.GroupID))
			})
		}
		all = append(all, *section)
	}
	against := func(s Section) (n int) {
		for _, step := range s.Steps {
			n += step.DidNotHelp + step.Wrong
		}
		return n
	}
	slices.SortFunc(all, func(a, b Section) int {
		return cmp.Or(
			cmp.Compare(b.AfterAllSteps, a.AfterAllSteps), cmp.Compare(against(b), against(a)), cmp.Compare(b.Opened, a.Opened),
			cmp.Compare(a.Runbook, b.Runbook), cmp.Compare(a.Section, b.Section),
		)
	})
	return all
}
