package history

import (
	"strings"

	"firstline/internal/clean"
	"firstline/sources"
)

// byItself says that nobody did something.
const byItself = "by itself"

// words returns what an entry says. PagerDuty names the service as the one who escalated
// after a time-out or who resolved, and does not say how somebody was notified.
func words(e *sources.LogEntry, kind Kind, agent string) string {
	text := clean.Line(e.Summary)
	switch {
	case text == "":
		text = clean.Line(strings.ReplaceAll(e.Type, "_", " "))
	case isService(e.Agent) && agent != "":
		instead := byItself
		if kind == Escalated {
			instead = "after a time-out"
		}
		if before, found := strings.CutSuffix(strings.TrimSuffix(text, "."), " by "+agent); found {
			text = before + " " + instead + "."
		}
	}
	if kind == Notified {
		text = withWay(text, e.Way)
	}
	return text
}

// isService reports whether a service did something, which is nobody.
func isService(agent sources.Reference) bool { return strings.HasPrefix(agent.Type, "service") }

// ways are the ways to notify somebody, by PagerDuty's names: words for people, and what
// a text has that says the same.
var ways = map[string]struct{ words, said string }{
	"push": {"a push notification", "push"}, "sms": {"SMS", "sms"}, "phone": {"phone", "phone"}, "email": {"e-mail", "mail"},
}

// withWay adds to a text how somebody was notified, if it does not say so.
func withWay(text, way string) string {
	w, found := ways[way]
	if !found || strings.Contains(strings.ToLower(text), w.said) {
		return text
	}
	return strings.TrimSuffix(text, ".") + " by " + w.words + "."
}
