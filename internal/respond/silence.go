package respond

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/matcher"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// AckSilence is how long a silence that acknowledges lasts: long enough to
// look, short enough that a forgotten one does no harm.
const AckSilence = 15 * time.Minute

// ackMark begins the comment of such a silence; karma and kthxbye know it by
// that.
const ackMark = "ACK!"

// silenceLimit is how many silences one group may take before it is refused.
const silenceLimit = 20

// silencesFor are the silences that quiet the alerts of a group and no other
// that fires now, in each Alertmanager, or cluster of them, that reports them.
// The error is a sentence.
func silencesFor(g triage.Group, comment string, until time.Time, w World) ([]Step, error) {
	if len(w.Alertmanagers) == 0 {
		return nil, errors.New("no Alertmanager is configured or has been read: there is nothing to make a silence in")
	}
	by := matchingBy(w.Settings.Triage)
	var steps []Step
	for _, am := range w.Alertmanagers {
		own, others := by.split(am, g)
		if len(own) == 0 {
			continue
		}
		for _, matchers := range by.exact(own, others) {
			steps = append(steps, silenceStep(am, own, matchers, comment, until, w))
		}
	}
	switch {
	case len(steps) == 0 && w.lacking() != "":
		return nil, fmt.Errorf("whether an Alertmanager has these alerts is not known: %s", w.lacking())
	case len(steps) == 0:
		return nil, errors.New("no Alertmanager reports these alerts: there is nothing to silence")
	case len(steps) > silenceLimit:
		return nil, fmt.Errorf("it would take %d silences to match these alerts and no other: make a silence in Alertmanager by hand", len(steps))
	}
	return steps, nil
}

func silenceStep(am Alertmanager, own []sources.Alert, matchers []sources.Matcher, comment string, until time.Time, w World) Step {
	silence := sources.Silence{
		Source: am.Name, Matchers: matchers, CreatedBy: w.silenceAuthor(), Comment: comment,
		StartsAt: w.Now, EndsAt: until,
	}
	// Matchers that can't be read were refused before, or are made here.
	m, _ := matcher.Of(matchers)
	var matched []sources.Alert
	for _, a := range own {
		if m.Match(a.Labels) {
			matched = append(matched, a)
		}
	}
	lines := matchLines(matched)
	return Step{
		Kind: StepSilence, Silence: &silence, Members: am.Members, Matches: lines, MatchesUnknown: clean.Line(am.Lacking),
		Sentence: fmt.Sprintf("silence %s in %s for %s: %s", matchCount(len(lines), am.Lacking), am.where(), describe.Span(until.Sub(w.Now).Round(time.Minute)), QuoteMatchers(matchers)),
		Later:    matchingBy(w.Settings.Triage).later(matchers, matched),
	}
}

// matchLines are the alerts that a silence matches, a line each.
func matchLines(matched []sources.Alert) []string {
	alerts := make([]triage.Alert, len(matched))
	for i, a := range matched {
		alerts[i].Alert = a
	}
	return linesOf(alerts, alertText{})
}

// matchCount is how many alerts a silence matches, where not all may be known.
func matchCount(n int, lacking string) string {
	switch {
	case lacking == "":
		return wording.Count(n, "alert")
	case n == 0:
		return "what matches"
	}
	return wording.Count(n, "alert") + ", as far as is known,"
}

// MatchesWords say how many alerts a silence matches now, or that it is not
// known which. The plan's warnings say why.
func (s Step) MatchesWords() string {
	in := ""
	if s.Silence != nil {
		in = " in " + clean.Line(s.Silence.Source)
	}
	switch n := len(s.Matches); {
	case s.MatchesUnknown == "":
		return "Matches " + wording.Count(n, "alert") + in + " now"
	case n == 0:
		return "What it matches" + in + " now is not known"
	default:
		return "Matches " + wording.Count(n, "alert") + in + " as far as is known"
	}
}

// unknownMatches are sentences on silences that may match other alerts now than
// those that are listed.
func unknownMatches(steps []Step) []string {
	var all []string
	for _, s := range steps {
		sentence := ""
		switch {
		case s.MatchesUnknown == "":
			continue
		case len(s.Matches) == 0:
			sentence = "Which alerts it silences now is not known: " + s.MatchesUnknown + "."
		default:
			sentence = "Which alerts it silences now besides those listed is not known: " + s.MatchesUnknown + "."
		}
		if !slices.Contains(all, sentence) {
			all = append(all, sentence)
		}
	}
	return all
}

// lacking says why alerts may be missing in the Alertmanagers' answers, or ""
// when all were read.
func (w World) lacking() string {
	for _, am := range w.Alertmanagers {
		if am.Lacking != "" {
			return clean.Line(am.Lacking)
		}
	}
	return ""
}

// silent says why silences may be missing in the Alertmanagers' answers.
func (w World) silent() string {
	for _, am := range w.Alertmanagers {
		if am.Silent != "" {
			return clean.Line(am.Silent)
		}
	}
	return ""
}

// silenceAuthor is whom a silence says that it was made by.
func (w World) silenceAuthor() string {
	return clean.Line(cmp.Or(clean.Line(w.Settings.Email), w.Self().Name, "firstline"))
}

// ackComment is the comment of a silence that acknowledges.
func ackComment(reason string, w World) string {
	reason = wording.Shorten(clean.Line(reason), 300)
	if reason == "" {
		reason = "acknowledged"
	}
	return ackMark + " " + reason + " by " + w.by() + " with firstline"
}

