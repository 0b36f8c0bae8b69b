package pane

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/ui/keymap"
	"firstline/ui/room"
	"firstline/ui/steprun"
)

// askRun asks whether to run the command that x is about.
func (p *RunbookTab) askRun() tea.Cmd {
	codes, step := p.codesHere()
	is := func(kind runbooks.Kind) func(runbooks.Code) bool {
		return func(c runbooks.Code) bool { return c.Kind() == kind }
	}
	commands := slices.DeleteFunc(slices.Clone(codes), func(c runbooks.Code) bool { return !c.Command() })
	switch {
	case len(codes) == 0:
		p.Say(room.Info, "There is no command here to run; "+p.stepKeys()+" go from step to step")
		return nil
	case len(commands) == 0 && slices.ContainsFunc(codes, is(runbooks.KindElsewhere)):
		p.Say(room.Info, "This is typed in a container or a program, at its own prompt; "+p.copies("it"))
		return nil
	case len(commands) == 0:
		p.Say(room.Info, "This step's code is no command for a shell; "+p.copies("it"))
		return nil
	}
	group, about := p.Group.ID, p.Group.Name()
	return p.chooseCode("Run", commands, step, func(code runbooks.Code) tea.Cmd {
		return p.withValues(code, "run it", func(code runbooks.Code, filled []string) tea.Cmd {
			r, find := steprun.New(p.Screen, steprun.Options{
				Command: code.Script(), Filled: filled, GroupID: group, Runbook: p.Shown().Match.Runbook.Path, Step: step.ID, By: p.Options.Me(),
				Language: code.Language, Name: stepName(step), Session: p.sessions.Of(group), Reset: p.Invalidate, Warnings: p.warnings(code),
				Record: p.RecordRun, Note: p.Options.Note, Steps: p.Options.Steps, About: about,
			})
			p.Options.Open(r)
			return find
		})
	})
}

// warnings are what there is to know of a command before it runs.
func (p *RunbookTab) warnings(code runbooks.Code) []string {
	var all []string
	if code.Kind() == runbooks.KindRoot {
		all = append(all, "The runbook types this as root (#). It runs as you.")
	}
	if opener := code.OpensShell(); opener != "" {
		first, _, _ := strings.Cut(opener, "\n")
		all = append(all, "“"+clean.Line(first)+"” opens a shell or a prompt of its own. What comes after it runs in your own shell once that has ended, and not in there.")
	}
	b := p.Shown()
	for _, name := range code.Programs() {
		if b.absent[name] {
			all = append(all, clean.Line(name)+" is not installed.")
		}
	}
	return all
}

// absentPrograms are those of a runbook's commands that are not installed.
func absentPrograms(codes []runbooks.Code, installed func(program string) bool) map[string]bool {
	absent, seen := map[string]bool{}, map[string]bool{}
	if installed == nil {
		return absent
	}
	for _, name := range runbooks.Functions(codes) {
		seen[name] = true
	}
	for _, c := range codes {
		if !c.Command() {
			continue
		}
		for _, name := range c.Programs() {
			if !seen[name] {
				seen[name] = true
				absent[name] = !installed(name)
			}
		}
	}
	return absent
}

// stepName is how the session of a group names a step.
func stepName(s shownStep) string {
	switch {
	case s.Number > 0 && s.Depth == 0:
		return "step " + strconv.Itoa(s.Number)
	case s.Text != "":
		return "step “" + wording.Shorten(clean.Line(s.Text), mostOfName) + "”"
	}
	return "an earlier command"
}

// mostOfName bounds the text of a step that has no number, in bytes.
const mostOfName = 40

// fromSession are the variables that earlier steps of a group set.
func (p *RunbookTab) fromSession(groupID string) runbooks.Values {
	return runbooks.Values{From: runbooks.FromSession, Of: p.sessions.Of(groupID).State().Values()}
}

// withValues calls use with a piece of code once no placeholder is left in it: it asks for
// their values first. not says what is left undone without them.
func (p *RunbookTab) withValues(code runbooks.Code, not string, use func(code runbooks.Code, filled []string) tea.Cmd) tea.Cmd {
	filled := p.filledIn(code)
	values := p.Shown().Match.ValuesOf(p.trail().fillLabels(*p.Group), p.Options.Fill)
	missing := code.Missing(append(values, p.fromSession(p.Group.ID))...)
	if len(missing) == 0 {
		return use(code, filled)
	}
	with := func(values map[string]string) (runbooks.Code, runbooks.Filled) {
		return code.Fill(runbooks.Values{From: runbooks.FromPerson, Of: values})
	}
	group := p.Group.ID
	p.Options.Open(steprun.NewForm(p.Screen, steprun.FormOptions{
		Command: code.Script(), Missing: missing, Not: not,
		Check: func(values map[string]string) string {
			switch _, f := with(values); {
			case len(f.Refused) > 0:
				return f.Refused[0].Sentence
			case len(f.Missing) > 0:
				return clean.Line(f.Missing[0].Text) + " can't be filled in here."
			}
			return ""
		},
		Done: func(values map[string]string) tea.Cmd {
			trail := p.trailOf(group)
			typed := maps.Clone(trail.typed)
			if typed == nil {
				typed = map[string]string{}
			}
			maps.Copy(typed, values)
			trail.typed = typed
			p.Invalidate()
			code, f := with(values)
			for _, r := range f.Replaced {
				filled = addOnce(filled, said(r))
			}
			return use(code, filled)
		},
	}))
	return nil
}

// said is a value that was filled in, and where it comes from.
func said(r runbooks.Replacement) string {
	return clean.Line(r.Name) + "=" + clean.Line(r.Value) + " (" + string(r.From) + ")"
}

func addOnce(all []string, one string) []string {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// filledIn says which values were filled into a piece of code, and where each comes from.
func (p *RunbookTab) filledIn(code runbooks.Code) []string {
	var all []string
	for _, r := range p.Shown().fill.Replaced {
		if r.Line >= code.Line && r.Line <= code.EndLine && strings.Contains(code.Text, r.Value) {
			all = addOnce(all, said(r))
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

// copies says which key copies the code of a step, stepKeys which keys go from step to
// step.
func (p *RunbookTab) copies(what string) string {
	return p.Keys.KeyOf(keymap.CopyTheCode, keymap.InRunbook) + " copies " + what
}

func (p *RunbookTab) stepKeys() string {
	return p.Keys.KeyOf(keymap.NextStep, keymap.InRunbook) + " and " + p.Keys.KeyOf(keymap.PreviousStep, keymap.InRunbook)
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
		return "the demo runs nothing; " + p.copies("the command")
	case !p.Options.MayRun:
		return `the configuration says [runbooks] run = "never"; ` + p.copies("the command")
	case !b.Match.Runbook.Runnable():
		return "steps of a runbook from the web are never run; " + p.copies("the command")
	}
	return ""
}
