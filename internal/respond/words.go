package respond

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// ago is how long ago something was, in the largest fitting unit: "3 s ago".
// A zero time, and one that is not past by our clock, gives "just now".
func ago(t, now time.Time) string {
	if t.IsZero() || now.Sub(t) < time.Second {
		return "just now"
	}
	return span(now.Sub(t)) + " ago"
}

// span is a duration in its largest fitting unit: "3 s", "12 m", "4 h", "2 d".
func span(d time.Duration) string {
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

// list joins names for a sentence: "Ann", "Ann and Bo", "Ann, Bo and Cy".
func list(names []string) string {
	switch len(names) {
	case 0:
		return "nobody"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// few is list, cut after n names.
func few(names []string, n int) string {
	if len(names) <= n {
		return list(names)
	}
	return strings.Join(names[:n], ", ") + fmt.Sprintf(" and %d more", len(names)-n)
}

// incidentName is an incident as people refer to it: "#12 Checkout errors".
func incidentName(i sources.Incident) string {
	title := wording.Shorten(triage.ShortTitle(clean.Line(i.Title)), 100)
	if i.Number > 0 {
		return strings.TrimSpace(fmt.Sprintf("#%d %s", i.Number, title))
	}
	if title == "" {
		return clean.Line(i.ID)
	}
	return title
}

// explain is a failed request in one sentence, without capital and full stop:
// why, and after a colon what to do next.
func explain(err error) string {
	why, advice := causeOf(err)
	if advice == "" {
		return why
	}
	return why + ": " + advice
}

// didNotCome is the sentence on what did not come about.
func didNotCome(what string, err error) string {
	why, advice := causeOf(err)
	sentence := fmt.Sprintf("%s: %s.", what, why)
	if advice != "" {
		sentence += " " + wording.Sentence(advice) + "."
	}
	return sentence
}

// causeOf says why a request failed, and what to do next where there is
// something, both without capital and full stop. The source's own sentence is
// used where the class alone says too little.
func causeOf(err error) (why, advice string) {
	who := "PagerDuty"
	var e *sources.Error
	if errors.As(err, &e) && e.Source.Kind != sources.PagerDuty && e.Source.Name != "" {
		who = clean.Line(e.Source.Name)
	}
	switch reason := sources.ReasonOf(err); reason {
	case sources.RateLimited:
		wait := "a minute"
		if e.RetryAfter >= time.Second {
			wait = span(e.RetryAfter)
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

// nameOf is what to call what a reference points at.
func nameOf(r sources.Reference) string {
	if r.IsZero() {
		return "somebody"
	}
	return clean.Line(r.Label("user"))
}

// labelOf is what to call what a reference points at, or that there is no such
// thing: "no service".
func labelOf(r sources.Reference, noun string) string { return clean.Line(r.Label(noun)) }

// byWhen is " by Ann 3 s ago", as far as it is known.
func byWhen(by sources.Reference, at time.Time, who func(sources.Reference) string, now time.Time) string {
	var s string
	if by.ID != "" || by.Name != "" {
		s = " by " + who(by)
	}
	if !at.IsZero() {
		s += " " + ago(at, now)
	}
	return s
}

// settledAlready says who acknowledged or resolved an incident, and when; ""
// when it still waits for somebody.
func settledAlready(i sources.Incident, who func(sources.Reference) string, now time.Time) string {
	switch i.Status {
	case sources.Resolved:
		return "Already resolved" + byWhen(i.ChangedBy, i.ChangedAt, who, now) + "."
	case sources.Acknowledged:
		by, at := i.ChangedBy, i.ChangedAt
		for n, a := range i.Acknowledgers {
			if n == 0 || a.At.After(at) {
				by, at = a.User, a.At
			}
		}
		return "Already acknowledged" + byWhen(by, at, who, now) + "."
	}
	return ""
}

func holders(i sources.Incident, who func(sources.Reference) string) string {
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
	return "assigned to " + few(names, 3)
}

// wallClock is a time in the zone in which the end of a snooze or a silence was
// chosen.
func wallClock(t, chosen time.Time) string {
	return t.In(chosen.Location()).Format("Mon 2 Jan 15:04 MST")
}
