package respond

import (
	"cmp"
	"fmt"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/wording"
)

func (p Plan) headline() string {
	subject := wording.Count(len(p.Items), "group")
	if len(p.Items) == 1 {
		subject = cut(cmp.Or(p.Items[0].Title, p.Items[0].ID), 100)
	}
	var what string
	switch p.Action {
	case NextLevel:
		what = "Escalate " + subject + " to the next level"
	case AddNote:
		what = "Add a note to " + subject
	case SetUrgency, SetPriority, ExtendSilence, ExpireSilence:
		what = wording.Sentence(p.Action.Words()) + " of " + subject
	default:
		what = wording.Sentence(p.Action.Words()) + " " + subject
	}
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

// Line is one person of the preview: name, where they are on call, when they
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
	if !page.Now {
		parts = append(parts, "in "+span(page.At.Sub(p.Made)))
	}
	parts = append(parts, page.localTime())
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
