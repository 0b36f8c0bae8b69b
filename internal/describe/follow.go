package describe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/escalation"
	"firstline/internal/wording"
	"firstline/sources"
)

// Follow says what the list of people does not: how the policy begins
// again, where it ends, and what is not known of it.
func Follow(f escalation.Forecast, now time.Time) []string {
	var all []string
	add := func(s string) {
		if s = clean.Line(s); s != "" {
			all = append(all, s)
		}
	}
	if f.Urgency == "" && f.Via == sources.AssignedByPolicy && len(f.Next) > 0 {
		add("The service decides the urgency: where it makes it low, nobody follows.")
	}
	for _, s := range append([]escalation.Stage{f.Now}, f.Next...) {
		if s.Pass > f.Now.Pass || s.Missing == "" || f.End.Why == s.Missing && len(s.People) > 0 {
			continue
		}
		switch {
		case len(s.People) > 0:
			add(fmt.Sprintf("At level %d others may be notified too: %s.", s.Level, s.Missing))
		case s.Level > 0:
			add(fmt.Sprintf("%s level %d: %s.", wording.Sentence(StageTime(s, now)), s.Level, s.Who()))
		}
	}
	end := f.Sentence(func(t time.Time) string { return In(t, now) })
	again := repeats(f, now)
	if n := len(again); n > 0 && f.End.Kind == escalation.Exhausted {
		again[n-1] = strings.TrimSuffix(again[n-1], ".") + "; after that nobody."
		end = ""
	}
	for _, s := range append(again, end) {
		add(s)
	}
	for _, d := range f.Doubts {
		add(d)
	}
	return all
}

// StageTime is when a stage of an escalation begins.
func StageTime(s escalation.Stage, now time.Time) string {
	if s.At.IsZero() {
		return "later"
	}
	return Coming(s.At, now)
}

// Coming is when something is to happen, or that it was due.
func Coming(t, now time.Time) string {
	if t.Before(now) {
		return "was due " + In(t, now)
	}
	return In(t, now)
}

// repeats says how the policy begins again. A pass that equals the previous one
// is described in one sentence with it.
func repeats(f escalation.Forecast, now time.Time) []string {
	var passes [][]escalation.Stage
	for _, s := range append([]escalation.Stage{f.Now}, f.Next...) {
		if n := s.Pass - f.Now.Pass; n >= len(passes) {
			passes = append(passes, nil)
		}
		passes[len(passes)-1] = append(passes[len(passes)-1], s)
	}
	var all []string
	for n := 1; n < len(passes); {
		pass := passes[n]
		times := []string{StageTime(pass[0], now)}
		same := samePass(passes[n-1], pass)
		for n++; n < len(passes) && samePass(pass, passes[n]); n++ {
			times = append(times, StageTime(passes[n][0], now))
		}
		if same {
			all = append(all, fmt.Sprintf("Again from level %d, the same people, %s.", pass[0].Level, List(times)))
			continue
		}
		var stages []string
		for _, s := range pass {
			stages = append(stages, fmt.Sprintf("%s level %d: %s", StageTime(s, now), s.Level, s.Who()))
		}
		sentence := "Again from the beginning: " + strings.Join(stages, "; ") + "."
		if len(times) > 1 {
			sentence += " And the same again " + List(times[1:]) + "."
		}
		all = append(all, sentence)
	}
	return all
}

// samePass reports whether two passes notify the same people at the same
// distances.
func samePass(a, b []escalation.Stage) bool {
	return slices.EqualFunc(a, b, func(x, y escalation.Stage) bool {
		return x.Level == y.Level && x.Share == y.Share && x.Missing == y.Missing && slices.Equal(x.IDs(), y.IDs()) &&
			x.At.Sub(a[0].At) == y.At.Sub(b[0].At)
	})
}
