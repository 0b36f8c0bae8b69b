// Package prompt asks the questions of a first run in a terminal, with huh.
package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"firstline/internal/clean"
	"firstline/internal/credentials"
	"firstline/internal/firstrun"
)

// Terminal is a person at a terminal. It implements firstrun.Person.
type Terminal struct {
	In  io.Reader
	Out io.Writer
	// Plain: questions are asked line by line, without drawing, as for a screen reader.
	// ASCII: no other characters are drawn. NoColor: there are no colours.
	Plain, ASCII, NoColor bool

	// unmute lets the terminal show again what is typed; nil: it does.
	unmute func()
}

var _ firstrun.Person = (*Terminal)(nil)

// Open lets the terminal show what is typed only while a question is asked, so that what
// is typed too early, such as a token that is pasted, is neither seen nor an answer. It is
// undone by the returned function.
func (t *Terminal) Open() (undo func()) {
	undo = t.listen
	if f, is := t.In.(descriptor); is {
		if before, err := term.GetState(f.Fd()); err == nil {
			undo = func() {
				t.listen()
				_ = term.Restore(f.Fd(), before) // a secret that was left half has it without echo
			}
		}
	}
	t.mute()
	return undo
}

// mute stops the terminal from showing what is typed.
func (t *Terminal) mute() {
	if f, is := t.In.(descriptor); is && t.unmute == nil {
		t.unmute = mute(f.Fd())
	}
}

// listen forgets what was typed while nobody asked, and shows what is typed from now on.
func (t *Terminal) listen() {
	if t.unmute != nil {
		t.unmute()
		t.unmute = nil
	}
}

// tallest is how many options are seen at once.
const tallest = 10

// run asks one question. empty is what an empty line means in the plain form. What was
// answered stays on the screen as a line.
func (t *Terminal) run(ctx context.Context, field huh.Field, q firstrun.Question, empty string, answer func() string, options ...tea.ProgramOption) error {
	keys := huh.NewDefaultKeyMap()
	keys.Quit = key.NewBinding(key.WithKeys("ctrl+c"), key.WithHelp("ctrl+c", "leave"))
	in := &input{Reader: t.In}
	// Signals are the caller's, who ends ctx.
	options = append(options, tea.WithoutSignalHandler())
	if t.NoColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	form := huh.NewForm(huh.NewGroup(field)).WithProgramOptions(options...).WithKeyMap(keys).WithTheme(huh.ThemeFunc(t.theme)).
		WithShowHelp(!t.ASCII).WithOutput(t.Out).WithAccessible(t.Plain)
	t.listen()
	defer t.mute()
	if t.Plain {
		in.empty = empty
		form.WithInput(in.reader()).WithOutput(plainWriter{t})
		if q.Help != "" {
			t.print(q.Help)
		}
	} else {
		form.WithInput(t.In)
	}
	err := t.await(ctx, form)
	switch {
	case ctx.Err() != nil:
		return firstrun.ErrInterrupted // in.ended may be written meanwhile
	case errors.Is(err, huh.ErrUserAborted), in.ended, err == nil && !t.Plain && form.State != huh.StateCompleted:
		return firstrun.ErrInterrupted // what it has then is no answer
	case err != nil:
		return fmt.Errorf("asking in the terminal: %w", err)
	}
	if !t.Plain {
		t.print(strings.TrimSuffix(q.Title, "?") + ": " + answer())
	}
	return nil
}

