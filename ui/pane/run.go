package pane

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/record"
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
	p.Options.Open(steprun.New(p.Screen, steprun.Options{
		Command: code.Script(), GroupID: p.Group.ID, Runbook: p.Shown().Match.Runbook.Path, Step: step, By: p.Options.Me(),
		Record: p.RecordRun, Note: p.Options.Note, Running: p.Options.Running,
	}))
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
