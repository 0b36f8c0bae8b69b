package respond

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/matcher"
	"firstline/internal/notetext"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// silencesFor are the silences that quiet the alerts of a group and no other
// that fires now, in each Alertmanager, or cluster of them, that reports them.
// The error is a sentence.
func silencesFor(g triage.Group, comment string, until time.Time, w Data) ([]Step, error) {
	if len(w.Alertmanagers) == 0 {
		return nil, errors.New("no Alertmanager is configured or has been read: there is nothing to make a silence in")
	}
	by := silencing.By(w.Settings.Triage)
	var steps []Step
	for _, am := range w.Alertmanagers {
		own, others := by.Split(am, g)
		if len(own) == 0 {
			continue
		}
		for _, matchers := range by.Exact(own, others) {
			steps = append(steps, silenceStep(am, own, matchers, comment, until, w))
		}
	}
	switch {
	case len(steps) == 0 && w.lacking() != "":
		return nil, fmt.Errorf("whether an Alertmanager has these alerts is not known: %s", w.lacking())
	case len(steps) == 0:
		return nil, errors.New("no Alertmanager reports these alerts: there is nothing to silence")
	case len(steps) > silencing.SilenceLimit:
		return nil, fmt.Errorf("it would take %d silences to match these alerts and no other: make a silence in Alertmanager by hand", len(steps))
	}
	return steps, nil
}

func silenceStep(am silencing.Alertmanager, own []*sources.Alert, matchers []sources.Matcher, comment string, until time.Time, w Data) Step {
	silence := sources.Silence{
		Source: am.Name, Matchers: matchers, CreatedBy: w.silenceAuthor(), Comment: comment,
		StartsAt: w.Now, EndsAt: until,
	}
	// Matchers that can't be read were refused before, or are made here.
	m, _ := matcher.Of(matchers)
	var matched []*sources.Alert
	for _, a := range own {
		if m.Match(a.Labels) {
			matched = append(matched, a)
		}
	}
	lines := matchLines(matched, w.Now)
	return Step{
		Kind: StepSilence, Silence: &silence, Members: am.Members, Matches: lines, MatchesUnknown: clean.Line(am.Lacking),
		Sentence: fmt.Sprintf("silence %s in %s for %s: %s", matchCount(len(lines), am.Lacking), am.Where(), describe.Span(until.Sub(w.Now).Round(time.Minute)), silencing.QuoteMatchers(matchers)),
		Later:    silencing.By(w.Settings.Triage).Later(matchers, matched),
	}
}

// matchLines are the alerts that a silence matches, a line each. They are for the
// person who acts, so their times are in the zone of now.
func matchLines(matched []*sources.Alert, now time.Time) []string {
	alerts := make([]triage.Alert, len(matched))
	for i, a := range matched {
		alerts[i].Alert = *a
	}
	return notetext.Lines(alerts, notetext.AlertText{}, func(t time.Time) string { return wallclock.Of(now).Near(t, now) })
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
func (w Data) lacking() string {
	for _, am := range w.Alertmanagers {
		if am.Lacking != "" {
			return clean.Line(am.Lacking)
		}
	}
	return ""
}

// silent says why silences may be missing in the Alertmanagers' answers.
func (w Data) silent() string {
	for _, am := range w.Alertmanagers {
		if am.Silent != "" {
			return clean.Line(am.Silent)
		}
	}
	return ""
}

// silenceAuthor is whom a silence says that it was made by.
func (w Data) silenceAuthor() string {
	return clean.Line(cmp.Or(clean.Line(w.Settings.Email), w.Self().Name, "firstline"))
}

// ackComment is the comment of a silence that acknowledges.
func ackComment(reason string, w Data) string {
	reason = wording.Shorten(clean.Line(reason), 300)
	if reason == "" {
		reason = "acknowledged"
	}
	return silencing.AckMark + " " + reason + " by " + w.by() + " with firstline"
}

// QuietAlready says who silenced the alerts of a group, if all are silenced in
// some Alertmanager that currently reports them.
func QuietAlready(g triage.Group, w Data) string {
	var sentence string
	by := silencing.By(w.Settings.Triage)
	for _, am := range w.Alertmanagers {
		own, _ := by.Split(am, g)
		for _, a := range own {
			if len(a.SilencedBy) == 0 || am.Silent != "" {
				return ""
			}
			if sentence == "" {
				sentence = "Already silenced"
				for _, s := range am.Silences {
					if slices.Contains(a.SilencedBy, s.ID) {
						sentence += " by " + cmp.Or(clean.Line(s.CreatedBy), "somebody") + " until " + wallclock.Of(w.Now).Near(s.EndsAt, w.Now)
						break
					}
				}
				sentence += "."
			}
		}
	}
	return sentence
}
