// Package describe has the words for incidents, people, times and failures that
// previews, notes and results share.
package describe

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// Ago is how long ago something was, in the largest fitting unit: "3 s ago".
// A zero time, and one that is not past by our clock, gives "just now".
func Ago(t, now time.Time) string {
	if t.IsZero() || now.Sub(t) < time.Second {
		return "just now"
	}
	return Span(now.Sub(t)) + " ago"
}

// Span is a duration in its largest fitting unit: "3 s", "12 m", "4 h", "2 d".
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d m", int(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return fmt.Sprintf("%d d", int(d/(24*time.Hour)))
}

// In is how long it is until a time, to the minute: "in 1 h 30 m". Of a time
// that is past it is the time.
func In(t, now time.Time) string {
	d := t.Sub(now)
	if d < 0 {
		return "at " + wallclock.Of(now).Minute(t)
	}
	if d < time.Minute || d >= 48*time.Hour {
		return "in " + Span(d)
	}
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case hours == 0:
		return fmt.Sprintf("in %d m", minutes)
	case minutes == 0:
		return fmt.Sprintf("in %d h", hours)
	}
	return fmt.Sprintf("in %d h %d m", hours, minutes)
}

// List joins names for a sentence: "Ann", "Ann and Bo", "Ann, Bo and Cy".
func List(names []string) string {
	switch len(names) {
	case 0:
		return "nobody"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Few is list, cut after n names.
func Few(names []string, n int) string {
	if len(names) <= n {
		return List(names)
	}
	return strings.Join(names[:n], ", ") + fmt.Sprintf(" and %d more", len(names)-n)
}

// Incident is an incident as people refer to it: "#12 Checkout errors".
func Incident(i sources.Incident) string {
	title := wording.Shorten(triage.BriefTitle(clean.Line(i.Title)), 100)
	if i.Number > 0 {
		return strings.TrimSpace(fmt.Sprintf("#%d %s", i.Number, title))
	}
	if title == "" {
		return "an incident without a title"
	}
	return title
}

// Explain is a failed request in one sentence, without capital and full stop:
// why, and after a colon what to do next.
func Explain(err error) string {
	why, advice := Cause(err)
	if advice == "" {
		return why
	}
	return why + ": " + advice
}

// Failure is the sentence on what did not come about.
func Failure(what string, err error) string {
	why, advice := Cause(err)
	sentence := fmt.Sprintf("%s: %s.", what, why)
	if advice != "" {
		sentence += " " + wording.Sentence(advice) + "."
	}
	return sentence
}

// Cause says why a request failed, and what to do next where there is
// something, both without capital and full stop. The source's own sentence is
// used where the class alone says too little.
func Cause(err error) (why, advice string) {
	who := "PagerDuty"
	var e *sources.Error
	if errors.As(err, &e) && e.Source.Kind != sources.PagerDuty && e.Source.Name != "" {
		who = clean.Line(e.Source.Name)
	}
	switch reason := sources.ReasonOf(err); reason {
	case sources.RateLimited:
		wait := "a minute"
		if e.RetryAfter >= time.Second {
			wait = Span(e.RetryAfter)
		}
		return who + " takes no more requests from you for now", "wait " + wait + " and try again"
	case sources.Unreachable:
		return "no answer from " + who + " over the network", "check the connection and try again"
	case sources.Unauthorized:
		return who + " did not accept the token or password", "run firstline check"
	case sources.Forbidden:
		return "you have no right to do this in " + who, "ask for it, or let somebody do it who may"
	case sources.NotFound:
		return who + " has it no more, or may not show it to you", "refresh and look again"
	case sources.NobodyOnCall:
		return "nobody is on call there", "choose another target"
	case sources.MissingAbility:
		return "this account's PagerDuty plan does not include it", ""
	case sources.UnknownRequester:
		return "PagerDuty knows no user with your email", "set [me] email to the one you log in with"
	case sources.Canceled:
		return "it was cancelled before an answer came", ""
	case sources.AlreadyAcknowledged, sources.AlreadyResolved, sources.AlreadyMerged:
		// What PagerDuty says in a refusal is not what the incident shows.
		return who + " says that the incident is " + string(reason), ""
	}
	if own := strings.TrimRight(clean.Line(sources.Sentence(err)), ". "); own != "" {
		return own, ""
	}
	return who + " did not say why", ""
}

// Name is what to call what a reference points at.
func Name(r sources.Reference) string {
	if r.IsZero() {
		return "somebody"
	}
	return Label(r, "user")
}

// Label is what to call what a reference points at, "an unnamed user" where only
// its id is known, which says nothing to people, or that there is no such thing: "no
// service".
func Label(r sources.Reference, noun string) string {
	r.Name = clean.Line(r.Name)
	return clean.Line(r.Label(noun))
}

// ByWhen is " by Ann 3 s ago", as far as it is known.
func ByWhen(by sources.Reference, at time.Time, who func(sources.Reference) string, now time.Time) string {
	var s string
	if by.ID != "" || by.Name != "" {
		s = " by " + who(by)
	}
	if !at.IsZero() {
		s += " " + Ago(at, now)
	}
	return s
}

// Already says who acknowledged or resolved an incident, and when; ""
// when it still waits for somebody.
func Already(i sources.Incident, who func(sources.Reference) string, now time.Time) string {
	switch i.Status {
	case sources.Resolved:
		return "Already resolved" + ByWhen(i.ChangedBy, i.ChangedAt, who, now) + "."
	case sources.Acknowledged:
		by, at := i.ChangedBy, i.ChangedAt
		for n, a := range i.Acknowledgers {
			if n == 0 || a.At.After(at) {
				by, at = a.User, a.At
			}
		}
		return "Already acknowledged" + ByWhen(by, at, who, now) + "."
	}
	return ""
}

// Holders says whom an incident is assigned to.
func Holders(i sources.Incident, who func(sources.Reference) string) string {
	switch {
	case !i.AssigneesRead():
		return "assigned to whom is unknown, because " + sources.WhoUnknown
	case len(i.Assignments) == 0:
		return "assigned to nobody"
	}
	var names []string
	for _, a := range i.Assignments {
		names = append(names, who(a.User))
	}
	return "assigned to " + Few(names, 3)
}

// WallClock is a time in the zone in which the end of a snooze or a silence was
// chosen.
func WallClock(t, chosen time.Time) string {
	return wallclock.In(chosen.Location()).Named().Whole(t)
}
