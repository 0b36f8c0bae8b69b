package respond

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
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
			what += " to " + targetName(target)
		}
	}
	return what
}

// Line is one person of the preview: name, where they are on call, for which
// group where that is not for all, when they
// are paged in their own time, and until when they are on call.
func (page Page) Line(p Plan) string {
	parts := []string{page.Name}
	if page.Me {
		parts[0] += " (you)"
	}
	if page.Level > 0 {
		where := fmt.Sprintf("level %d of %s", page.Level, page.Policy)
		if page.Via != "directly" && page.Via != "" {
			where += " via " + page.Via
		}
		parts = append(parts, where)
	}
	if groups := page.groups(p); groups != "" {
		parts = append(parts, "for "+groups)
	}
	if !page.Now {
		parts = append(parts, page.when(p.Made))
	}
	if share := page.shared(); share != "" {
		parts = append(parts, share)
	}
	parts = append(parts, page.rules()...)
	if !page.At.IsZero() {
		parts = append(parts, page.localTime())
	}
	switch {
	case page.OnCall && page.Until.IsZero():
		parts = append(parts, "always on call")
	case page.OnCall:
		parts = append(parts, "on call until "+page.Until.In(page.Local.Location()).Format("Mon 15:04"))
	case page.OnCallUnknown:
		parts = append(parts, "whether on call is not known")
	case !page.Me:
		parts = append(parts, "not on call")
	}
	return clean.Line(strings.Join(parts, ", "))
}

// when is when somebody is paged who is not at once.
func (page Page) when(now time.Time) string {
	if page.At.IsZero() {
		return "later"
	}
	return comes(page.At, now)
}

// shared says that not everyone at the level may be paged.
func (page Page) shared() string {
	switch page.Share {
	case escalation.One:
		return fmt.Sprintf("one of %d (round robin)", page.Of)
	case escalation.OneOrAll:
		return fmt.Sprintf("one or all of %d", page.Of)
	}
	return ""
}

// unreached reports whether somebody gets it and PagerDuty does not notify them.
func (page Page) unreached() bool {
	return page.Notified == escalation.WithNone || page.Notified == escalation.TooLate
}

// rules says which notification rules apply, unless they are the usual ones.
func (page Page) rules() []string {
	rules := ""
	if page.Urgency != "" {
		rules = " for " + page.Urgency + " urgency"
	}
	switch {
	case page.Notified == escalation.WithNone:
		return []string{"NOT NOTIFIED: no notification rule" + rules}
	case page.Notified == escalation.TooLate:
		return []string{"NOT NOTIFIED: the first notification rule" + rules + " is after " + describe.Span(page.After) + ", when it has escalated"}
	case page.After > 0:
		return []string{"first notified after " + describe.Span(page.After)}
	}
	return nil
}

func (page Page) localTime() string {
	if page.Zone == "" {
		return "local time not known"
	}
	local := page.Local.Format("Mon 15:04") + " in " + page.Zone
	switch {
	case page.Night:
		return local + " (NIGHT)"
	case page.Weekend:
		return local + " (weekend)"
	}
	return local
}
