package escalation

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"firstline/sources"
)

// mostCells is how wide a brief is at most on a screen of 80 columns.
const mostCells = 60

// The answer comes first, and all of it fits, whatever the end; where the sentence
// says that PagerDuty notifies nobody else the brief begins with nobody.
func TestBriefsBeginWithTheAnswer(t *testing.T) {
	in := func(at time.Time) string {
		if at.Before(now) {
			return "23 h 59 m ago"
		}
		return "in 23 h 59 m"
	}
	policy := sources.Reference{ID: "P", Name: strings.Repeat("A long name ", 4)}
	for _, kind := range []EndKind{LowUrgency, Direct, Exhausted, Repeats, Acknowledged, NotAnnounced, Unknown} {
		for _, at := range []time.Time{{}, now.Add(time.Hour), now.Add(-time.Hour)} {
			for _, via := range []sources.AssignedVia{sources.AssignedDirectly, sources.AssignedByPolicy} {
				for loops := 1; loops < 3; loops++ {
					f := Forecast{Policy: policy, Via: via, Urgency: High, End: End{Kind: kind, At: at, Due: at.Before(now) && !at.IsZero(), Loops: loops, Why: "it was not read"}}
					brief, sentence := f.Brief(in), f.Sentence(in)
					if (brief == "") != (sentence == "") || utf8.RuneCountInString(brief) > mostCells {
						t.Errorf("%s: %q for %q", kind, brief, sentence)
					}
					if nobody := strings.Contains(sentence, "nobody else") || strings.Contains(sentence, "does not escalate") || kind == NotAnnounced; nobody != strings.HasPrefix(brief, "nobody") {
						t.Errorf("%s: %q for %q", kind, brief, sentence)
					}
					if future := !at.IsZero() && at.After(now) && strings.Contains(sentence, in(at)) && !f.Never(); future && !strings.Contains(brief, in(at)) {
						t.Errorf("%s: %q does not have the time of %q", kind, brief, sentence)
					}
				}
			}
		}
	}
}
