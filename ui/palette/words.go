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
	keymap.SecondTab:         "labels links information describe",
	keymap.ThirdTab:          "history log journal events notes",
	keymap.ShowOnCall:        "oncall schedule duty rota pager",
	keymap.CopyLink:          "export url share yank clipboard",
	keymap.CopyID:            "export yank clipboard",
	keymap.OpenBrowser:       "web link url pagerduty dashboard graph bridge",
	keymap.EditRunbook:       "write new create",
	keymap.RunTheCode:        "execute command shell",
	keymap.TickTheStep:       "check done",
	keymap.DidNotHelp:        "wrong step feedback author",
	keymap.WholePane:         "maximize zoom fullscreen",
	keymap.Refresh:           "refresh reload update poll",
	keymap.ShowMessages:      "history log status errors health",
	keymap.ShowHelp:          "keys shortcuts manual",
	keymap.Suspend:           "background shell",
	keymap.Quit:              "exit leave close end",
}

// fitting is how what is typed fits a command.
type fitting struct {
	// fits: each word that is typed begins a word of it; exact: each is one.
	fits, exact bool
	// other is the first of other people's words that it takes for that.
	other string
}

// fit compares a command with what is typed.
func fit(e keymap.Entry, typed string) fitting {
	own := wordsOf(e.Text())
	others := append(wordsOf(words[e.Command]), strings.Split(e.Command.Name(), "_")...)
	f := fitting{fits: true, exact: true}
	for _, typed := range wordsOf(typed) {
		begins := func(word string) bool { return strings.HasPrefix(word, typed) }
		f.exact = f.exact && (slices.Contains(own, typed) || slices.Contains(others, typed))
		switch at := slices.IndexFunc(others, begins); {
		case slices.ContainsFunc(own, begins):
		case at < 0:
			return fitting{}
		case f.other == "":
			f.other = others[at]
		}
	}
	return f
}

// wordsOf are the words of a text, without commas.
func wordsOf(text string) []string {
	return strings.Fields(strings.ReplaceAll(strings.ToLower(text), ",", " "))
}
