package palette

import (
	"slices"
	"strings"

	"firstline/ui/keymap"
)

// words are what other people and other programs call a command.
var words = map[keymap.Command]string{
	keymap.Acknowledge:       "ack take confirm mine",
	keymap.Escalate:          "page notify call wake",
	keymap.HandOff:           "assign reassign transfer give pass delegate",
	keymap.AddNote:           "comment remark annotate",
	keymap.NextLevel:         "page notify wake",
	keymap.ResolveGroup:      "close fix finish done",
	keymap.SnoozeGroup:       "pause later defer postpone remind",
	keymap.SilenceGroup:      "mute quiet suppress inhibit maintenance",
	keymap.ExpireSilence:     "unmute unsilence delete",
	keymap.ExtendSilence:     "mute prolong longer",
	keymap.UndoLast:          "revert back oops",
	keymap.AskResponders:     "page invite responder help",
	keymap.MergeGroup:        "join combine duplicate",
	keymap.ChangeUrgency:     "severity",
	keymap.ChangePriority:    "severity",
	keymap.SelectGroup:       "mark pick choose",
	keymap.SelectAllMatching: "mark pick every none",
	keymap.HandOverShift:     "export report shift summary write",
	keymap.StartFilter:       "search find query",
	keymap.PickFilter:        "view saved",
	keymap.PickOrder:         "order rank",
	keymap.GroupNext:         "section by",
	keymap.FirstTab:          "playbook docs wiki instructions",
	keymap.SecondTab:         "who oncall labels links information describe",
	keymap.ThirdTab:          "history log journal events notes",
	keymap.CopyLink:          "export url share yank clipboard",
	keymap.CopyID:            "export yank clipboard",
	keymap.OpenBrowser:       "web link url pagerduty dashboard graph bridge",
	keymap.EditRunbook:       "write new create",
	keymap.RunTheCode:        "execute command shell",
	keymap.TickTheStep:       "check done",
	keymap.WholePane:         "maximize zoom fullscreen",
	keymap.Refresh:           "refresh reload update poll",
	keymap.ShowMessages:      "history log status errors health who",
	keymap.ShowHelp:          "keys shortcuts manual",
	keymap.Suspend:           "background shell",
	keymap.Quit:              "exit leave close end",
}

// fit reports whether each word of what is typed begins a word of a command, and
// which of other people's words it needs for that.
func fit(e keymap.Entry, typed string) (other string, fits bool) {
	own := wordsOf(e.Text())
	others := wordsOf(words[e.Command])
	for _, typed := range wordsOf(typed) {
		begins := func(word string) bool { return strings.HasPrefix(word, typed) }
		switch at := slices.IndexFunc(others, begins); {
		case slices.ContainsFunc(own, begins):
		case at < 0:
			return "", false
		case other == "":
			other = others[at]
		}
	}
	return other, true
}

func wordsOf(text string) []string { return strings.Fields(strings.ToLower(text)) }
