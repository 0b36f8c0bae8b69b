package respond

import (
	"fmt"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/describe"
)

// mostBrief is how many people are named in a line of a Brief.
const mostBrief = 3

// Brief is a plan in two lines, for a person who still writes why. It is no
// preview: that has everybody, and each consequence.
type Brief struct {
	// Now names whom the plan notifies now, Follows who follows if nobody answers.
	// They are empty where the plan sends nothing, or nothing is known to follow.
	Now, Follows string
	// Night: it is night for somebody who is notified now.
	Night bool
}

// Brief names whom the plan notifies.
func (p Plan) Brief() (b Brief) {
	if !p.Ready() {
		return b
	}
	var notified, unreached, later []Recipient
	for _, recipient := range p.Recipients {
		switch {
		case recipient.Now && recipient.unreached():
			unreached = append(unreached, recipient)
		case recipient.Now:
			notified = append(notified, recipient)
		case len(later) == 0 || recipient.At.Equal(later[0].At):
			later = append(later, recipient)
		}
	}
	b.Now = briefly(notified)
	switch {
	case len(notified) == 0 && len(unreached) > 0:
		b.Now = "nobody, " + namesOf(unreached) + " not either"
	case len(unreached) > 0:
		b.Now += ", not " + namesOf(unreached)
	case len(notified) == 0:
		b.Now = "nobody"
	}
	b.Night = slices.ContainsFunc(notified, func(r Recipient) bool { return r.Night })
	switch {
	case len(later) > 0:
		b.Follows = later[0].when(p.Made) + " " + briefly(later)
	case len(p.Follows) > 0:
		b.Follows = clean.Line(p.Follows[0])
	}
	return b
}

// briefly names people, how many of them are notified where that may not be all,
// and what time it is for them.
func briefly(people []Recipient) string {
	if len(people) == 0 {
		return ""
	}
	text := namesOf(people)
	if share := people[0].shared(); share != "" && len(people) > 1 {
		text = share + ": " + text
	}
	nights := 0
	for _, recipient := range people {
		if recipient.Night {
			nights++
		}
	}
	switch {
	case len(people) == 1 && !people[0].At.IsZero():
		text += ", " + people[0].localTime()
	case nights == len(people):
		text += ", at NIGHT for all of them"
	case nights > 0:
		text += fmt.Sprintf(", at NIGHT for %d of them", nights)
	}
	return text
}

// namesOf are the names of people, each once.
func namesOf(people []Recipient) string {
	var names []string
	for _, recipient := range people {
		name := clean.Line(recipient.Name)
		if recipient.Me {
			name += " (you)"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return describe.Few(names, mostBrief)
}
