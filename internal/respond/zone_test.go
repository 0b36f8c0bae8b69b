package respond

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"firstline/internal/wallclock"
)

// Sentences name a zone in which this machine's clock shows another time.
func init() { time.Local = time.UTC }

// Whatever the action, a preview has no time in UTC for a person who lives in
// another zone, but in notes, which people in several zones read; and until when
// somebody is on call names its zone, beside what time it is for them.
func TestPreviewsHaveNoTimeOfAnotherZone(t *testing.T) {
	w := previewData(t)
	w.Now = w.Now.In(wallclock.Zone("Asia/Tokyo"))
	utc, until := regexp.MustCompile(`\d\d:\d\d UTC`), regexp.MustCompile(`on call until \w+ \d\d:\d\d( \w+)?`)
	ends, since := 0, 0
	for name, r := range everyRequest() {
		if !r.Until.IsZero() {
			r.Until = r.Until.In(w.Now.Location())
		}
		for kind, groups := range refusalGroups() {
			r.Groups, r.Confirmed = groups, true
			p := NewPlan(r, w)
			for _, s := range p.Preview().Sections {
				for _, l := range s.Lines {
					if l.Role != PreviewNote && utc.MatchString(l.Text) {
						t.Errorf("%s/%s: %q", name, kind, l.Text)
					}
					if found := until.FindStringSubmatch(l.Text); found != nil {
						ends++
						if found[1] != " JST" {
							t.Errorf("%s/%s: %q", name, kind, l.Text)
						}
					}
					if l.Role == PreviewMatch && strings.Contains(l.Text, "since 11:18 JST") {
						since++
					}
				}
			}
		}
	}
	if ends == 0 || since == 0 {
		t.Errorf("%d said until when somebody is on call, %d since when an alert fires", ends, since)
	}
}
