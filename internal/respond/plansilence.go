package respond

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/matcher"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// longSilence is longer than anybody remembers what they silenced.
const longSilence = 7 * 24 * time.Hour

// silence plans silences: of the matchers that the responder chose, or of the
// alerts of the group and no other that fires now.
func (b *planner) silence(item *Item) {
	if item.Refused = b.checkUntil(); item.Refused != "" {
		return
	}
	if len(b.r.Matchers) > 0 {
		b.silenceChosen(item)
	} else {
		steps, err := silencesFor(item.Group, b.silenceComment(), b.r.Until, b.w)
		if err != nil {
			item.Refused = wording.Sentence(err.Error()) + "."
			return
		}
		item.Steps = steps
		if quiet := QuietAlready(item.Group, b.w); quiet != "" {
			item.Warnings = append(item.Warnings, quiet+" That one can be extended instead.")
		}
	}
	item.Warnings = append(item.Warnings, unknownMatches(item.Steps)...)
	item.Sentence = fmt.Sprintf("Makes %s until %s.", wording.Count(len(item.Steps), "silence"), b.localClock(b.r.Until))
	if d := b.r.Until.Sub(b.w.Now); d > longSilence {
		item.Warnings = append(item.Warnings, fmt.Sprintf("It silences for %s: who will remember?", describe.Span(d.Round(time.Minute))))
	}
}

func (b *planner) silenceComment() string {
	reason := wording.Shorten(clean.Line(cmp.Or(b.r.Reason, b.r.Note)), 300)
	if reason == "" {
		reason = "Silenced"
	}
	return reason + " by " + b.w.by() + " with firstline"
}

// silenceChosen plans a silence in each Alertmanager, or cluster of them, that
// has alerts for it, or in all where none has.
func (b *planner) silenceChosen(item *Item) {
	m, err := matcher.Of(b.r.Matchers)
	switch {
	case err != nil:
		item.Refused = wording.Sentence(clean.Line(err.Error())) + "."
		return
	case len(b.w.Alertmanagers) == 0:
		item.Refused = "No Alertmanager is configured or has been read: there is nothing to make a silence in."
		return
	case m.Match(nil):
		item.Refused = "These matchers match alerts without any label, which Alertmanager refuses: name at least one label."
		return
	}
	by := silencing.By(b.w.Settings.Triage)
	chosen := slices.ContainsFunc(b.r.Groups, func(g triage.Group) bool { return len(g.Alerts) > 0 })
	var steps, without []Step
	var unknown []string
	others := 0
	for _, am := range b.w.Alertmanagers {
		ours := map[string]bool{}
		for _, g := range b.r.Groups {
			own, _ := by.Split(am, g)
			for _, a := range own {
				ours[a.Fingerprint] = true
			}
		}
		var matched []*sources.Alert
		for _, a := range am.Alerts {
			if m.Match(a.Labels) {
				matched = append(matched, a)
				if !ours[a.Fingerprint] {
					others++
				}
			}
		}
		step := silenceStep(am, matched, b.r.Matchers, b.silenceComment(), b.r.Until, b.w)
		step.Chosen = true
		if len(matched) == 0 {
			without = append(without, step)
			if am.Lacking != "" {
				unknown = append(unknown, fmt.Sprintf("Whether it would silence alerts in %s is not known, and no silence is made there: %s.", am.Where(), clean.Line(am.Lacking)))
			}
			continue
		}
		steps = append(steps, step)
		if n := len(am.Alerts); len(matched) == n && n > 1 {
			of := clean.Line(am.Name) + " reports"
			if am.Lacking != "" {
				of = "are known of " + clean.Line(am.Name)
			}
			b.broad = append(b.broad, fmt.Sprintf("It silences all %d alerts that %s.", n, of))
		}
	}
	if silencing.MatchesAnything(b.r.Matchers) {
		b.broad = append(b.broad, fmt.Sprintf("The matchers %s match every alert that has these labels, also what fires later.", silencing.QuoteMatchers(b.r.Matchers)))
	}
	if len(steps) == 0 {
		steps, unknown = without, nil
		if b.w.lacking() == "" {
			item.Warnings = append(item.Warnings, "No active alert matches: it silences only what fires later.")
		}
	}
	item.Warnings = append(item.Warnings, unknown...)
	if others > 0 && chosen {
		item.Warnings = append(item.Warnings, fmt.Sprintf("It also matches %s outside of what is chosen.", wording.Count(others, "alert")))
	}
	item.Steps = steps
}

