package respond

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
)

func (p Plan) headline() string {
	subject := wording.Count(len(p.Items), "group")
	if len(p.Items) == 1 {
		subject = wording.Shorten(cmp.Or(p.Items[0].Title, p.Items[0].ID), 100)
	}
	what := wording.Sentence(p.Action.On(subject))
	if p.Action == Escalate || p.Action == HandOff {
		target := p.Target
		if len(p.Items) == 1 && p.Items[0].Target.Kind != "" {
			target = p.Items[0].Target
		}
		if !target.IsZero() {
			what += " to " + NameOf(target)
		}
	}
	return what
}

// Line is one person of the preview: name, where they are on call, for which
// group where that is not for all, when they
// are paged in their own time, and until when they are on call.
func (recipient Recipient) Line(p Plan) string {
	parts := []string{recipient.Name}
	if recipient.Me {
		parts[0] += " (you)"
	}
	if recipient.Level > 0 {
		where := fmt.Sprintf("level %d of %s", recipient.Level, recipient.Policy)
		if recipient.Via != "directly" && recipient.Via != "" {
			where += " via " + recipient.Via
		}
		parts = append(parts, where)
	}
	if groups := recipient.groups(p); groups != "" {
		parts = append(parts, "for "+groups)
	}
	if !recipient.Now {
		parts = append(parts, recipient.when(p.Made))
	}
	if share := recipient.shared(); share != "" {
		parts = append(parts, share)
	}
	parts = append(parts, recipient.rules()...)
	if !recipient.At.IsZero() {
		parts = append(parts, recipient.localTime())
	}
	switch {
	case recipient.OnCall && recipient.Until.IsZero():
		parts = append(parts, "always on call")
	case recipient.OnCall:
		parts = append(parts, "on call until "+wallclock.Of(p.Made).Named().Weekday(recipient.Until))
	case recipient.OnCallUnknown:
		parts = append(parts, "whether on call is not known")
	case !recipient.Me:
		parts = append(parts, "not on call")
	}
	return clean.Line(strings.Join(parts, ", "))
}

// when is when somebody is paged who is not at once.
func (recipient Recipient) when(now time.Time) string {
	if recipient.At.IsZero() {
		return "later"
	}
	return describe.Coming(recipient.At, now)
}

// shared says that not everyone at the level may be paged.
func (recipient Recipient) shared() string {
	switch recipient.Share {
	case escalation.One:
		return fmt.Sprintf("one of %d (round robin)", recipient.Of)
	case escalation.OneOrAll:
		return fmt.Sprintf("one or all of %d", recipient.Of)
	}
	return ""
}

// unreached reports whether somebody gets it and PagerDuty does not notify them.
func (recipient Recipient) unreached() bool {
	return recipient.Notified == escalation.WithNone || recipient.Notified == escalation.TooLate
}

// rules says which notification rules apply, unless they are the usual ones.
func (recipient Recipient) rules() []string {
	rules := ""
	if recipient.Urgency != "" {
		rules = " for " + recipient.Urgency + " urgency"
	}
	switch {
	case recipient.Notified == escalation.WithNone:
		return []string{"NOT NOTIFIED: no notification rule" + rules}
	case recipient.Notified == escalation.TooLate:
		return []string{"NOT NOTIFIED: the first notification rule" + rules + " is after " + describe.Span(recipient.After) + ", when it has escalated"}
	case recipient.After > 0:
		return []string{"first notified after " + describe.Span(recipient.After)}
	}
	return nil
}

func (recipient Recipient) localTime() string {
	if recipient.Zone == "" {
		return "local time not known"
	}
	local := wallclock.In(recipient.Local.Location()).Weekday(recipient.Local) + " in " + recipient.Zone
	switch {
	case recipient.Night:
		return local + " (NIGHT)"
	case recipient.Weekend:
		return local + " (weekend)"
	}
	return local
}