// index finds the alerts of one Alertmanager without walking through all.
type index struct {
	byFingerprint map[string]int
	byName        map[string][]int
}

// NewAlertmanager returns an Alertmanager with what a read of it gave.
func NewAlertmanager(name string, d sources.Data) Alertmanager {
	return Alertmanager{Name: name, Alerts: d.Alerts, Silences: d.Silences, index: indexOf(d.Alerts)}
}

// OtherMatched returns the name of an alert that matchers match and that does not
// belong to a group, and whether there is one.
func OtherMatched(am Alertmanager, g triage.Group, matchers []sources.Matcher, o triage.Options) (string, bool) {
	_, others := matchingBy(o).split(am, g)
	for _, labels := range others {
		if anyMatch(matchers, []map[string]string{labels}) {
			return clean.Line(labels[alertName]), true
		}
	}
	return "", false
}

func indexOf(alerts []sources.Alert) *index {
	x := &index{byFingerprint: make(map[string]int, len(alerts)), byName: map[string][]int{}}
	for i, a := range alerts {
		if a.Fingerprint != "" {
			x.byFingerprint[a.Fingerprint] = i
		}
		x.byName[a.Name()] = append(x.byName[a.Name()], i)
	}
	return x
}

// split separates the alerts of an Alertmanager that could be confused: those
// of the group, with their copies from other replicas, and the others with the
// same alertnames. Every silence made here matches the alertname, or its
// absence, so no further alert can match one.
func (m matching) split(am Alertmanager, g triage.Group) (own []sources.Alert, others []map[string]string) {
	x := am.index
	if x == nil {
		x = indexOf(am.Alerts)
	}
	ours := map[int]bool{}
	for _, t := range g.Alerts {
		if i := locate(am, x, t); i >= 0 {
			ours[i] = true
		}
	}
	copies := m.copiesOf(am, ours)
	walked := map[string]bool{}
	for _, i := range slices.Sorted(maps.Keys(ours)) {
		name := am.Alerts[i].Name()
		if walked[name] {
			continue
		}
		walked[name] = true
		for _, k := range x.byName[name] {
			if ours[k] || copies(am.Alerts[k].Labels) {
				own = append(own, am.Alerts[k])
			} else {
				others = append(others, am.Alerts[k].Labels)
			}
		}
	}
	return own, others
}

// copiesOf reports whether labels are those of a copy of one of the alerts. Few
// Alertmanagers have any, so the costly part runs only for them.
func (m matching) copiesOf(am Alertmanager, alerts map[int]bool) func(map[string]string) bool {
	var keys map[string]bool
	told := false
	for i := range alerts {
		told = told || m.hasIgnored(am.Alerts[i].Labels)
	}
	return func(labels map[string]string) bool {
		if !told && !m.hasIgnored(labels) {
			return false
		}
		if keys == nil {
			keys = make(map[string]bool, len(alerts))
			for i := range alerts {
				keys[m.key(am.Alerts[i].Labels)] = true
			}
		}
		return keys[m.key(labels)]
	}
}

// hasIgnored reports whether the labels name a replica.
func (m matching) hasIgnored(labels map[string]string) bool {
	return slices.ContainsFunc(m.ignored, func(name string) bool { return labels[name] != "" })
}

// key is the same for the copies of an alert that replicas sent.
func (m matching) key(labels map[string]string) string {
	return QuoteMatchers(equals(m.significant(labels)))
}

// locate returns the index of a group's alert in the Alertmanager, or -1. An
// alert that only Prometheus reported lacks the external labels of the
// Alertmanager's copy, so it is found by subset, and only if no second one
// matches: two clusters may send the same alert.
func locate(am Alertmanager, x *index, t triage.Alert) int {
	if len(t.Clusters) > 0 && am.Cluster != "" && !slices.Contains(t.Clusters, am.Cluster) {
		return -1
	}
	if t.Fingerprint != "" {
		if i, ok := x.byFingerprint[t.Fingerprint]; ok {
			return i
		}
	}
	at := -1
	for _, i := range x.byName[t.Name()] {
		a := am.Alerts[i]
		if t.Fingerprint != "" && a.Fingerprint != "" || !subset(t.Labels, a.Labels) {
			continue
		}
		if len(t.Labels) == len(a.Labels) {
			return i
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}

func subset(small, large map[string]string) bool {
	if len(small) == 0 {
		return false
	}
	for name, value := range small {
		if has, ok := large[name]; !ok || has != value {
			return false
		}
	}
	return true
}

// QuoteMatchers is matchers as Alertmanager writes them.
func QuoteMatchers(m []sources.Matcher) string {
	texts := make([]string, len(m))
	for i, one := range m {
		texts[i] = clean.Line(one.String())
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

// QuietAlready says who silenced the alerts of a group, if all are silenced in
// some Alertmanager that currently reports them.
func QuietAlready(g triage.Group, w World) string {
	var sentence string
	by := matchingBy(w.Settings.Triage)
	for _, am := range w.Alertmanagers {
		own, _ := by.split(am, g)
		for _, a := range own {
			if len(a.SilencedBy) == 0 || am.Silent != "" {
				return ""
			}
			if sentence == "" {
				sentence = "Already silenced"
				for _, s := range am.Silences {
					if slices.Contains(a.SilencedBy, s.ID) {
						sentence += " by " + cmp.Or(clean.Line(s.CreatedBy), "somebody") + " until " + wording.Clock(s.EndsAt)
						break
					}
				}
				sentence += "."
			}
		}
	}
	return sentence
}
