// Package keymap is the shape of the one table of keys, which drives the handling
// of keys, the help line, the full help and the commands. Each room brings its own
// entries; the screen puts them together.
package keymap

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/keys"
)

// Command is what a key asks for.
type Command int

// The commands. NoCommand is a key that asks for nothing.
const (
	NoCommand Command = iota
	MoveDown
	MoveUp
	GoTop
	GoBottom
	HalfDown
	HalfUp
	OpenPane
	Leave
	NextTab
	FirstTab
	SecondTab
	ThirdTab
	FourthTab
	FifthTab
	SixthTab
	WholePane
	NextSection
	PreviousSection
	SelectGroup
	SelectAllMatching
	PickOrder
	GroupNext
	FoldSection
	FoldAllSections
	PickFilter
	CompleteNext
	CompletePrevious
	Acknowledge
	Escalate
	HandOff
	AddNote
	NextLevel
	ResolveGroup
	SnoozeGroup
	SilenceGroup
	MergeGroup
	ChangeUrgency
	ChangePriority
	AskResponders
	ExtendSilence
	ExpireSilence
	UndoLast
	HandOverShift
	StartFilter
	OpenCommands
	CopyLink
	CopyID
	OpenBrowser
	WholeNotes
	ShowOnCall
	Refresh
	ShowMessages
	ShowHelp
	Suspend
	Quit

	// In dialogs and prompts.
	Confirm
	CloseDialog
	NextField
	PreviousField
	ChoiceDown
	ChoiceUp
	NewLine
	InEditor
	EditNote
	ToggleJoin
	AllIncidents

	// On the text of a shift handover.
	EditHere
	WriteFile
	PostNotes
	PostAll
	Regenerate

	// In the runbook.
	ToMeaning
	ToImpact
	ToDiagnosis
	ToMitigation
	ShowOutline
	FollowLinks
	GoBack
	GoForward
	FindInRunbook
	NextHit
	PreviousHit
	ShowRaw
	ChooseLabels
	WholeRunbook
	NextStep
	PreviousStep
	TickTheStep
	CopyTheCode
	RunTheCode
	EditRunbook
	Interactive
	ResetSession
	DidNotHelp
	BackgroundSteps

	// In the graph.
	EarlierTime
	LaterTime
	LessTime
	MoreTime
	CursorLeft
	CursorRight
	NextGraph
	PreviousGraph

	// On the times before.
	NextPast
	PreviousPast
	OpenPast
	CopyPastNote

	// On the report.
	ShowReport
	// Of the mouse, and of the divider between list and pane.
	ToggleMouse
	NarrowerList
	WiderList
	OwnDivider
	// While no source is configured.
	FirstConfiguration
	ShowDemo
	// ShowCopied shows what was copied last.
	ShowCopied
)

// Mode is where a key acts.
type Mode int

// The modes. InNormal is the list. What the pane has no key for while it is read
// acts as in InNormal.
const (
	InNormal Mode = iota
	InFilter
	InDialog
	InCommands // the search for a command
	InReader   // the help and the messages: something to read and to close
	InHandover // the text of a shift handover
	InHandoverText
	InHandoverName
	InReading    // the pane, while it has the focus
	InRunbook    // the runbook, while the pane has the focus; what it has no key for acts as in InReading
	InGraph      // the graph, while the pane has the focus; what it has no key for acts as in InReading
	InSearch     // the search in a runbook
	InChoice     // a list in the pane to choose from
	InPicker     // a list of filters or orders to choose from
	InRun        // a step's command that is asked about, runs or has run
	InForm       // the values that a step's command needs
	InPast       // the times before, while the pane has the focus; as in InReading
	InPastOne    // one of these, opened; as in InReading
	InSteps      // the commands of steps that run in the background
	InLoad       // the load of on-call
	InHelpSearch // the search in the help
	InBeginning  // the list while no source is configured; as in InNormal
)

// Table is the keymap: all entries of all rooms, in the order in which help and
// hints show them.
type Table []Entry

// Entry is one line of the keymap. The table of entries drives the handling of
// keys, the help line and the full help; nothing else names a key.
type Entry struct {
	Command Command
	Mode    Mode
	Binding key.Binding
	// Group is its heading in the full help; empty: it is not there.
	Group string
	// Hint is its text in the help line, where it has one; "*" is the help's.
	// After a "|" comes a shorter one for narrow screens.
	Hint string
	// Why says why the key can't act now; nil or "" when it can.
	Why func() string
	// vain says why nothing would come of it for what is under the cursor or
	// selected; the key still answers. says is the description and hints the hint
	// as they are now. They may be nil.
	vain, says, hints func() string
}

