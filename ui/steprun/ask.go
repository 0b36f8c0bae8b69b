package steprun

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/runbooks/session"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// found is the shell that runs a command, or why none can.
type found struct {
	shell string
	err   error
}

// findShell finds the shell of the command.
func (r *Room) findShell() tea.Cmd {
	language := r.options.Language
	return reply.Start(&r.finding, func() found {
		shell, err := session.Shell(language)
		return found{shell, err}
	}, reply.Nothing(func(f found) {
		r.shell = f.shell
		if f.err != nil {
			r.noShell = clean.Line(f.err.Error())
		}
	}))
}

// readSession notes which variables of the command nothing fills, and which earlier
// steps set.
func (r *Room) readSession() {
	state := r.options.Session.State()
	r.unfilled, r.given = nil, nil
	for _, name := range runbooks.FillCommand(r.options.Command).Unknown {
		if v, found := state.Of(name); found && !v.Unset {
			r.given = append(r.given, saidOf(v))
			continue
		}
		r.unfilled = append(r.unfilled, clean.Line(name))
	}
	r.given, r.unfilled = once(r.given), once(r.unfilled)
}

// once removes what comes again.
func once(all []string) []string {
	var first []string
	for _, one := range all {
		if !slices.Contains(first, one) {
			first = append(first, one)
		}
	}
	return first
}

// secret matches names of variables whose values are not for everybody who sees the
// screen.
var secret = lazyregexp.New(`(?i)token|passw|pwd|secret|credential|private|api_?key|access_?key|cookie|auth`)

// mostOfValue bounds a value that is shown, in bytes.
const mostOfValue = 60

// valueOf is a variable with its value.
func valueOf(v session.Variable) string {
	name, value := clean.Line(v.Name), wording.Shorten(clean.Line(v.Value), mostOfValue)
	switch {
	case secret.MatchString(name):
		value = "(hidden)"
	case value == "":
		value = "(empty)"
	}
	if v.Only != "" {
		value += " (" + v.Only + " only)"
	}
	return name + "=" + value
}

// saidOf says which value a step set.
func saidOf(v session.Variable) string { return valueOf(v) + " from " + clean.Line(v.From) }

// mostOthers is how many variables are named that the command does not use itself.
const mostOthers = 8

// others say what the session has beside what the command uses, a sentence for each step.
func (r *Room) others() []string {
	state := r.options.Session.State()
	var steps, sentences []string
	of := map[string][]string{}
	named, more := 0, 0
	for _, v := range state.Variables {
		said, step := valueOf(v), clean.Line(v.From)
		switch {
		case slices.Contains(r.given, saidOf(v)):
			continue
		case v.Unset:
			said = "no " + clean.Line(v.Name)
		}
		if named++; named > mostOthers {
			more++
			continue
		}
		if of[step] == nil {
			steps = append(steps, step)
		}
		of[step] = append(of[step], said)
	}
	for _, step := range steps {
		sentences = append(sentences, "From "+step+": "+strings.Join(of[step], ", "))
	}
	if more > 0 {
		sentences = append(sentences, "And "+wording.Count(more, "variable")+" more")
	}
	if n := len(state.Functions); n > 0 {
		functions := clean.Line(strings.Join(state.Functions[:min(n, mostOthers)], ", "))
		if n > mostOthers {
			functions += ", …"
		}
		sentences = append(sentences, wording.Sentence(wording.Count(n, "function"))+": "+functions)
	}
	return sentences
}

// resetSession forgets what earlier steps left. What the command is filled with may
// change by it, so it is asked about again.
func (r *Room) resetSession() tea.Cmd {
	if r.options.Session.State().Empty() {
		r.Say(room.Info, "The session has nothing: no step of this group set anything")
		return nil
	}
	r.options.Session.Reset()
	r.Host.Close()
	if r.options.Reset != nil {
		r.options.Reset()
	}
	r.Say(room.OK, "The session of this group's steps is reset; "+r.Keys.KeyOf(keymap.RunTheCode, keymap.InNormal)+" asks again")
	return nil
}

