package attention

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
	"firstline/internal/multiplexer"
)

// Method is how a terminal is asked to show a message.
type Method string

// The methods, by the numbers of the control sequences.
const (
	// Auto: by what the environment says of the terminal.
	Auto Method = "auto"
	// OSC9 is iTerm2's; it has no title.
	OSC9 Method = "osc9"
	// OSC99 is kitty's.
	OSC99 Method = "osc99"
	// OSC777 is rxvt-unicode's, which foot, Ghostty and WezTerm know too.
	OSC777 Method = "osc777"
	// Off: the terminal is not asked.
	Off Method = "off"
)

// Methods are all of them, as they are configured.
func Methods() []Method { return []Method{Auto, OSC9, OSC99, OSC777, Off} }

// Terminal is how messages reach a terminal.
type Terminal struct {
	Method  Method
	Through multiplexer.Program
}

// TerminalOf finds the terminal of an environment. A method other than Auto is taken
// as it is.
func TerminalOf(method Method, environment func(string) string) Terminal {
	t := Terminal{Method: method, Through: multiplexer.Of(environment)}
	if method == Auto {
		t.Method = methodOf(environment)
	}
	return t
}

// terminals are the terminals that show messages, by the variables that only they set.
// A multiplexer hides TERM and TERM_PROGRAM, and leaves the others as they were where
// it was started.
var terminals = []struct {
	method Method
	// variables are set at all, or have one of the values.
	variables map[string][]string
}{
	{OSC99, map[string][]string{"KITTY_WINDOW_ID": nil, "TERM": {"xterm-kitty"}}},
	{OSC777, map[string][]string{"GHOSTTY_RESOURCES_DIR": nil, "TERM": {"xterm-ghostty"}, "TERM_PROGRAM": {"ghostty"}}},
	{OSC777, map[string][]string{"WEZTERM_PANE": nil, "TERM": {"wezterm"}, "TERM_PROGRAM": {"WezTerm"}}},
	{OSC777, map[string][]string{"TERM": {"foot", "foot-extra", "foot-direct"}}},
	{OSC9, map[string][]string{"ITERM_SESSION_ID": nil, "LC_TERMINAL": {"iTerm2"}, "TERM_PROGRAM": {"iTerm.app"}}},
}

func methodOf(environment func(string) string) Method {
	for _, terminal := range terminals {
		for name, values := range terminal.variables {
			value := environment(name)
			if value != "" && (values == nil || slices.Contains(values, value)) {
				return terminal.method
			}
		}
	}
	return Off
}

// Bell rings the terminal's bell.
func (t Terminal) Bell() string {
	const bell = string(rune(ansi.BEL))
	if t.Through == multiplexer.Screen {
		// It shows the bell of the window in front as a flash, unless its vbell is off. One that
		// is passed on rings; that of another window only the plain one reports.
		return bell + t.Through.Wrap(bell)
	}
	return bell
}

// application names firstline where a message has no title of its own.
const application = "firstline"

// Sequence asks the terminal to show a message; empty where it can't.
func (t Terminal) Sequence(m Message) string {
	title, body := clean.Line(m.Title), clean.Line(m.Body)
	sequence := ""
	switch t.Method {
	case OSC9:
		// A number first would be another command of some terminals.
		sequence = ansi.Notify(application + ": " + clean.Line(m.Line()))
	case OSC99:
		// Encoded, because any character could end it; a later message with the same
		// identifier replaces an earlier one.
		encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
		done := "d=1"
		if body != "" {
			done = "d=0"
		}
		sequence = ansi.DesktopNotification(encode(title), "i="+application, done, "e=1", "f="+encode(application))
		if body != "" {
			sequence += ansi.DesktopNotification(encode(body), "i="+application, "e=1", "p=body")
		}
	case OSC777:
		comma := strings.NewReplacer(";", ",").Replace
		sequence = "\x1b]777;notify;" + comma(title) + ";" + comma(body) + "\a"
	case Auto, Off:
		return ""
	}
	return t.Through.Wrap(sequence)
}
