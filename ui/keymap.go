package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
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

// Table is the keymap: all entries of all rooms, in the order in which help and
// hints show them.
type Table []entry

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
	why func() string
}

// refuses says why the key can't act now; empty when it can.
func (e *entry) refuses() string {
	if e.why == nil {
		return ""
	}
	return e.why()
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

// commandFor finds what a key asks for in a place, and its entry.
func (t Table) commandFor(msg tea.KeyPressMsg, at place) (command, *entry) {
	for i := range t {
		if e := &t[i]; e.place == at && key.Matches(msg, e.binding) {
			return e.command, e
		}
	}
	return noCommand, nil
}

// entryOf is the entry of a command in a place; there must be one.
func (t Table) entryOf(c command, at place) entry {
	for _, e := range t {
		if e.command == c && e.place == at {
			return e
		}
	}
	return entry{}
}
