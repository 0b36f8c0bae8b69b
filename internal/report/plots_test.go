package report

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// written writes plots as testdata/plots.txt does.
func written(p *Plots) (lines []string) {
	for _, b := range p.People {
		lines = append(lines, fmt.Sprintf("bar %s %d %d %d %d", b.ID, b.Business, b.Off, b.Sleep, b.NoZone))
	}
	for day, hours := range p.Heat.Counts {
		for hour, n := range hours {
			if n > 0 {
				lines = append(lines, fmt.Sprintf("heat %s %d %d", time.Weekday((day + 1) % 7).String()[:3], hour, n))
			}
		}
	}
	lines = append(lines, fmt.Sprintf("heat all all %d", p.Heat.Total()))
	for _, w := range p.Weeks {
		var notes []string
		for _, note := range []struct {
			is   bool
			text string
		}{{w.Unread, "unread"}, {w.Partly, "partly"}} {
			if note.is {
				notes = append(notes, note.text)
			}
		}
		if len(notes) == 0 {
			notes = []string{"-"}
		}
		lines = append(lines, fmt.Sprintf("week %s %d %d %s", w.Start.Format(time.DateOnly), w.Total(), w.Sleep, strings.Join(notes, ",")))
	}
	return lines
}

func TestPlotsByHand(t *testing.T) {
	text, err := os.ReadFile("testdata/plots.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			want = append(want, line)
		}
	}
	r := New(readHand(t), handOptions(t))
	p := r.Plots()
	if got := written(&p); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the plots are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if p.Heat.Most != 4 || p.Heat.NoZone != 5 {
		t.Errorf("the most is %d, without a zone are %d", p.Heat.Most, p.Heat.NoZone)
	}
}

// Whatever is selected, the plots and the figures say the same.
func TestPlotsAgreeWithFigures(t *testing.T) {
	h := readHand(t)
	for _, change := range []func(*Options){
		func(*Options) {},
		func(o *Options) { o.Person = "bob" },
		func(o *Options) { o.Team = "search" },
		func(o *Options) { o.Service = "pay" },
		func(o *Options) { o.Zone = time.FixedZone("", -11*3600) },
		func(o *Options) { o.Span.Since = o.Span.Since.Add(100 * time.Hour) },
	} {
		o := handOptions(t)
		change(&o)
		r := New(h, o)
		p := r.Plots()
		var all, sleep, weeks, slept, before int
		for _, b := range p.People {
			all, sleep = all+b.Total(), sleep+b.Sleep
		}
		for _, w := range p.Weeks {
			weeks, slept = weeks+w.Total(), slept+w.Sleep
		}
		before = int(r.Before.value("interruptions").Number)
		if want := int(r.Total.value("interruptions").Number); all != want || p.Heat.Total()+p.Heat.NoZone != want || weeks != want+before {
			t.Errorf("%+v: %d by person, %d in the heat map, %d in weeks, want %d and %d before", o, all, p.Heat.Total(), weeks, want, before)
		}
		if want := int(r.Total.value("sleep").Number); sleep != want || slept != want+int(r.Before.value("sleep").Number) {
			t.Errorf("%+v: %d in sleep hours by person, %d by week, want %d", o, sleep, slept, want)
		}
	}
}

func TestPlotsOfNothingRead(t *testing.T) {
	r := New(past.History{}, handOptions(t))
	if p := r.Plots(); !strings.Contains(p.Unknown, "firstline sync") || p.People != nil || p.Weeks != nil {
		t.Errorf("without a history the plots are %+v", p)
	}
	// Who was on call and never interrupted is a bar of 0, and not left out.
	span := handOptions(t).Span
	h := past.History{People: map[string]past.Person{"u": {ID: "u", Name: "Uma"}}, Log: []sources.Span{span}, OnCalls: []sources.Span{span}}
	h.Turns = []past.Turn{{Policy: past.Name{ID: "p"}, Level: 1, Person: "u", Start: span.Since, End: span.Until}}
	r = New(h, handOptions(t))
	if p := r.Plots(); len(p.People) != 1 || p.People[0].Name != "Uma" || p.People[0].Total() != 0 {
		t.Errorf("the people are %+v", p.People)
	}
}
