package dialog

import (
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/wallclock"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Verbs are the actions that are written with an argument. Each opens its dialog, in
// which the argument is typed already.
func (a *Actions) Verbs() []room.Verb {
	return []room.Verb{
		{Words: []string{"escalate"}, Takes: "first line, or owner where you are first line; or next level", Offers: a.escalations, Command: a.escalation},
		{Words: []string{"hand off", "handoff", "assign"}, Takes: "to whom", Offers: a.people, Command: to(keymap.HandOff), With: a.givePerson},
		{Words: []string{"ask to join", "ask"}, Takes: "whom", Offers: a.people, Command: to(keymap.AskResponders), With: a.givePerson},
		{Words: []string{"snooze"}, Takes: ends, Offers: ofThese("30m", "1h", "2h", "4h", "until 09:00"), Command: a.until(keymap.SnoozeGroup), With: a.give},
		{Words: []string{"silence"}, Takes: ends, Offers: ofThese("1h", "2h", "4h", "24h", "until 09:00"), Command: a.until(keymap.SilenceGroup), With: a.give},
		{Words: []string{"extend silence", "extend"}, Takes: ends, Offers: ofThese("1h", "2h", "4h", "24h", "until 09:00"), Command: a.until(keymap.ExtendSilence), With: a.give},
		{Words: []string{"urgency"}, Takes: "high or low", Offers: ofThese("high", "low"), Command: oneOf(keymap.ChangeUrgency, "an urgency", "high", "low"), With: a.give},
		{Words: []string{"priority"}, Takes: "the name of a priority", Offers: a.priorities, Command: to(keymap.ChangePriority), With: a.give},
		{Words: []string{"merge", "merge into"}, Takes: "the number or title of an incident", Offers: ofThese(), Command: to(keymap.MergeGroup), With: a.give},
		{Words: []string{"note"}, Takes: "the text of the note", Offers: ofThese(), Command: to(keymap.AddNote), With: a.giveText},
	}
}

// ends is what an argument that is an end says.
const ends = "how long, such as 45m or 2h, or until when, such as 17:30 or tomorrow 09:00"

// to is a command that takes any argument: its dialog finds what that names.
func to(c keymap.Command) func(string) (keymap.Command, string) {
	return func(string) (keymap.Command, string) { return c, "" }
}

// oneOf is a command that takes one of some words.
func oneOf(c keymap.Command, what string, words ...string) func(string) (keymap.Command, string) {
	return func(argument string) (keymap.Command, string) {
		if slices.ContainsFunc(words, func(w string) bool { return room.SameWord(argument, w) }) {
			return c, ""
		}
		return c, what + " is " + strings.Join(words, " or ")
	}
}

// until is a command that takes an end.
func (a *Actions) until(c keymap.Command) func(string) (keymap.Command, string) {
	return func(argument string) (keymap.Command, string) {
		now := a.TimeNow()
		end, err := wallclock.ParseUntil(strings.ToLower(argument), now, a.Location)
		if err != nil {
			return c, "write " + ends
		}
		return c, respond.Request{Action: actionOf[c], Until: end}.WhyNotUntil(now)
	}
}

// ofThese offers those words that begin with what is typed.
func ofThese(words ...string) func(string) []string {
	return func(typed string) []string {
		return slices.DeleteFunc(slices.Clone(words), func(w string) bool {
			return strings.EqualFold(w, typed) || !fitsEnd(strings.ToLower(w), strings.ToLower(typed))
		})
	}
}

const (
	toOwner     = "owner"
	toFirstLine = "first line"
	toNextLevel = "next level"
)

// escalations are where this person can escalate to.
func (a *Actions) escalations(typed string) []string {
	if a.options.Respond.Role == respond.FirstLine {
		return ofThese(toOwner, toNextLevel)(typed)
	}
	return ofThese(toFirstLine, toNextLevel)(typed)
}

// escalation is the command that escalates to somebody.
func (a *Actions) escalation(argument string) (keymap.Command, string) {
	first := a.options.Respond.Role == respond.FirstLine
	switch argument = strings.TrimPrefix(room.Blanks(strings.ToLower(argument)), "to "); {
	case argument == toNextLevel || argument == "next":
		return keymap.NextLevel, ""
	case isOwner(argument) && first, argument == toFirstLine && !first:
		return keymap.Escalate, ""
	case isOwner(argument):
		return keymap.NoCommand, "a developer escalates to first line: \"hand off owner\" gives it to the owner"
	case argument == toFirstLine:
		return keymap.NoCommand, "you are first line here: escalate to the owner or to the next level"
	}
	return keymap.NoCommand, "escalate to " + strings.Join(a.escalations(""), ", ") + "; hand off takes any name"
}

func isOwner(argument string) bool { return argument == toOwner || argument == "the "+toOwner }

// people are the names of those who can get a problem, of what the sources say.
func (a *Actions) people(typed string) []string {
	names := []string{"the owner", "whoever is next on call"}
	for _, s := range a.options.Snapshots() {
		for _, u := range s.Data.Users {
			names = append(names, clean.Line(u.Name))
		}
		for _, p := range s.Data.Policies {
			names = append(names, clean.Line(p.Name))
		}
	}
	return beginning(names, typed)
}

func (a *Actions) priorities(typed string) []string {
	var names []string
	for _, s := range a.options.Snapshots() {
		for _, p := range s.Data.Priorities {
			names = append(names, clean.Line(p.Name))
		}
	}
	return beginning(names, typed)
}

// mostNames is how many names are offered.
const mostNames = 50

// beginning are the names with a word that begins with what is typed, each once.
func beginning(names []string, typed string) []string {
	typed = strings.ToLower(typed)
	var found []string
	for _, n := range names {
		lower := strings.ToLower(n)
		fits := strings.HasPrefix(lower, typed) || strings.Contains(lower, " "+typed)
		if fits && n != "" && lower != typed && len(found) < mostNames && !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	return found
}

// give types an argument into the last question of the dialog that was opened, and
// takes the answer that it names.
func (a *Actions) give(argument string) {
	if d := a.Dialog; d != nil && len(d.questions) > 0 {
		d.given = argument
		d.giveNow()
	}
}

// givePerson gives who gets a problem, where "me" is the person at the screen.
func (a *Actions) givePerson(argument string) {
	for _, s := range a.options.Snapshots() {
		if me := s.Data.Me; me != nil && strings.EqualFold(argument, "me") {
			argument = clean.Line(me.Name)
		}
	}
	a.give(argument)
}

// giveText puts a text into the dialog that was opened, after what was there.
func (a *Actions) giveText(text string) {
	d := a.Dialog
	if d == nil || !d.hasText() {
		return
	}
	if before := strings.TrimRight(d.Text.Value(), "\n"); before != "" {
		text = before + "\n" + text
	}
	d.setText(text)
	a.saveDraft()
}

// giveNow types the given argument, where its question is being asked.
func (d *Dialog) giveNow() {
	if d.given != "" && d.Field == pickField && d.question == len(d.questions)-1 {
		d.picker.SetValue(d.given)
		d.picker.CursorEnd()
		d.Rethink()
	}
}

// takeGiven takes the one offer that the given argument names. Where several may be
// meant, they stay to choose from. It reports whether it took one.
func (d *Dialog) takeGiven() bool {
	if d.given == "" || d.Field != pickField || d.picker.Value() != d.given || d.stale() {
		return false
	}
	is := func(o offer) bool {
		name := strings.TrimSuffix(o.Name, " (you)")
		return strings.EqualFold(name, d.given) || strings.EqualFold(name, "the "+d.given)
	}
	given := -1
	for i, o := range d.Offers {
		if !is(o) {
			continue
		}
		if given >= 0 {
			given = -1 // two of that name
			break
		}
		given = i
	}
	if len(d.Offers) == 1 {
		given = 0
	}
	d.given = ""
	if given < 0 {
		return false
	}
	before := len(d.answers)
	d.Chosen = given
	d.choose()
	return len(d.answers) > before
}
