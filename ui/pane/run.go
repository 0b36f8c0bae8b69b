package pane

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/runbooks"
	"firstline/ui/room"
	"firstline/ui/steprun"
)

// askRun asks whether to run the command that x is about.
func (p *RunbookTab) askRun() {
	code, step, ok := p.codeHere()
	switch {
	case !ok:
		p.Say(room.Info, "There is no command here to run; J and K go from step to step")
		return
	case !code.Command():
		p.Say(room.Info, "This step's code is no command for a shell; y copies it")
		return
	}
	if missing := missingIn(code); missing != "" {
		p.Say(room.Info, "Not run: nothing fills "+missing+"; y copies it as it is")
		return
	}
	p.Options.Open(steprun.New(p.Screen, steprun.Options{
		Command: code.Script(), Filled: p.filledIn(code), GroupID: p.Group.ID, Runbook: p.Shown().Match.Runbook.Path, Step: step, By: p.Options.Me(),
		Record: p.RecordRun, Note: p.Options.Note, Running: p.Options.Running,
	}))
}

// missingIn names the placeholders of a piece of code that nothing fills.
func missingIn(code runbooks.Code) string {
	var names []string
	for _, m := range code.Missing() {
		if text := clean.Line(m.Text); !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	return strings.Join(names, ", ")
}

// filledIn says which values were filled into a piece of code, and where each comes from.
func (p *RunbookTab) filledIn(code runbooks.Code) []string {
	var all []string
	for _, r := range p.Shown().fill.Replaced {
		said := clean.Line(r.Name) + "=" + clean.Line(r.Value) + " (" + string(r.From) + ")"
		if r.Line >= code.Line && r.Line <= code.EndLine && strings.Contains(code.Text, r.Value) && !slices.Contains(all, said) {
			all = append(all, said)
		}
	}
	return all
}

// RecordRun records a run that has ended.
func (p *RunbookTab) RecordRun(r record.Run) tea.Cmd {
	memory := p.Memory
	r.GroupID = memory.now(r.GroupID) // an incident may have come while it ran
	group := memory.Of(r.GroupID)
	group.runs = append(group.runs, r)
	memory.Groups[r.GroupID] = group
	p.Invalidate()
	return memory.save(p.Context, func(ctx context.Context, store Memory) error { return store.AddRun(ctx, r) })
}

// WhyNotRun says why no step may be run.
func (p *RunbookTab) WhyNotRun() string {
	if why := p.whyNoRunbook(); why != "" {
		return why
	}
	switch b := p.Shown(); {
	case p.Options.ReadOnly:
		return "firstline runs read-only and runs nothing"
	case p.Options.Demo:
		return "the demo runs nothing; y copies the command"
	case !p.Options.MayRun:
		return `the configuration says [runbooks] run = "never"; y copies the command`
	case !b.Match.Runbook.Runnable():
		return "steps of a runbook from the web are never run; y copies the command"
	}
	return ""
}
