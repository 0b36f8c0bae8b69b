package triage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/lazyregexp"
	"firstline/internal/merged"
	"firstline/internal/wording"
	"firstline/sources"
)

// maxTitleNames is how many alertnames a title names before it counts the rest.
const maxTitleNames = 3

// noTitle replaces a title that says nothing.
const noTitle = "(no title)"

// counted is what Alertmanager's and Grafana's templates put before a title,
// such as "[FIRING:3] " and "[FIRING:1, RESOLVED:2] ".
var counted = lazyregexp.New(`(?i)^\s*\[\s*(?:firing|resolved)\s*(?::\s*\d+)?(?:\s*[,;|/]\s*(?:firing|resolved)\s*(?::\s*\d+)?)*\s*\]\s*`)

// ShortTitle removes the number of alerts that fired when the title was made.
// The current number is shown next to it.
func ShortTitle(title string) string {
	if short := strings.TrimSpace(counted.ReplaceAllString(title, "")); short != "" {
		return short
	}
	if strings.TrimSpace(title) == "" {
		return title
	}
	return noTitle
}

// commonValues is what Alertmanager's default template puts at the end of a title: the
// values of the labels that all alerts share beside those of the group.
var commonValues = lazyregexp.New(`^(.*\S) \([^()]*\)$`)

// BriefTitle is ShortTitle for a sentence: without the values of common labels, where
// Alertmanager's template made the title.
func BriefTitle(title string) string {
	short := ShortTitle(title)
	if m := commonValues.FindStringSubmatch(short); m != nil && counted.MatchString(title) {
		return m[1]
	}
	return short
}

// Headline says in one clean line what is wrong: the title, and before it the
// names of the alerts where the title names the gravest one not. The screen and
// the command line show it.
func (g *Group) Headline() string {
	title := g.CleanTitle()
	names, unnamed := g.alertNames()
	switch {
	case g.Incident == nil || title == noTitle || len(names) == 0 || strings.Contains(strings.ToLower(title), strings.ToLower(clean.Line(names[0]))):
		return title
	}
	return clean.Line(namesText(names, unnamed)) + ": " + title
}

// RowTitle is Headline in a list that has columns for the service and the severity: a
// title that only lists values of labels, as Alertmanager's template makes it, is
// without these two and without what is shared, and has each other value once.
func (g *Group) RowTitle(shared Shared) string {
	headline, title := g.Headline(), g.CleanTitle()
	before, is := strings.CutSuffix(headline, title)
	if g.Incident == nil || !is {
		return headline
	}
	labels := g.SentLabels
	if len(g.Alerts) > 0 {
		labels = CommonLabels(g.Alerts)
	}
	words, ok := labelWords(title, labels)
	if !ok {
		return headline
	}
	name := ""
	if names := g.AlertNames(); len(names) > 0 {
		name = clean.Line(names[0])
	}
	shown := []string{g.ServiceLabel(), g.SeverityText, string(g.Severity)}
	has := func(list []string, word string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(clean.Line(s), word) })
	}
	var said []string
	var text strings.Builder
	open := false
	for _, w := range words {
		if w.text != name && (has(shown, w.text) || shared.has(w.value, labels)) || has(said, w.text) {
			continue
		}
		said = append(said, w.text)
		switch {
		case w.inside && !open:
			open = true
			text.WriteString(" (")
		case len(said) > 1:
			text.WriteString(" ")
		}
		text.WriteString(w.text)
	}
	if len(said) == 0 {
		return headline
	}
	if open {
		text.WriteString(")")
	}
	return before + strings.TrimSpace(text.String())
}

// labelWord is the value of a label in a title, as it is written there; inside
// parentheses or not.
type labelWord struct {
	text, value string
	inside      bool
}

// labelWords are the values of labels that a title lists; ok is false where it has
// any other word.
func labelWords(title string, labels map[string]string) (words []labelWord, ok bool) {
	var values []labelWord
	for _, v := range labels {
		if text := clean.Line(v); text != "" {
			values = append(values, labelWord{text: text, value: v})
		}
	}
	slices.SortFunc(values, func(a, b labelWord) int { return len(b.text) - len(a.text) }) // the longest that fits
	inside := false
	for left := title; ; {
		rest := strings.TrimLeft(left, " ()")
		if skipped := left[:len(left)-len(rest)]; strings.ContainsAny(skipped, "()") {
			inside = strings.LastIndexByte(skipped, '(') > strings.LastIndexByte(skipped, ')')
		}
		if rest == "" {
			return words, len(words) > 0
		}
		at := slices.IndexFunc(values, func(v labelWord) bool {
			after, is := strings.CutPrefix(rest, v.text)
			return is && (after == "" || strings.IndexByte(" ()", after[0]) >= 0)
		})
		if at < 0 {
			return nil, false
		}
		word := values[at]
		word.inside = inside
		words = append(words, word)
		left = rest[len(word.text):]
	}
}

