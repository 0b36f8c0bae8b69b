package respond

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
)

// covers reports whether an on-call entry holds at a time. PagerDuty gives no
// start and no end to a user who stands in the policy directly.
func covers(o sources.OnCall, at time.Time) bool {
	return (o.Start.IsZero() || !o.Start.After(at)) && (o.End.IsZero() || o.End.After(at))
}

func (w World) onCallNow(userID string) bool {
	return slices.ContainsFunc(w.OnCalls, func(o sources.OnCall) bool { return o.User.ID == userID && covers(o, w.Now) })
}

func (w World) somebodyOnCall(policyID string) bool {
	return slices.ContainsFunc(w.OnCalls, func(o sources.OnCall) bool { return o.Policy.ID == policyID && covers(o, w.Now) })
}

// pagedAtOnce are the users whom PagerDuty pages when it starts a policy: all
// who are on call at the first level that has anybody. PagerDuty passes over
// a level with nobody on call.
func pagedAtOnce(onCalls []sources.OnCall, policyID string, at time.Time) (users []sources.Reference, level int) {
	for _, o := range onCalls {
		if o.Policy.ID != policyID || !covers(o, at) {
			continue
		}
		if level == 0 || o.Level < level {
			level, users = o.Level, nil
		}
		if o.Level == level && !slices.ContainsFunc(users, func(u sources.Reference) bool { return u.ID == o.User.ID }) {
			users = append(users, o.User)
		}
	}
	return users, level
}

// policyPages are the people of a policy's levels from one level on, and when
// each is paged: the first level with anybody at once, the others as the
// delays of the levels before them run out.
func (w World) policyPages(policyID string, first int) []Page {
	policy, _ := w.policy(policyID)
	delays := map[int]time.Duration{}
	for i, l := range policy.Levels {
		delays[i+1] = l.Delay
	}
	// A level with nobody on call takes no time.
	staffed := map[int]bool{}
	for _, o := range w.OnCalls {
		staffed[o.Level] = staffed[o.Level] || o.Policy.ID == policyID && covers(o, w.Now)
	}
	var pages []Page
	for _, o := range w.OnCalls {
		if o.Policy.ID != policyID || o.Level < first || !covers(o, w.Now) {
			continue
		}
		at := w.Now
		for level := first; level < o.Level; level++ {
			if staffed[level] {
				at = at.Add(delays[level])
			}
		}
		page := w.page(o.User, at)
		page.Policy = cmp.Or(clean.Line(policy.Name), labelOf(o.Policy, "escalation policy"))
		page.Level = o.Level
		page.Now = o.Level == first
		page.OnCall = true
		page.Until = o.End
		page.Via = "directly"
		if o.Schedule.ID != "" || o.Schedule.Name != "" {
			page.Via = labelOf(o.Schedule, "schedule")
		}
		pages = append(pages, page)
	}
	return pages
}

// userPage is somebody who is assigned by name.
func (w World) userPage(userID, name string) Page {
	page := w.page(sources.Reference{ID: userID, Name: name}, w.Now)
	page.Now = true
	page.Via = "directly"
	page.OnCallUnknown = !w.allOnCallsRead()
	for _, o := range w.OnCalls {
		if o.User.ID == userID && covers(o, w.Now) {
			// Of several entries the one that lasts longest tells how long
			// they can be asked; no end is the longest.
			if !page.OnCall || o.End.IsZero() || !page.Until.IsZero() && o.End.After(page.Until) {
				page.Until = o.End
			}
			page.OnCall, page.OnCallUnknown = true, false
		}
	}
	return page
}

func (w World) page(user sources.Reference, at time.Time) Page {
	page := Page{UserID: user.ID, Name: nameOf(user), At: at, Local: at.UTC(), Me: w.isMe(user)}
	known, ok := w.user(user.ID)
	if !ok {
		return page
	}
	if n := clean.Line(known.Name); n != "" {
		page.Name = n
	}
	page.Email = clean.Line(known.Email)
	// "Local" would be this machine's zone, which says nothing of theirs.
	if known.TimeZone == "" || known.TimeZone == "Local" {
		return page
	}
	zone, err := time.LoadLocation(known.TimeZone)
	if err != nil {
		return page
	}
	page.Zone = clean.Line(known.TimeZone)
	page.Local = at.In(zone)
	page.Night = page.Local.Hour() >= nightBegins || page.Local.Hour() < nightEnds
	page.Weekend = page.Local.Weekday() == time.Saturday || page.Local.Weekday() == time.Sunday
	return page
}

// The hours between which a page wakes a person.
const (
	nightBegins = 22
	nightEnds   = 7
)

// mergePages puts the pages of all items together, each person once for each
// policy and level, the soonest first.
func mergePages(pages []Page) []Page {
	type key struct {
		user, policy, via string
		level             int
	}
	seen := map[key]int{}
	var merged []Page
	for _, p := range pages {
		k := key{p.UserID, p.Policy, p.Via, p.Level}
		if at, ok := seen[k]; ok {
			merged[at].Now = merged[at].Now || p.Now
			continue
		}
		seen[k] = len(merged)
		merged = append(merged, p)
	}
	slices.SortStableFunc(merged, func(a, b Page) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Level, b.Level))
	})
	return merged
}
