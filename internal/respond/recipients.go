package respond

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

func (w Data) onCallNow(userID string) bool {
	return slices.ContainsFunc(w.OnCalls, func(o sources.OnCall) bool { return o.User.ID == userID && escalation.Covers(o, w.Now) })
}

func (w Data) somebodyOnCall(policyID string) bool {
	return slices.ContainsFunc(w.OnCalls, func(o sources.OnCall) bool { return o.Policy.ID == policyID && escalation.Covers(o, w.Now) })
}

func (w Data) recipient(user sources.Reference, at time.Time) Recipient {
	recipient := Recipient{UserID: user.ID, Name: describe.Name(user), At: at, Local: at.UTC(), Me: w.isMe(user)}
	facts, ok := w.user(user.ID)
	if !ok {
		return recipient
	}
	if n := clean.Line(facts.Name); n != "" {
		recipient.Name = n
	}
	recipient.Email = clean.Line(facts.Email)
	zone := wallclock.Zone(facts.TimeZone)
	if zone == nil {
		return recipient
	}
	recipient.Zone = clean.Line(facts.TimeZone)
	recipient.Local = at.In(zone)
	recipient.Night = recipient.Local.Hour() >= nightBegins || recipient.Local.Hour() < nightEnds
	recipient.Weekend = recipient.Local.Weekday() == time.Saturday || recipient.Local.Weekday() == time.Sunday
	return recipient
}

// The hours between which a page wakes a person.
const (
	nightBegins = 22
	nightEnds   = 7
)

// forItem notes for which item of the plan people are notified.
func forItem(recipients []Recipient, item int) {
	for i := range recipients {
		recipients[i].Items = []int{item}
	}
}

// groups names the groups that somebody is notified for, where these are not all
// for which something is sent.
func (recipient Recipient) groups(p Plan) string {
	var names []string
	all := true
	for n, i := range p.Items {
		switch {
		case slices.Contains(recipient.Items, n):
			name := cmp.Or(clean.Line(i.Title), i.ID)
			if i.Group.Incident != nil {
				name = describe.Incident(*i.Group.Incident)
			}
			names = append(names, wording.Shorten(name, mostName))
		case i.Sends():
			all = false
		}
	}
	if all {
		return ""
	}
	return describe.Few(names, 3)
}

// mostName is how much of a group's title names it beside a person.
const mostName = 40

// mergeRecipients puts the recipients of all items together, each person once for each
// policy, level and time, the soonest first; those of whom that is not known come last.
func mergeRecipients(recipients []Recipient) []Recipient {
	type key struct {
		user, policy, via, urgency string
		share                      escalation.Share
		of, level                  int
		now                        bool
		at                         time.Time
		notified                   escalation.Notified
		after                      time.Duration
	}
	seen := map[key]int{}
	var merged []Recipient
	for _, p := range recipients {
		k := key{p.UserID, p.Policy, p.Via, p.Urgency, p.Share, p.Of, p.Level, p.Now, p.At.Round(0).UTC(), p.Notified, p.After}
		if at, ok := seen[k]; ok {
			merged[at].Items = append(merged[at].Items, p.Items...)
			continue
		}
		seen[k] = len(merged)
		merged = append(merged, p)
	}
	slices.SortStableFunc(merged, func(a, b Recipient) int {
		if a.At.IsZero() != b.At.IsZero() {
			return b.At.Compare(a.At)
		}
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Level, b.Level))
	})
	return merged
}
