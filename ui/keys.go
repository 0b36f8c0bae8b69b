package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/respond"
)

// command is what a key asks for.
type command int

const (
	noCommand command = iota
	moveDown
	moveUp
	goTop
	goBottom
	pageDown
	pageUp
	openPane
	leave
	nextTab
	firstTab
	secondTab
	thirdTab
	nextSection
	previousSection
	selectGroup
	selectAllMatching
	sortNext
	groupNext
	foldSection
	foldAllSections
	nextFilter
	completeNext
	completePrevious
	acknowledge
	escalate
	handOff
	addNote
	nextLevel
	resolveGroup
	snoozeGroup
	silenceGroup
	mergeGroup
	changeUrgency
	changePriority
	askResponders
	extendSilence
	expireSilence
	undoLast
	handOverShift
	startFilter
	openCommands
	copyLink
	copyID
	openBrowser
	wholeNotes
	refresh
	showMessages
	showHelp
	suspend
	quit

	// In dialogs and prompts.
	confirm
	closeDialog
	nextField
	previousField
	choiceDown
	choiceUp
	newLine
	inEditor
	editNote
	toggleJoin
	allIncidents

	// On the text of a shift hand-off.
	editHere
	writeFile
	postNotes
	postAll
	makeAnew

	// In the runbook.
	toMeaning
	toImpact
	toDiagnosis
	toMitigation
	showOutline
	followLinks
	goBack
	goForward
	findInPage
	nextHit
	previousHit
	showRaw
	chooseLabels
	nextStep
	previousStep
	tickTheStep
	copyTheCode
	runTheCode
	editRunbook
	interactive
)

// place is where a key acts.
type place int

const (
	inNormal place = iota
	inFilter
	inDialog
	inCommands // the search for a command
	inReader   // the help and the messages: something to read and to close
	inShift    // the text of a shift hand-off
	inShiftText
	inShiftName
	inPage   // the runbook, while the pane has the focus; what it has no key for acts as in inNormal
	inSearch // the search in a page
	inChoice // a list in the pane to choose from
	inRun    // a step's command that is asked about, runs or has run
)

// entry is one line of the keymap. The table of entries drives the handling of
// keys, the help line and the full help; nothing else names a key.
type entry struct {
	command command
	place   place
	binding key.Binding
	// group is the heading it stands under in the full help; empty: not there.
	group string
	// hint is its text in the help line, where it has one; "*" is the help's.
	// After a "|" comes a shorter one for narrow screens.
	hint string
	// why says why the key can't act now; nil or "" when it can.
	why func(*Model) string
}

func bind(help, description string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, description))
}

// The headings of the full help, in their order.
const (
	groupMove = "Move"
	groupAct  = "Act"
	groupPage = "Runbook, while it is read (enter)"
	groupFind = "Find and copy"
	groupRest = "Screen"
)