// await runs a form until it is answered or ctx ends. A question that is asked line by line
// still waits for its line then; the program ends, and the question with it.
func (t *Terminal) await(ctx context.Context, form *huh.Form) error {
	if !t.Plain {
		return form.RunWithContext(ctx)
	}
	done := make(chan error, 1)
	go func() { done <- form.RunWithContext(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		fmt.Fprintln(t.Out) //nolint:errcheck // it ends anyway
		return ctx.Err()
	}
}

func (t *Terminal) theme(dark bool) *huh.Styles {
	// The text has the terminal's own colour, which can be read on every background.
	s := huh.ThemeBase(dark)
	s.Focused.Title = s.Focused.Title.Bold(true)
	s.Focused.SelectedOption = s.Focused.SelectedOption.Bold(true)
	if !t.NoColor {
		s.Focused.SelectSelector = s.Focused.SelectSelector.Foreground(lipgloss.Cyan)
		s.Focused.MultiSelectSelector = s.Focused.MultiSelectSelector.Foreground(lipgloss.Cyan)
		s.Focused.ErrorMessage = s.Focused.ErrorMessage.Foreground(lipgloss.Red)
	}
	s.Focused.Base = lipgloss.NewStyle().PaddingLeft(2)
	s.Focused.SelectedPrefix = lipgloss.NewStyle().SetString("[x] ")
	s.Focused.UnselectedPrefix = lipgloss.NewStyle().SetString("[ ] ")
	s.Focused.ErrorIndicator = lipgloss.NewStyle()
	return s
}

// input is what is typed. It notes the end, which huh takes for empty answers.
type input struct {
	io.Reader
	ended bool
	// empty is read in place of an empty line; empty: the line itself.
	empty string
}

func (i *input) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	i.ended = i.ended || n == 0 && err != nil
	if line := string(p[:n]); i.empty != "" && (line == "\n" || line == "\r\n") {
		n = copy(p, i.empty+"\n")
	}
	return n, err
}

// reader is the input as huh wants it: with its descriptor where it has one, without
// which a secret can't be typed.
func (i *input) reader() io.Reader {
	if f, is := i.Reader.(interface{ Fd() uintptr }); is {
		return struct {
			*input
			descriptor
		}{i, f}
	}
	return i
}

type descriptor interface{ Fd() uintptr }

// print writes a line, broken between words.
func (t *Terminal) print(line string) {
	fmt.Fprintln(t.Out, t.inASCII(wrapped(credentials.HideAny(clean.Line(line)), t.width()))) //nolint:errcheck // the next question fails
}

// wrapped breaks a line between words only: not after a hyphen, as in ctrl-c.
func wrapped(line string, width int) string {
	const hyphen = "\ue000" // a character of no meaning
	return strings.ReplaceAll(ansi.Wrap(strings.ReplaceAll(line, "-", hyphen), width, ""), hyphen, "-")
}

// width is that of the terminal; 0: it is no terminal, and nothing is broken.
func (t *Terminal) width() int {
	if f, is := t.Out.(descriptor); is {
		if width, _, err := term.GetSize(f.Fd()); err == nil && width > 0 {
			return width
		}
	}
	return 0
}

// inASCII writes our own signs in other characters where the terminal has no others.
func (t *Terminal) inASCII(text string) string {
	if t.ASCII {
		return signs.Replace(text)
	}
	return text
}

var signs = strings.NewReplacer("…", "...", "✓", "x", "•", "-")

// plainWriter is the output of questions that are asked line by line: without styles.
type plainWriter struct{ t *Terminal }

