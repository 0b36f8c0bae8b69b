package pane

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/ui/keymap"
)

// Tab is one tab of the pane. It has its own state, keys and content. DetailsTab is
// a small one.
type Tab interface {
	// Name is the tab's name in the title of the pane.
	Name() string
	// Table is the tab's own keys, Mode where keys act while the tab is read.
	Table() keymap.Table
	Mode() keymap.Mode
	// Do carries out a command; it reports whether it is one of the tab's.
	Do(c keymap.Command) (cmd tea.Cmd, done bool)
	// Prepare returns what writes the tab's content for a group.
	Prepare(g triage.Group) Work
	// Follow starts what became due for the group under the cursor, such as reading
	// what the tab shows. g may be nil; shown: the tab is on the screen.
	Follow(g *triage.Group, shown bool) tea.Cmd
	// Refresh reads again what may have changed outside: everything, or what is
	// read each minute anyway.
	Refresh(all bool)
	// Back ends what was begun, such as a search; it reports whether anything was.
	Back() bool
}

// Work writes a tab's content for some width, off the loop.
type Work func(ctx context.Context, w *Writer, width int) Content

// Basic is a tab without keys and state. Other tabs embed it.
type Basic struct{}

// Table is empty.
func (Basic) Table() keymap.Table { return nil }

// Mode is where the keys of every tab act.
func (Basic) Mode() keymap.Mode { return keymap.InReading }

// Do carries out nothing.
func (Basic) Do(keymap.Command) (tea.Cmd, bool) { return nil, false }

// Follow starts nothing.
func (Basic) Follow(*triage.Group, bool) tea.Cmd { return nil }

// Refresh reads nothing.
func (Basic) Refresh(bool) {}

// Back ends nothing.
func (Basic) Back() bool { return false }

// reader is a tab that is read from a line on, which it finds again itself.
type reader interface {
	// Leave ends the stay at a group.
	Leave()
	// Restore finds the line to read on in content that was just made. The old
	// content began on the screen at a line; same: it was the same group's;
	// resized: it had another width.
	Restore(old Content, line int, same, resized bool)
	// Line returns the margin before a line, and the line as it is drawn.
	Line(number int, line string) (margin, drawn string)
	// Found says what a search found, and Notice what else has to be known and is
	// not on the screen, for the footer.
	Found() string
	Notice() string
}

// drawer is a tab that can be as wide as the pane: lines of text are shorter.
type drawer interface{ Draws() }

// linker is a tab with links of its own: while it is shown they are opened, and not
// those of the group.
type linker interface{ Links(g triage.Group) []Link }

// Content is one prepared tab.
type Content struct {
	Lines []string
	// Sections are indices of lines; Start is the line where reading begins.
	Sections []int
	Start    int
	// Own is what the tab itself needs of its content.
	Own any
}
