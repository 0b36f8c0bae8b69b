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

// silencesFor are the silences that quiet exactly the alerts of a group, in
// every Alertmanager that reports them. The error is a sentence.
func silencesFor(g triage.Group, comment string, until time.Time, w World) ([]Step, error) {
	if len(w.Alertmanagers) == 0 {
		return nil, errors.New("no Alertmanager is configured or has been read: there is nothing to make a silence in")
	}
	var steps []Step
	for _, am := range w.Alertmanagers {
		own, others := split(am, g)
		if len(own) == 0 {
			continue
		}
		for _, matchers := range exactMatchers(own, others) {
			steps = append(steps, silenceStep(am, own, matchers, comment, until, w))
		}
	}
	switch {
	case len(steps) == 0:
		return nil, errors.New("no Alertmanager reports these alerts: there is nothing to silence")
	case len(steps) > silenceLimit:
		return nil, fmt.Errorf("it would take %d silences to match exactly these alerts: make a silence in Alertmanager by hand", len(steps))
	}
	return steps, nil
}

func silenceStep(am Alertmanager, own []sources.Alert, matchers []sources.Matcher, comment string, until time.Time, w World) Step {
	by := w.silenceAuthor()
	silence := sources.Silence{
		Source: am.Name, Matchers: matchers, CreatedBy: by, Comment: comment,
		StartsAt: w.Now, EndsAt: until,
	}
	var matched []string
	// Matchers that can't be read were refused before, or are of equality.
	m, _ := triage.MatchersOf(matchers)
	for _, a := range own {
		if m.Match(a.Labels) {
			matched = append(matched, alertLine(triage.Alert{Alert: a}, alertText{}))
		}
	}
	return Step{
		Kind: StepSilence, Silence: &silence, Matches: matched,
		Sentence: fmt.Sprintf("silence %s in %s for %s: %s", wording.Count(len(matched), "alert"), clean.Line(am.Name), span(until.Sub(w.Now).Round(time.Minute)), matcherText(matchers)),
	}
}

// silenceAuthor is whom a silence says that it was made by.
func (w World) silenceAuthor() string {
	return clean.Line(cmp.Or(clean.Line(w.Settings.Email), w.me().Name, "firstline"))
}

// ackComment is the comment of a silence that acknowledges.
func ackComment(reason string, w World) string {
	reason = cut(clean.Line(reason), 300)
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

// split parts the alerts of an Alertmanager that could be mistaken for one
// another: those of the group, and the others of the same alertnames. Every
// silence made here names the alertname, so no further alert can match one.
func split(am Alertmanager, g triage.Group) (own []sources.Alert, others []map[string]string) {
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
	walked := map[string]bool{}
	for _, i := range slices.Sorted(maps.Keys(ours)) {
		name := am.Alerts[i].Name()
		if walked[name] {
			continue
		}
		walked[name] = true
		for _, k := range x.byName[name] {
			if ours[k] {
				own = append(own, am.Alerts[k])
			} else {
				others = append(others, am.Alerts[k].Labels)
			}
		}
	}
	return own, others
}

// locate is where the Alertmanager has an alert of a group, or -1. An alert that
// only Prometheus told of lacks the external labels that the Alertmanager's
// copy has, so it is found by subset, and only where no second one fits: two
// clusters may send the same alert.
func locate(am Alertmanager, x *index, t triage.Alert) int {
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

// exactMatchers are matchers, one list for each silence, that together match
// own and nothing of others. What they have in common serves where it names
// the alert and catches no other, so that the silence also holds for the next
// replica that fires; else each alert is named by all its labels.
func exactMatchers(own []sources.Alert, others []map[string]string) [][]sources.Matcher {
	byName := map[string][]sources.Alert{}
	for _, a := range own {
		byName[a.Name()] = append(byName[a.Name()], a)
	}
	var all [][]sources.Matcher
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		alerts := byName[name]
		common := triage.Common(alerts, func(a *sources.Alert) map[string]string { return a.Labels })
		m := equals(common)
		// An alertname alone would also quiet services that fail later.
		whole := common["alertname"] != "" && (len(alerts) == 1 || len(common) > 1)
		if whole && !anyMatch(m, others) {
			all = append(all, m)
			continue
		}
		for _, a := range alerts {
			all = append(all, onlyThis(a, others))
		}
	}
	// Matchers that name no alert could match everything, and an alert without
	// a name can't be told from those that were not looked at.
	return slices.DeleteFunc(all, func(m []sources.Matcher) bool { return !named(m) })
}

// onlyThis matches one alert by all its labels, and by the absence of those
// that others have on top of the same.
func onlyThis(a sources.Alert, others []map[string]string) []sources.Matcher {
	m := equals(a.Labels)
	for _, o := range others {
		if !matches(m, o) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			if a.Labels[name] == "" && o[name] != "" {
				m = append(m, sources.Matcher{Name: name, Equal: true})
				break
			}
		}
	}
	return m
}

func equals(labels map[string]string) []sources.Matcher {
	var m []sources.Matcher
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if labels[name] != "" {
			m = append(m, sources.Matcher{Name: name, Value: labels[name], Equal: true})
		}
	}
	return m
}

// named reports whether matchers demand an alertname.
func named(m []sources.Matcher) bool {
	return slices.ContainsFunc(m, func(one sources.Matcher) bool {
		return one.Name == "alertname" && one.Equal && !one.Regex && one.Value != ""
	})
}

// matches is for the matchers made here, which are all of equality.
func matches(m []sources.Matcher, labels map[string]string) bool {
	for _, one := range m {
		if labels[one.Name] != one.Value {
			return false
		}
	}
	return len(m) > 0
}

func anyMatch(m []sources.Matcher, alerts []map[string]string) bool {
	return slices.ContainsFunc(alerts, func(labels map[string]string) bool { return matches(m, labels) })
}

// matcherText is matchers as Alertmanager writes them.
func matcherText(m []sources.Matcher) string {
	texts := make([]string, len(m))
	for i, one := range m {
		texts[i] = clean.Line(one.String())
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

// quietAlready says who silenced the alerts of a group, if all are silenced in
// some Alertmanager that reports them.
func quietAlready(g triage.Group, w World) string {
	var sentence string
	for _, am := range w.Alertmanagers {
		own, _ := split(am, g)
		for _, a := range own {
			if len(a.SilencedBy) == 0 {
				return ""
			}
			if sentence == "" {
				sentence = "Already silenced"
				for _, s := range am.Silences {
					if slices.Contains(a.SilencedBy, s.ID) {
						sentence += " by " + cmp.Or(clean.Line(s.CreatedBy), "somebody") + " until " + clock(s.EndsAt)
						break
					}
				}
				sentence += "."
			}
		}
	}
	return sentence
}