// Name names the group as people refer to it: the incident's number and the
// gravest alert, else what is wrong.
func (g *Group) Name() string {
	name := clean.Line(g.CleanTitle())
	if names := g.AlertNames(); len(names) > 0 {
		name = clean.Line(names[0])
	}
	if g.Incident != nil && g.Incident.Number > 0 {
		return g.Incident.Short() + " " + name
	}
	return name
}

// CleanTitle is the title in one clean line, without how many alerts fired; where
// it says nothing, the alerts name themselves.
func (g *Group) CleanTitle() string {
	title := ShortTitle(clean.Line(clean.HTML(g.Title)))
	if title != "" && title != noTitle {
		return title
	}
	if len(g.Alerts)+len(g.SentNames) > 0 {
		title = clean.Line(alertsTitle(g))
	}
	return cmp.Or(title, noTitle)
}

// namesText are the names, and how many alerts have none.
func namesText(names []string, unnamed int) string {
	text := someNames(names)
	if unnamed > 0 {
		text += " and " + wording.Count(unnamed, "alert") + " without a name"
	}
	return text
}

// someNames are the first names, and how many more there are.
func someNames(names []string) string {
	if len(names) > maxTitleNames {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxTitleNames], ", "), len(names)-maxTitleNames)
	}
	return strings.Join(names, ", ")
}

// AlertNames returns the distinct alertnames in the group: those of the most
// urgent state first, then the most severe, then the most frequent. Without
// alerts they are those in PagerDuty's events.
func (g *Group) AlertNames() []string {
	names, _ := g.alertNames()
	return names
}

// alertNames are AlertNames, and how many alerts have no name.
func (g *Group) alertNames() (names []string, unnamed int) {
	type named struct {
		name           string
		urgency, grave int
		count          int
	}
	var list []named
	for i := range g.Alerts {
		a := &g.Alerts[i]
		n := a.Name()
		if n == "" {
			unnamed++
			continue
		}
		u, s := merged.Urgency(a.State), gravityOf(a.Severity, a.Labels)
		at := slices.IndexFunc(list, func(x named) bool { return x.name == n })
		if at < 0 {
			list = append(list, named{n, u, s, 1})
			continue
		}
		have := &list[at]
		have.count++
		if cmp.Or(cmp.Compare(u, have.urgency), cmp.Compare(s, have.grave)) < 0 {
			have.urgency, have.grave = u, s
		}
	}
	if len(list) == 0 {
		return slices.Clone(g.SentNames), unnamed
	}
	slices.SortStableFunc(list, func(a, b named) int {
		return cmp.Or(cmp.Compare(a.urgency, b.urgency), cmp.Compare(a.grave, b.grave), cmp.Compare(b.count, a.count))
	})
	names = make([]string, len(list))
	for i := range list {
		names[i] = list[i].name
	}
	return names, unnamed
}

// Summary is the alert's own sentence on what is wrong, its annotation summary, in
// one clean line; empty where it has none.
func (a *Alert) Summary() string { return clean.Line(clean.HTML(a.Annotations["summary"])) }

// said are the annotations that say what is wrong, best first.
var said = []string{"summary", "message", "description"}

// alertsTitle is what a single alert says, else the alertnames, else what the
// alerts have in common.
func alertsTitle(g *Group) string {
	names, unnamed := g.alertNames()
	if len(g.Alerts) == 1 {
		annotations := said[:1]
		if len(names) == 0 {
			annotations = said
		}
		for _, name := range annotations {
			s, _, _ := strings.Cut(strings.TrimSpace(clean.HTML(g.Alerts[0].Annotations[name])), "\n")
			if s != "" && !strings.HasPrefix(s, "<error expanding template") {
				return s
			}
		}
	}
	switch {
	case len(names) > 0:
		return namesText(names, unnamed)
	case len(g.Alerts) == 1:
		return labelset.Canonical(g.Alerts[0].Labels)
	}
	common := CommonLabels(g.Alerts)
	if len(common) == 0 {
		return fmt.Sprintf("%d alerts without a name", len(g.Alerts))
	}
	return fmt.Sprintf("%s (%d alerts without a name)", labelset.Canonical(common), len(g.Alerts))
}

// namesIn returns the alertnames in the event.
func namesIn(d *events.Details) []string {
	var names []string
	for i := range d.Fired {
		names = addName(names, d.Fired[i].Labels["alertname"])
	}
	return addName(addName(names, d.Keys["alertname"]), d.Keys["alert_name"])
}

// sentLabels returns the labels that all alerts in the events have in common.
func (c *claimer) sentLabels(list []event) map[string]string {
	var fired []events.Alert
	for i := range list {
		fired = append(fired, c.read(&list[i]).Fired...)
	}
	return labelset.Common(fired, func(a *events.Alert) map[string]string { return a.Labels })
}

// sentNames returns the alertnames in the events, without those that are
// resolved if others are not.
func (c *claimer) sentNames(events []event) []string {
	var open, all []string
	for i := range events {
		for _, name := range namesIn(c.read(&events[i])) {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
			if events[i].Status != sources.Resolved && !slices.Contains(open, name) {
				open = append(open, name)
			}
		}
	}
	if len(open) > 0 {
		return open
	}
	return all
}