// askRows show the exact line before it runs: nothing of it is cut off, and all
// of it must be seen, with what it will find.
func (r *Room) askRows() []draw.Row {
	width := r.Layout.Middle(104) - 4
	intro := "This runs on this machine, as you:"
	if r.shell != "" {
		intro = "This runs on this machine, as you, in " + r.shell + ":"
	}
	rows := draw.TextRows(append(r.Paragraph(intro, width, draw.Dim), "")...)
	must := func(text string) {
		rows = append(rows, draw.Row{Text: text, MustSee: fmt.Sprintf("%d %s", len(rows), text)})
	}
	mustSay := func(text string, role draw.Role) {
		rows = append(rows, draw.Row{})
		for _, l := range r.Paragraph(text, width, role) {
			must(l)
		}
	}
	for l := range strings.SplitSeq(r.options.Command, "\n") {
		for _, part := range r.HardWrap(r.Exact(l), width-2) {
			must(r.Theme.Of(draw.Accent).On("$ ") + r.Theme.Of(draw.Strong).On(part))
		}
	}
	if r.Exact(r.options.Command) != r.options.Command {
		mustSay(`! This terminal has only ASCII: \u{…} is the number of a character that it can't show.`, draw.Warning)
	}
	if len(r.options.Filled) > 0 {
		mustSay("Filled in: "+strings.Join(r.options.Filled, ", "), draw.Dim)
	}
	if len(r.given) > 0 {
		mustSay("In the session: "+strings.Join(r.given, ", "), draw.Dim)
	}
	if state := r.options.Session.State(); state.Directory != "" {
		mustSay("In "+clean.Line(state.Directory)+", where "+clean.Line(state.DirectoryFrom)+" went", draw.Dim)
	}
	for _, w := range r.options.Warnings {
		mustSay("! "+w, draw.Warning)
	}
	if len(r.unfilled) > 0 {
		mustSay("! Nothing fills "+strings.Join(r.unfilled, ", ")+": the shell puts in its own value, or nothing. "+
			r.Keys.KeyOf(keymap.ChooseLabels, keymap.InRunbook)+" in the runbook chooses an alert's labels.", draw.Warning)
	}
	if others := r.others(); len(others) > 0 {
		rows = append(rows, draw.Row{})
		for i, sentence := range append([]string{"The session also has"}, others...) {
			indent := min(i, 1) * 2
			for _, l := range r.Paragraph(sentence, width-indent, draw.Dim) {
				rows = append(rows, draw.Row{Text: draw.Blanks(indent) + l})
			}
		}
	}
	rows = append(rows, draw.Row{})
	return append(append(rows, draw.TextRows(r.Paragraph("In the background ("+r.Keys.KeyOf(keymap.BackgroundSteps, keymap.InRun)+"), what it sets does not come back.", width, draw.Dim)...)...), draw.Row{})
}

// askHeight is how many of them are on the screen, above the hint.
func (r *Room) askHeight() int { return max(r.Layout.Body.Height-3, 1) }

// NoteSeen notes what is on the screen of the question.
func (r *Room) NoteSeen() {
	if r.run == nil {
		rows := r.askRows()
		from, to := draw.Window(len(rows), r.asked, r.askHeight())
		r.Note(rows[from:to], r.TimeNow())
	}
}

// ReadOn scrolls to what must still be seen before the line may run; false: all
// was.
func (r *Room) ReadOn() bool {
	if r.run != nil {
		return false
	}
	rows := r.askRows()
	at := r.Unseen(rows)
	if at >= 0 {
		r.asked, _ = draw.Window(len(rows), at, r.askHeight())
	}
	return at >= 0
}

// askHint is what the keys do with the question.
func (r *Room) askHint(rows []draw.Row) string {
	switch {
	case r.Typing.Refused != "":
		return r.Theme.Of(draw.Warning).On(r.Typing.Refused)
	case r.noShell != "":
		return r.Theme.Of(draw.Critical).On(r.Cut(wording.Sentence(r.noShell), r.inside()-22)) + r.Theme.Of(draw.Dim).On(" · "+draw.Join(" · ", r.does(keymap.CopyLink, "copies"), r.does(keymap.CloseDialog, "")))
	case r.Unseen(rows) >= 0:
		return r.Theme.Of(draw.Warning).On(draw.Join(" · ", r.Keys.KeyOf(keymap.Confirm, keymap.InRun)+": read on", r.does(keymap.CloseDialog, "does not run it")))
	}
	runs, closes := r.does(keymap.Confirm, "runs it"), r.does(keymap.CloseDialog, "")
	long := []string{runs, r.does(keymap.Interactive, "in the terminal"), r.does(keymap.BackgroundSteps, "in the background")}
	brief := []string{runs, r.does(keymap.Interactive, "terminal"), r.does(keymap.BackgroundSteps, "background")}
	copies, copiesIt := r.does(keymap.CopyLink, "copies"), r.does(keymap.CopyLink, "copies it")
	hints := []string{
		draw.Join(" · ", append(long, copiesIt, r.does(keymap.CloseDialog, "does not"))...), draw.Join(" · ", append(brief, copies, closes)...), draw.Join(" · ", append(brief, closes)...),
	}
	if !r.options.Session.State().Empty() {
		resets := r.does(keymap.ResetSession, "resets")
		hints = []string{
			draw.Join(" · ", append(long, r.does(keymap.ResetSession, "resets the session"), copiesIt)...),
			draw.Join(" · ", append(brief, resets, copies, closes)...), draw.Join(" · ", append(brief, resets)...),
		}
	}
	for len(hints) > 1 && r.WidthOf(hints[0]) > r.inside() {
		hints = hints[1:]
	}
	return r.Theme.Of(draw.Dim).On(hints[0])
}
