package report

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/wallclock"
)

// A report on a part of the account says so, in each form for people.
func TestSelectionIsSaid(t *testing.T) {
	h := readHand(t)
	for n := range h.Incidents {
		h.Incidents[n].Service.Name = "service of " + h.Incidents[n].Service.ID
	}
	for _, tc := range []struct {
		change func(*Options)
		want   string
	}{
		{func(*Options) {}, "On-call load from "},
		{func(o *Options) { o.Team = "payments" }, "On-call load of team payments from "},
		{func(o *Options) { o.Service = "pay" }, "On-call load of service service of pay from "},
		{func(o *Options) { o.Person = "ann" }, "On-call load of ann from "},
		{func(o *Options) { o.Team, o.Person = "payments", "eve" }, "On-call load of team payments, eve (deleted) from "},
		{func(o *Options) { o.Team = "of another \x1b[31mtime" }, "On-call load of team of another time from "},
	} {
		o := handOptions(t)
		tc.change(&o)
		r := New(h, o)
		clock := wallclock.In(time.UTC)
		for _, text := range []string{r.Head(clock), r.Markdown(clock), r.HTML(clock, o.Span.Until)} {
			if !strings.Contains(text, tc.want) {
				t.Errorf("there is no %q in %.200s", tc.want, text)
			}
		}
	}
}