// Text is what the key does, as it is now.
func (e *Entry) Text() string {
	if e.says != nil {
		return e.says()
	}
	return e.Binding.Help().Desc
}

// HintText is the entry's text in the help line now.
func (e *Entry) HintText() string {
	if e.hints != nil {
		return e.hints()
	}
	return e.Hint
}

// Idle says why nothing would come of the key now; empty where something may.
func (e *Entry) Idle() string {
	if why := e.Refuses(); why != "" || e.vain == nil {
		return why
	}
	return e.vain()
}

// Refuses says why the key can't act now; empty when it can.
func (e *Entry) Refuses() string {
	if e.Why == nil {
		return ""
	}
	return e.Why()
}

// Key is an entry: description is what it does. Its keys are those that package keys
// has for its command in this mode; there may be none.
func Key(mode Mode, command Command, description string) Entry {
	e := Entry{Command: command, Mode: mode, Binding: key.NewBinding(key.WithHelp("", description))}
	e.bind(keys.Bindings{})
	return e
}

// bind gives the entry its keys. A command of the list without a key shows the one
// that finds it by its name.
func (e *Entry) bind(b keys.Bindings) {
	list := b.Of(e.Mode.Name(), e.Command.Name())
	shown := keys.ShowAll(list)
	if len(list) == 0 && e.Mode == InNormal {
		shown = keys.ShowAll(b.Of(keys.List, OpenCommands.Name()))
	}
	e.Binding.SetKeys(list...)
	e.Binding.SetHelp(shown, e.Binding.Help().Desc)
}

// Bound are the entries with the keys of a configuration. It is a table of its own:
// what is written off the loop reads the one before.
func (t Table) Bound(b keys.Bindings) Table {
	bound := slices.Clone(t)
	for i := range bound {
		bound[i].bind(b)
	}
	return bound
}

// In puts the entry under a heading of the full help.
func (e Entry) In(group string) Entry {
	e.Group = group
	return e
}

// Hinted gives the entry a text in the help line.
func (e Entry) Hinted(hint string) Entry {
	e.Hint = hint
	return e
}

// Unless gives the entry the reason why it can't act now, empty when it can.
func (e Entry) Unless(why func() string) Entry {
	e.Why = why
	return e
}

// Vain gives the entry the reason why nothing would come of it for what is under
// the cursor or selected, empty where something may. The key still answers.
func (e Entry) Vain(why func() string) Entry {
	e.vain = why
	return e
}

// Saying gives the entry a description that changes.
func (e Entry) Saying(says func() string) Entry {
	e.says = says
	return e
}

// HintedNow gives the entry a text in the help line that changes, empty where it
// has none.
func (e Entry) HintedNow(hint func() string) Entry {
	e.hints = hint
	return e
}

// The headings of the full help, in their order.
const (
	GroupMove    = "Move"
	GroupAct     = "Act"
	GroupRunbook = "Runbook, while it is read"
	GroupGraph   = "Graph, while it is read"
	GroupFind    = "Find and copy"
	GroupRest    = "Screen"
)

// Command finds what a key asks for in a mode, and its entry.
func (t Table) Command(msg tea.KeyPressMsg, at Mode) (Command, *Entry) {
	for i := range t {
		if e := &t[i]; e.Mode == at && key.Matches(msg, e.Binding) {
			return e.Command, e
		}
	}
	return NoCommand, nil
}

// Named is the command whose key a hint such as "enter sends" begins with, in a
// place; NoCommand where it begins with none.
func (t Table) Named(hint string, at Mode) Command {
	word, _, _ := strings.Cut(strings.TrimSpace(hint), " ")
	word = strings.TrimSuffix(word, ":")
	for _, e := range t {
		if e.Mode == at && word != "" && slices.Contains(strings.Fields(e.Binding.Help().Key), word) {
			return e.Command
		}
	}
	return NoCommand
}

// Shadowed reports whether the entry's keys mean something else in one of the
// modes, which come before its own.
func (t Table) Shadowed(e Entry, by ...Mode) bool {
	return slices.ContainsFunc(t, func(other Entry) bool {
		return slices.Contains(by, other.Mode) && slices.ContainsFunc(other.Binding.Keys(), func(k string) bool {
			return slices.Contains(e.Binding.Keys(), k)
		})
	})
}

// Of is the entry of a command in a mode; there must be one.
func (t Table) Of(c Command, at Mode) Entry {
	for _, e := range t {
		if e.Command == c && e.Mode == at {
			return e
		}
	}
	return Entry{}
}
