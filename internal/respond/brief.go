package respond

import (
	"fmt"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/wording"
)

// mostBrief is how many people are named in a line of a Brief.
const mostBrief = 3

// Brief is a plan in two lines, for a person who still writes why. It is no
// preview: that has everybody, and each consequence. What a line says holds for
// each group that something is sent for; where they differ it says that first.
type Brief struct {
	// Now names whom the plan notifies now, Follows who follows if nobody answers.
	// They are empty where the plan sends nothing, or nothing is known to follow.
	Now, Follows string
	// Night: it is night for somebody who is notified now.
	Night bool
}

// differs begins a line that is not the same for all groups.
const differs = "differs by group"

// Brief names whom the plan notifies.
func (p Plan) Brief() (b Brief) {
	if !p.Ready() {
		return b
	}
	var nows, follows []string
	sent := 0
	for n, i := range p.Items {
		if !i.Sends() {
			continue
		}
		sent++
		nows = append(nows, p.briefNow(i, p.recipientsOf(n)))
		follows = append(follows, p.briefFollows(i, p.recipientsOf(n)))
	}
	notified := slices.DeleteFunc(slices.Clone(p.Recipients), func(r Recipient) bool { return !r.Now || r.unreached() })
	b.Night = slices.ContainsFunc(notified, func(r Recipient) bool { return r.Night })
	b.Now, b.Follows = nows[0], follows[0]
	if !allSame(nows) {
		b.Now = differs + ": " + namesOf(notified) + atNight(notified)
	}
	if !allSame(follows) {
		b.Follows = differs + ": see the next step"
	}
	if rest := len(p.Items) - sent; rest > 0 {
		b.Now += fmt.Sprintf(" (%d of %s)", sent, wording.Count(len(p.Items), "group"))
	}
	return b
}

func allSame(texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return text != texts[0] })
}

// recipientsOf are those who are notified for one item.
func (p Plan) recipientsOf(item int) []Recipient {
	return slices.DeleteFunc(slices.Clone(p.Recipients), func(r Recipient) bool { return !slices.Contains(r.Items, item) })
}

// briefNow is whom the plan notifies now for one group.
func (p Plan) briefNow(i Item, people []Recipient) string {
	now := slices.DeleteFunc(slices.Clone(people), func(r Recipient) bool { return !r.Now })
	if i.Escalation == nil {
		return briefly(now, "")
	}
	return briefly(now, i.Escalation.Now.Missing)
}

// briefFollows is who follows for one group, the answer first.
func (p Plan) briefFollows(i Item, people []Recipient) string {
	if i.Escalation == nil {
		return ""
	}
	f := *i.Escalation
	if len(f.Next) == 0 {
		if len(i.Follows) == 0 {
			return "" // the action itself says it, as an acknowledgement does
		}
		return clean.Line(f.Brief(func(t time.Time) string { return describe.In(t, p.Made) }))
	}
	next := f.Next[0]
	text := describe.StageTime(next, p.Made)
	if f.Urgency == "" {
		text += ", unless its urgency is low"
	}
	switch {
	case len(next.People) == 0 && next.Missing != "" && next.Level == 0:
		return text + ": who is not known"
	case next.Pass > f.Now.Pass:
		return text + " level " + fmt.Sprint(next.Level) + " again: " + clean.Line(next.Who())
	case len(next.People) == 0:
		return text + ": " + clean.Line(next.Who())
	}
	later := slices.DeleteFunc(slices.Clone(people), func(r Recipient) bool {
		return r.Now || r.Level != next.Level || !r.At.Equal(next.At)
	})
	if f.Urgency == "" {
		text += ":"
	}
	return text + " " + briefly(later, next.Missing)
}

// briefly names people, how many of them are notified where that may not be all,
// and what time it is for them. missing is why there may be others; empty: there
// are none.
func briefly(people []Recipient, missing string) string {
	unreached := slices.DeleteFunc(slices.Clone(people), func(r Recipient) bool { return !r.unreached() })
	people = slices.DeleteFunc(slices.Clone(people), Recipient.unreached)
	text := "nobody"
	if len(people) > 0 {
		text = namesOf(people)
		if share := people[0].shared(); share != "" && len(people) > 1 {
			text = share + ": " + text
		}
	}
	if missing != "" {
		text += ", perhaps others"
	}
	switch {
	case len(people) == 0 && len(unreached) > 0:
		return text + ", " + namesOf(unreached) + " not either"
	case len(unreached) > 0:
		return text + atNight(people) + ", not " + namesOf(unreached)
	case len(people) == 1 && !people[0].At.IsZero():
		return text + ", " + people[0].localTime()
	}
	return text + atNight(people)
}

// atNight says for how many of people it is night.
func atNight(people []Recipient) string {
	all, nights := map[string]bool{}, map[string]bool{}
	for _, recipient := range people {
		all[recipient.UserID] = true
		if recipient.Night {
			nights[recipient.UserID] = true
		}
	}
	switch {
	case len(nights) == 0:
		return ""
	case len(all) == 1:
		return ", at NIGHT"
	case len(nights) == len(all):
		return ", at NIGHT for all of them"
	}
	return fmt.Sprintf(", at NIGHT for %d of them", len(nights))
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
