package dialog

import (
	"slices"
	"strings"

	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/ui/draft"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// NoteOutput puts a command and its output into the draft of a group's note, and
// opens the note.
func (a *Actions) NoteOutput(groupID, output string) {
	groups := a.options.Groups()
	at := slices.IndexFunc(groups, func(g triage.Group) bool { return g.ID == groupID })
	if at < 0 {
		a.Say(room.Caution, "The group is no longer reported; "+a.Keys.KeyOf(keymap.CopyLink, keymap.InRun)+" copies the output.")
		return
	}
	if why := a.whyNotAct(); why != "" {
		a.Say(room.Info, "Note: "+why)
		return
	}
	group := []triage.Group{groups[at]}
	key := draft.Of(string(respond.AddNote), group)
	text := strings.TrimRight(a.drafts.Text(key), "\n")
	if text != "" {
		text += "\n\n"
	}
	a.drafts.Put(key, text+output)
	a.Open(respond.AddNote, group)
}

// PostHandover opens the note with the text of a handover, which has its own draft.
// The preview says on which incidents the note will be.
func (a *Actions) PostHandover(text string, key draft.Key) {
	note, shortened := notetext.FitNote(text, "`firstline handover` prints the whole")
	if shortened {
		a.Say(room.Caution, "The text is too long for a note, and is shortened there.")
	}
	d := a.Open(respond.AddNote, a.noted())
	d.ownKey = &key
	d.Text.SetValue(note)
	d.focus(SendField)
	d.Rethink()
}

// noted are the groups that a handover is posted on: the selected ones, else all,
// that have an incident.
func (a *Actions) noted() []triage.Group {
	groups := a.options.Groups()
	if a.options.Selecting() {
		groups = a.options.Targets()
	}
	return slices.DeleteFunc(slices.Clone(groups), func(g triage.Group) bool { return g.Incident == nil })
}

// WhyNotPost says why no handover can be posted; empty when one can.
func (a *Actions) WhyNotPost() string {
	switch {
	case a.options.Respond.ReadOnly:
		return "firstline runs read-only and changes nothing"
	case a.options.Doer == nil:
		return "no source that can be acted upon is configured"
	case len(a.noted()) > 0:
		return ""
	case a.options.Selecting():
		return "nobody was paged for what is selected, so there is no incident to put a note on"
	}
	return "no incident is open to put a note on"
}