// newKeymap is the keymap for a role: escalate says where it goes.
func newKeymap(settings respond.Settings) []entry {
	return []entry{
		{acknowledge, inNormal, bind("a", "acknowledge", "a"), groupAct, "ack", (*Model).whyNotAct},
		{escalate, inNormal, bind("e", "escalate to "+escalationName(settings), "e"), groupAct, "*|escalate", (*Model).whyNotAct},
		{handOff, inNormal, bind("h", "hand off", "h"), groupAct, "*", (*Model).whyNotAct},
		{addNote, inNormal, bind("n", "note", "n"), groupAct, "*", (*Model).whyNotAct},
		{nextLevel, inNormal, bind("E", "escalate to the next level", "E"), groupAct, "", (*Model).whyNotAct},
		{resolveGroup, inNormal, bind("r", "resolve", "r"), groupAct, "", (*Model).whyNotAct},
		{snoozeGroup, inNormal, bind("z", "snooze", "z"), groupAct, "", (*Model).whyNotAct},
		{silenceGroup, inNormal, bind("s", "silence in Alertmanager", "s"), groupAct, "", (*Model).whyNotAct},
		{undoLast, inNormal, bind("u", "undo the last action", "u"), groupAct, "", (*Model).whyNotUndo},
		{extendSilence, inNormal, bind(":", "extend a silence"), groupAct, "", (*Model).whyNoSilence},
		{expireSilence, inNormal, bind(":", "end a silence"), groupAct, "", (*Model).whyNoSilence},
		{askResponders, inNormal, bind(":", "ask others to join"), groupAct, "", (*Model).whyNotAct},
		{mergeGroup, inNormal, bind(":", "merge into another incident"), groupAct, "", (*Model).whyNotAct},
		{changeUrgency, inNormal, bind(":", "change the urgency"), groupAct, "", (*Model).whyNotAct},
		{changePriority, inNormal, bind(":", "change the priority"), groupAct, "", (*Model).whyNotAct},
		{selectGroup, inNormal, bind("space", "select", "space"), groupAct, "*|pick", (*Model).whyNothingThere},
		{selectAllMatching, inNormal, bind("*", "select all that match, or none", "*"), groupAct, "", (*Model).whyNothingThere},

		{handOverShift, inNormal, bind("H", "hand over the shift", "H"), groupAct, "", (*Model).whyNoHandover},
		{moveDown, inNormal, bind("j ↓", "down", "j", "down"), groupMove, "", nil},
		{moveUp, inNormal, bind("k ↑", "up", "k", "up"), groupMove, "", nil},
		{pageDown, inNormal, bind("ctrl-d", "half a page down", "ctrl+d", "pgdown"), groupMove, "", nil},
		{pageUp, inNormal, bind("ctrl-u", "half a page up", "ctrl+u", "pgup"), groupMove, "", nil},
		{goTop, inNormal, bind("g", "first", "g", "home"), groupMove, "", nil},
		{goBottom, inNormal, bind("G", "last", "G", "end"), groupMove, "", nil},
		{openPane, inNormal, bind("enter", "read the pane", "enter"), groupMove, "read", (*Model).whyNoGroup},
		{leave, inNormal, bind("esc", "back, or clear selection or filter", "esc"), groupMove, "", nil},
		{nextTab, inNormal, bind("tab", "next tab", "tab"), groupMove, "tab|", nil},
		{firstTab, inNormal, bind("1", "runbook", "1"), groupMove, "", nil},
		{secondTab, inNormal, bind("2", "details", "2"), groupMove, "", nil},
		{thirdTab, inNormal, bind("3", "timeline", "3"), groupMove, "", nil},
		{wholeNotes, inNormal, bind("R", "long notes whole, or folded", "R"), groupMove, "", (*Model).whyNoNotes},
		{nextSection, inNormal, bind("]", "next section", "]"), groupMove, "", (*Model).whyNoSections},
		{previousSection, inNormal, bind("[", "previous section", "["), groupMove, "", (*Model).whyNoSections},

		{startFilter, inNormal, bind("/", "filter", "/"), groupFind, "*", nil},
		{nextFilter, inNormal, bind("F", "next saved filter", "F"), groupFind, "", (*Model).whyNoSavedFilter},
		{sortNext, inNormal, bind("S", "sort by the next order", "S"), groupFind, "", nil},
		{groupNext, inNormal, bind("v", "group by the next heading", "v"), groupFind, "", nil},
		{foldSection, inNormal, bind("c", "close or open the heading", "c"), groupFind, "", (*Model).whyNoHeadings},
		{foldAllSections, inNormal, bind("C", "close or open all headings", "C"), groupFind, "", (*Model).whyNoHeadings},
		{copyLink, inNormal, bind("y", "copy the link, or the id", "y"), groupFind, "", (*Model).whyNoGroup},
		{copyID, inNormal, bind("Y", "copy the id", "Y"), groupFind, "", (*Model).whyNoGroup},
		{openBrowser, inNormal, bind("o", "open in the browser", "o"), groupFind, "", (*Model).whyNotOpen},

		{refresh, inNormal, bind("ctrl-r", "read all sources now", "ctrl+r"), groupRest, "", (*Model).whyNotRefresh},
		{showMessages, inNormal, bind("m", "messages and sources", "m"), groupRest, "", nil},
		{suspend, inNormal, bind("ctrl-z", "suspend", "ctrl+z"), groupRest, "", nil},
		{quit, inNormal, bind("q", "quit", "q", "ctrl+c"), groupRest, "", nil},
		{showHelp, inNormal, bind("?", "help", "?"), groupRest, "*", nil},

		{openCommands, inNormal, bind(":", "find a command by its name", ":"), groupRest, "", nil},

		{tickTheStep, inNormal, bind("t", "tick the step", "t"), groupPage, "", (*Model).whyNoSteps},
		{runTheCode, inNormal, bind("x", "run the step's command, once confirmed", "x"), groupPage, "", (*Model).whyNotRun},
		{editRunbook, inNormal, bind("w", "edit the runbook, or write one", "w"), groupPage, "", (*Model).whyNotMend},
		{nextStep, inPage, bind("J", "next step", "J"), groupPage, "step", (*Model).whyNoSteps},
		{previousStep, inPage, bind("K", "previous step", "K"), groupPage, "", (*Model).whyNoSteps},
		{tickTheStep, inPage, bind("t", "tick the step", "t"), "", "tick", (*Model).whyNoSteps},
		{runTheCode, inPage, bind("x", "run the step's command", "x"), "", "run", (*Model).whyNotRun},
		{editRunbook, inPage, bind("w", "edit the runbook", "w"), "", "edit", (*Model).whyNotMend},
		{copyTheCode, inPage, bind("y", "copy the step's command", "y"), groupPage, "copy", (*Model).whyNoPage},
		{toMeaning, inPage, bind("M", "to Meaning", "M"), groupPage, "", (*Model).whyNoPage},
		{toImpact, inPage, bind("I", "to Impact", "I"), groupPage, "", (*Model).whyNoPage},
		{toDiagnosis, inPage, bind("D", "to Diagnosis", "D"), groupPage, "", (*Model).whyNoPage},
		{toMitigation, inPage, bind("T", "to Mitigation", "T"), groupPage, "", (*Model).whyNoPage},
		{showOutline, inPage, bind("O", "outline", "O"), groupPage, "outline", (*Model).whyNoSections},
		{findInPage, inPage, bind("/", "find in the page", "/"), groupPage, "find", (*Model).whyNoPage},
		{nextHit, inPage, bind("ctrl-n", "next place found", "ctrl+n"), groupPage, "", (*Model).whyNoHits},
		{previousHit, inPage, bind("ctrl-p", "previous place found", "ctrl+p"), groupPage, "", (*Model).whyNoHits},
		{followLinks, inPage, bind("f", "follow a link", "f"), groupPage, "links", (*Model).whyNoLinks},
		{goBack, inPage, bind("⌫", "back to the page before", "backspace", "ctrl+o", "alt+left"), groupPage, "", (*Model).whyNotBack},
		{goForward, inPage, bind("alt-→", "forward again", "alt+right"), groupPage, "", (*Model).whyNotForward},
		{showRaw, inPage, bind("R", "as written, or filled", "R"), groupPage, "", (*Model).whyNoPage},
		{chooseLabels, inPage, bind("V", "choose whose labels fill it", "V"), groupPage, "", (*Model).whyNoAlerts},

		{confirm, inSearch, bind("enter", "keep", "enter"), "", "*", nil},
		{nextHit, inSearch, bind("ctrl-n", "next", "ctrl+n", "down"), "", "*", nil},
		{previousHit, inSearch, bind("ctrl-p", "previous", "ctrl+p", "up"), "", "*", nil},
		{closeDialog, inSearch, bind("esc", "clear", "esc"), "", "*", nil},
		{quit, inSearch, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},

		{moveDown, inChoice, bind("j ↓", "down", "j", "down"), "", "*", nil},
		{moveUp, inChoice, bind("k ↑", "up", "k", "up"), "", "*", nil},
		{pageDown, inChoice, bind("ctrl-d", "half a page down", "ctrl+d", "pgdown"), "", "", nil},
		{pageUp, inChoice, bind("ctrl-u", "half a page up", "ctrl+u", "pgup"), "", "", nil},
		{goTop, inChoice, bind("g", "first", "g", "home"), "", "", nil},
		{goBottom, inChoice, bind("G", "last", "G", "end"), "", "", nil},
		{confirm, inChoice, bind("enter", "take it", "enter"), "", "*", nil},
		{closeDialog, inChoice, bind("esc", "close", "esc", "q", "O"), "", "*", nil},
		{quit, inChoice, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},

		{confirm, inRun, bind("enter", "run it, or close", "enter"), "", "", nil},
		{interactive, inRun, bind("i", "give it the terminal", "i"), "", "", nil},
		{copyLink, inRun, bind("y", "copy", "y"), "", "", nil},
		{editNote, inRun, bind("n", "note the output", "n"), "", "", nil},
		{moveDown, inRun, bind("j ↓", "down", "j", "down"), "", "", nil},
		{moveUp, inRun, bind("k ↑", "up", "k", "up"), "", "", nil},
		{pageDown, inRun, bind("ctrl-d", "half a page down", "ctrl+d", "pgdown", "space"), "", "", nil},
		{pageUp, inRun, bind("ctrl-u", "half a page up", "ctrl+u", "pgup"), "", "", nil},
		{goTop, inRun, bind("g", "first", "g", "home"), "", "", nil},
		{goBottom, inRun, bind("G", "last", "G", "end"), "", "", nil},
		{closeDialog, inRun, bind("esc", "stop it, or close", "esc"), "", "", nil},
		{quit, inRun, bind("ctrl-c", "stop it, or quit", "ctrl+c"), "", "", nil},

		{confirm, inFilter, bind("enter", "keep", "enter"), "", "*", nil},
		{completeNext, inFilter, bind("tab", "complete", "tab"), "", "", nil},
		{completePrevious, inFilter, bind("shift-tab", "complete the other way", "shift+tab"), "", "", nil},
		{closeDialog, inFilter, bind("esc", "clear", "esc"), "", "*", nil},
		{quit, inFilter, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},

		{confirm, inDialog, bind("enter", "confirm", "enter"), "", "", nil},
		{acknowledge, inDialog, bind("a", "acknowledge", "a"), "", "", nil},
		{nextField, inDialog, bind("tab", "next", "tab"), "", "", nil},
		{previousField, inDialog, bind("shift-tab", "back", "shift+tab"), "", "", nil},
		{choiceDown, inDialog, bind("↓", "down", "down", "ctrl+n"), "", "", nil},
		{choiceUp, inDialog, bind("↑", "up", "up", "ctrl+p"), "", "", nil},
		{newLine, inDialog, bind("ctrl-j", "new line", "ctrl+j", "shift+enter", "alt+enter"), "", "", nil},
		{inEditor, inDialog, bind("ctrl-e", "write in your editor", "ctrl+e"), "", "", nil},
		{pageDown, inDialog, bind("pgdn", "more of the preview", "pgdown"), "", "", nil},
		{pageUp, inDialog, bind("pgup", "back in the preview", "pgup"), "", "", nil},
		{copyLink, inDialog, bind("y", "copy the summary", "y"), "", "", nil},
		{toggleJoin, inDialog, bind("ctrl-t", "ask to join instead, or back", "ctrl+t"), "", "", nil},
		{allIncidents, inDialog, bind("ctrl-g", "all incidents for the same alerts, or this one alone", "ctrl+g"), "", "", nil},
		{editNote, inDialog, bind("n", "write the note yourself", "n"), "", "", nil},
		{closeDialog, inDialog, bind("esc", "close", "esc"), "", "", nil},
		{quit, inDialog, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},

		{confirm, inCommands, bind("enter", "do it", "enter"), "", "*", nil},
		{choiceDown, inCommands, bind("↓", "down", "down", "ctrl+n", "tab"), "", "*", nil},
		{choiceUp, inCommands, bind("↑", "up", "up", "ctrl+p", "shift+tab"), "", "*", nil},
		{closeDialog, inCommands, bind("esc", "close", "esc"), "", "*", nil},
		{quit, inCommands, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},

		{moveDown, inReader, bind("j ↓", "down", "j", "down"), "", "*", nil},
		{moveUp, inReader, bind("k ↑", "up", "k", "up"), "", "*", nil},
		{pageDown, inReader, bind("ctrl-d", "half a page down", "ctrl+d", "pgdown", "space"), "", "", nil},
		{pageUp, inReader, bind("ctrl-u", "half a page up", "ctrl+u", "pgup"), "", "", nil},
		{goTop, inReader, bind("g", "first", "g", "home"), "", "", nil},
		{goBottom, inReader, bind("G", "last", "G", "end"), "", "", nil},
		{closeDialog, inReader, bind("esc", "close", "esc", "q", "?", "m", "enter"), "", "*", nil},
		{quit, inReader, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},

		{editHere, inShift, bind("e", "edit", "e"), "", "*", nil},
		{inEditor, inShift, bind("ctrl-e", "in your editor", "ctrl+e"), "", "*|editor", (*Model).whyNoEditor},
		{copyLink, inShift, bind("y", "copy", "y"), "", "*", nil},
		{writeFile, inShift, bind("w", "write to a file", "w"), "", "*|write", nil},
		{postNotes, inShift, bind("p", "post as a note", "p"), "", "*|post", (*Model).whyNotPost},
		{postAll, inShift, bind("A", "all three", "A"), "", "*|all", (*Model).whyNotPost},
		{makeAnew, inShift, bind("ctrl-r", "make it anew", "ctrl+r"), "", "*|anew", nil},
		{closeDialog, inShift, bind("esc", "close", "esc", "q"), "", "*", nil},
		{moveDown, inShift, bind("j ↓", "down", "j", "down"), "", "", nil},
		{moveUp, inShift, bind("k ↑", "up", "k", "up"), "", "", nil},
		{pageDown, inShift, bind("ctrl-d", "half a page down", "ctrl+d", "pgdown", "space"), "", "", nil},
		{pageUp, inShift, bind("ctrl-u", "half a page up", "ctrl+u", "pgup"), "", "", nil},
		{goTop, inShift, bind("g", "first", "g", "home"), "", "", nil},
		{goBottom, inShift, bind("G", "last", "G", "end"), "", "", nil},
		{quit, inShift, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},

		{newLine, inShiftText, bind("enter", "new line", "enter", "ctrl+j"), "", "*", nil},
		{inEditor, inShiftText, bind("ctrl-e", "in your editor", "ctrl+e"), "", "*", (*Model).whyNoEditor},
		{closeDialog, inShiftText, bind("esc", "done; what you wrote is kept", "esc"), "", "*|done", nil},
		{quit, inShiftText, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},

		{confirm, inShiftName, bind("enter", "write", "enter"), "", "*", nil},
		{closeDialog, inShiftName, bind("esc", "back", "esc"), "", "*", nil},
		{quit, inShiftName, bind("ctrl-c", "quit", "ctrl+c"), "", "", nil},
	}
}

// escalationName is where escalate goes, in people's words.
func escalationName(s respond.Settings) string {
	if s.Role == respond.FirstLine {
		return "the owner"
	}
	if s.FirstLineName != "" {
		return cleanName(s.FirstLineName)
	}
	return "first line"
}

// commandFor finds what a key asks for in a place, and its entry.
func (s *shared) commandFor(msg tea.KeyPressMsg, at place) (command, *entry) {
	for i := range s.keys {
		if e := &s.keys[i]; e.place == at && key.Matches(msg, e.binding) {
			return e.command, e
		}
	}
	return noCommand, nil
}

// entryOf is the entry of a command in a place; there must be one.
func (s *shared) entryOf(c command, at place) entry {
	for _, e := range s.keys {
		if e.command == c && e.place == at {
			return e
		}
	}
	return entry{}
}