// changeSilences plans the extension or the end of silences: of one by its id,
// or of all that mute the group.
func (b *planner) changeSilences(item *Item) {
	if b.r.Action == ExtendSilence {
		if item.Refused = b.checkUntil(); item.Refused != "" {
			return
		}
	}
	var already []string
	found := 0
	for _, am := range b.w.Alertmanagers {
		for _, s := range b.silencesOf(am, item.Group) {
			found++
			step, sentence := b.changeSilence(am, s)
			if sentence != "" {
				already = append(already, sentence)
				continue
			}
			item.Steps = append(item.Steps, step)
		}
	}
	if found == 0 {
		item.Refused = b.noSilence()
		return
	}
	if len(item.Steps) == 0 {
		item.Already, item.Sentence = true, strings.Join(slices.Compact(already), " ")
		return
	}
	if b.r.Action == ExtendSilence {
		item.Warnings = append(item.Warnings, unknownMatches(item.Steps)...)
		item.Sentence = fmt.Sprintf("Extends %s until %s.", wording.Count(len(item.Steps), "silence"), b.localClock(b.r.Until))
		return
	}
	item.Sentence = fmt.Sprintf("Ends %s now.", wording.Count(len(item.Steps), "silence"))
	for _, s := range item.Steps {
		if s.MatchesUnknown != "" {
			item.Warnings = append(item.Warnings, fmt.Sprintf("Which alerts fire under it is not known: %s. Alertmanager will notify again of what does and is routed to somebody.", s.MatchesUnknown))
		} else if n := len(s.Matches); n > 0 {
			item.Warnings = append(item.Warnings, fmt.Sprintf("%s under it still %s: Alertmanager will notify again of what is routed to somebody.",
				wording.Count(n, "alert"), map[bool]string{true: "fires", false: "fire"}[n == 1]))
		}
	}
}

// noSilence says that there is no silence to change, or that this is not known.
func (b *planner) noSilence() string {
	why, id := b.w.silent(), clean.Line(b.r.SilenceID)
	switch {
	case id != "" && why != "":
		return fmt.Sprintf("Whether there is a silence %s is not known: %s.", id, why)
	case id != "":
		return fmt.Sprintf("No Alertmanager shows the silence %s: refresh and look again.", id)
	case why != "":
		return "Whether a silence mutes it is not known: " + why + "."
	}
	return "No silence mutes it."
}

// changeSilence is the write to one silence, or a sentence that there is
// nothing left to do.
func (b *planner) changeSilence(am silencing.Alertmanager, s sources.Silence) (Step, string) {
	if b.taken[s.ID] {
		return Step{}, "The same silence is changed with another group."
	}
	if b.r.Action == ExtendSilence && !s.EndsAt.Before(b.r.Until) {
		return Step{}, "It lasts until " + b.localClock(s.EndsAt) + " already."
	}
	if b.taken == nil {
		b.taken = map[string]bool{}
	}
	b.taken[s.ID] = true
	var matched []*sources.Alert
	for _, a := range am.Alerts {
		if slices.Contains(a.SilencedBy, s.ID) {
			matched = append(matched, a)
		}
	}
	text := fmt.Sprintf("%s in %s by %s, until %s: %s", silencing.QuoteMatchers(s.Matchers), am.Where(),
		cmp.Or(clean.Line(s.CreatedBy), "somebody"), b.localClock(s.EndsAt), clean.Line(s.Comment))
	step := Step{Kind: StepExpire, Sentence: "end the silence " + text, Silence: &s, Members: am.Members, MatchesUnknown: clean.Line(am.Lacking)}
	step.Matches = matchLines(matched, b.w.Now)
	if b.r.Action == ExtendSilence {
		step.Kind, step.Until, step.Sentence = StepExtend, b.r.Until, "extend the silence "+text
		step.Later = silencing.By(b.w.Settings.Triage).Later(s.Matchers, matched)
	}
	return step, ""
}

// silencesOf are the silences of an Alertmanager that are meant: the one that
// is named, or all on the alerts that it has of the group.
func (b *planner) silencesOf(am silencing.Alertmanager, g triage.Group) []sources.Silence {
	var found []sources.Silence
	for _, s := range am.Silences {
		meant := s.ID == b.r.SilenceID
		if b.r.SilenceID == "" {
			meant = slices.ContainsFunc(g.Silences, func(one sources.Silence) bool { return one.ID == s.ID })
		}
		if meant && s.State != "expired" {
			s.Source = am.Name
			found = append(found, s)
		}
	}
	return found
}