func (w plainWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.t.Out, w.t.inASCII(ansi.Strip(string(p)))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Choose asks for one of several options.
func (t *Terminal) Choose(ctx context.Context, q firstrun.Question, options []string, at int) (int, error) {
	if t.Plain {
		q.Help = join(q.Help, fmt.Sprintf("Enter alone takes %d: %s.", at+1, options[at]))
	}
	s := huh.NewSelect[int]().Title(q.Title).Description(q.Help).Options(numbered(options)...).Value(&at)
	if len(options) > tallest {
		s.Height(tallest + 3)
	}
	err := t.run(ctx, s, q, "", func() string { return options[at] })
	if err != nil {
		return 0, err
	}
	return at, nil
}

// Several asks which of several options are taken.
func (t *Terminal) Several(ctx context.Context, q firstrun.Question, options []string, taken []bool) ([]bool, error) {
	var chosen []int
	for i, is := range taken {
		if is {
			chosen = append(chosen, i)
		}
	}
	t.print(q.Help)
	q.Help = "Space takes or leaves one, enter goes on."
	in := ""
	if t.Plain {
		q.Help, in = "A number takes or leaves one, enter alone goes on.", "0"
	}
	// The height has the title and the description too, which may be two lines.
	s := huh.NewMultiSelect[int]().Title(q.Title).Description(q.Help).Options(numbered(options)...).Value(&chosen).Height(min(len(options), tallest) + 3)
	err := t.run(ctx, s, q, in, func() string { return fmt.Sprintf("%d of %d", len(chosen), len(options)) })
	if err != nil {
		return nil, err
	}
	taken = make([]bool, len(options))
	for _, i := range chosen {
		taken[i] = true
	}
	return taken, nil
}

func numbered(options []string) []huh.Option[int] {
	var all []huh.Option[int]
	for i, option := range options {
		all = append(all, huh.NewOption(clean.Line(option), i))
	}
	return all
}

// Write asks for one line.
func (t *Terminal) Write(ctx context.Context, q firstrun.Question, text string, check func(string) error) (string, error) {
	empty := q.Empty
	switch {
	case t.Plain && text != "":
		// There enter alone takes the text, which can't be deleted.
		if empty != "" {
			q.Help = join(q.Help, "A single "+nothing+": "+empty+".")
		}
		q.Help = join(q.Help, "Enter alone: "+text)
		offered, checkTyped := text, check
		check = func(typed string) error {
			switch strings.TrimSpace(typed) {
			case "":
				return checkTyped(offered)
			case nothing:
				if empty != "" {
					return nil
				}
			}
			return checkTyped(typed)
		}
	case empty != "":
		q.Help = join(q.Help, t.onEmpty(empty))
	}
	text, err := t.line(ctx, huh.NewInput(), q, text, check, func(text string) string { return text })
	if err != nil {
		return "", err
	}
	if empty != "" && t.Plain && strings.TrimSpace(text) == nothing {
		text = ""
	}
	return text, nil
}

// line asks for one line. Where an empty one is an answer esc gives it, whatever is typed.
func (t *Terminal) line(ctx context.Context, input *huh.Input, q firstrun.Question, text string, check func(string) error, shown func(string) string) (string, error) {
	escaped := false
	input.Title(q.Title).Description(q.Help).Value(&text).Validate(func(text string) error {
		if escaped {
			return nil
		}
		return check(text)
	})
	var options []tea.ProgramOption
	if q.Empty != "" {
		options = append(options, tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
			if press, is := msg.(tea.KeyPressMsg); is && press.String() == "esc" {
				escaped = true
				return tea.KeyPressMsg{Code: tea.KeyEnter}
			}
			return msg
		}))
	}
	err := t.run(ctx, input, q, "", func() string {
		if escaped || text == "" {
			return "-"
		}
		return shown(text)
	}, options...)
	if err != nil || escaped {
		return "", err
	}
	return text, nil
}

// onEmpty says what an empty answer means.
func (t *Terminal) onEmpty(means string) string {
	if t.Plain {
		return "Empty: " + means + "."
	}
	return "Empty or esc: " + means + "."
}

// nothing is what is typed for an empty answer where enter alone takes what is offered.
const nothing = "-"

// join puts sentences together.
func join(sentences ...string) string {
	return strings.TrimSpace(strings.Join(sentences, " "))
}

// Secret asks for one line that is not shown.
func (t *Terminal) Secret(ctx context.Context, q firstrun.Question, check func(string) error) (string, error) {
	if _, hides := t.In.(descriptor); t.Plain && !hides { // huh says nothing then, and gives an empty one
		return "", errors.New("a secret can't be typed here, because it would be seen")
	}
	if q.Empty != "" {
		q.Help = join(q.Help, t.onEmpty(q.Empty))
	}
	text, err := t.line(ctx, huh.NewInput().EchoMode(huh.EchoModePassword), q, "", check, func(string) string { return "typed" })
	if err != nil {
		return "", err
	}
	credentials.Add(strings.TrimSpace(text))
	return text, nil
}

// Say shows sentences, each with its mark.
func (t *Terminal) Say(findings ...firstrun.Finding) {
	marks := map[firstrun.Verdict]string{firstrun.Plain: " ", firstrun.Fine: "✓", firstrun.Mind: "!", firstrun.Wrong: "✗"}
	if t.ASCII {
		marks[firstrun.Fine], marks[firstrun.Wrong] = "ok", "x"
	}
	for _, f := range findings {
		t.print("  " + marks[f.Verdict] + " " + clean.Line(f.Sentence))
	}
}

// Show shows a text of several lines.
func (t *Terminal) Show(text string) {
	fmt.Fprintf(t.Out, "\n%s\n", t.inASCII(credentials.HideAny(clean.Text(text)))) //nolint:errcheck // the next question fails
}
