package load

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/reply"
	"firstline/ui/roomtest"
)

// history has interruptions of people, every few hours in the last 100 days, and of
// one whose time zone is not stored.
func history() past.History {
	h := past.History{People: map[string]past.Person{
		"ann": {ID: "ann", Name: "Ann Schmidt", Zone: "Europe/Berlin"}, "bob": {ID: "bob", Name: "Bob with a name that is long", Zone: "Asia/Kolkata"}, "zoe": {ID: "zoe", Name: "Zoë"}, "uma": {ID: "uma", Name: "Uma"},
	}}
	since := roomtest.Noon.Add(-200 * day)
	h.Log = []sources.Span{{Since: since, Until: roomtest.Noon}}
	h.OnCalls = h.Log
	h.Turns = []past.Turn{{Policy: past.Name{ID: "p"}, Level: 1, Person: "uma", Start: since, End: roomtest.Noon}}
	people := []string{"ann", "ann", "bob", "ann", "zoe"}
	for n, at := 0, since; at.Before(roomtest.Noon); n, at = n+1, at.Add(17*time.Hour) {
		h.Incidents = append(h.Incidents, past.Incident{
			ID: fmt.Sprintf("i%d", n), ReadAt: roomtest.Noon, CreatedAt: at, ChangedAt: at, Status: sources.Resolved, DetailsRead: true,
			Entries: []past.Entry{{At: at, Kind: past.Notify, Way: past.Push, To: []string{people[n%len(people)]}}},
		})
	}
	return h
}

func reader(h past.History) Reader {
	return func(_ context.Context, back time.Duration) (report.Report, error) {
		return report.New(h, report.Options{Span: sources.Span{Since: roomtest.Noon.Add(-back), Until: roomtest.Noon}}), nil
	}
}

func opened(width, height int, o Options) (*Room, *roomtest.Host) {
	s, host := roomtest.Screen(width, height, Keys())
	r, cmd := New(s, o)
	roomtest.Run(cmd)
	return r, host
}

// all are the lines of the whole report.
func (r *Room) all() string { return r.Bare(strings.Join(r.lines, "\n")) }

func TestReport(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}, {200, 50}} {
		for _, ascii := range []bool{false, true} {
			r, _ := opened(size[0], size[1], Options{Read: reader(history())})
			text := r.all()
			if ascii {
				text = r.OnlyASCII(text)
			}
			for _, want := range []string{
				"interruptions ", "not counted: 8", "Ann Schmidt", "Uma", "Mon", "Sun", "sleep hours", "because no escalation policy", "* is not a whole week", "below is the time before",
				"nights interrupted: not counted",
			} {
				if !strings.Contains(text, want) {
					t.Errorf("at %v there is no %q:\n%s", size, want, text)
				}
			}
			for _, line := range r.lines {
				if w := r.WidthOf(line); w > r.area().Width-4 {
					t.Errorf("at %v a line has %d cells: %s", size, w, r.Bare(line))
				}
			}
			if ascii && strings.ContainsAny(text, "░▒█·⣿") {
				t.Errorf("at %v there are other characters:\n%s", size, text)
			}
			if shown := roomtest.Shows(r.Screen, r); !strings.Contains(shown, "On-call load, 30 days") {
				t.Errorf("at %v the screen is\n%s", size, shown)
			}
		}
	}
}

// The bars, the heat map and the weeks have all interruptions.
func TestNumbersAreThoseOfTheReport(t *testing.T) {
	r, _ := opened(200, 50, Options{Read: reader(history())})
	made, err := reader(history())(t.Context(), 30*day)
	if err != nil {
		t.Fatal(err)
	}
	p := made.Plots()
	for _, b := range p.People {
		if want := fmt.Sprintf(" %d", b.Total()); !strings.Contains(r.all(), r.Cut(b.Name, 24)) || !strings.Contains(r.all(), want) {
			t.Errorf("%s is not there with %d:\n%s", b.Name, b.Total(), r.all())
		}
	}
	drawn := 0
	for _, line := range r.heat(100)[1:8] {
		for _, cell := range strings.Fields(r.Bare(line))[1:] {
			n := 0
			if _, err := fmt.Sscan(cell, &n); err == nil {
				drawn += n
			}
		}
	}
	if drawn != p.Heat.Total() {
		t.Errorf("the heat map has %d, want %d", drawn, p.Heat.Total())
	}
	// A bar is never empty where there is something, and fills the width at most.
	for most := 1; most < 40; most++ {
		for n := 0; n <= most; n++ {
			bar := r.Bare(r.bar(r.parts(n/3, 0, n-n/3, 0), most, 20))
			if w := r.WidthOf(bar); (w == 0) != (n == 0) || w > 20 {
				t.Fatalf("a bar of %d of %d has %d cells", n, most, w)
			}
		}
	}
}

func TestMoreAndLessTime(t *testing.T) {
	r, host := opened(120, 30, Options{Read: reader(history())})
	before := r.all()
	roomtest.Press(r, "+")
	if shown := roomtest.Shows(r.Screen, r); !strings.Contains(shown, "On-call load, 90 days") || r.all() == before {
		t.Errorf("after + it shows\n%s", shown)
	}
	roomtest.Press(r, "+")
	if len(r.Messages.History) != 1 {
		t.Errorf("beyond the longest it says %v", r.Messages.History)
	}
	roomtest.Press(r, "-", "-")
	if shown := roomtest.Shows(r.Screen, r); !strings.Contains(shown, "On-call load, 7 days") {
		t.Errorf("after - it shows\n%s", shown)
	}
	roomtest.Press(r, "G")
	if r.offset != max(len(r.lines)-r.rows(), 0) {
		t.Errorf("G goes to %d of %d", r.offset, len(r.lines))
	}
	roomtest.Press(r, "ctrl+r")
	if r.offset != 0 {
		t.Error("what was read again does not begin at the top")
	}
	roomtest.Press(r, "esc")
	if !host.Closed {
		t.Error("esc does not close it")
	}
}

// What can't be read is said, and what is being read does not look like nothing.
func TestNothingToShow(t *testing.T) {
	r, _ := opened(80, 24, Options{Read: func(context.Context, time.Duration) (report.Report, error) {
		return report.Report{}, errors.New("no history is stored on this machine yet: run `firstline sync`")
	}})
	if text := r.all(); !strings.Contains(text, "No history is stored on this machine yet: run `firstline sync`.") {
		t.Errorf("it shows\n%s", text)
	}
	// Nothing of the time was read.
	r, _ = opened(80, 24, Options{Read: reader(past.History{})})
	if text := r.all(); !strings.Contains(text, "Nothing is drawn, because the history of this time was not read") || strings.Contains(text, " 0") {
		t.Errorf("it shows\n%s", text)
	}
	// It was closed while it was read.
	s, _ := roomtest.Screen(80, 24, Keys())
	var ctx context.Context
	r, cmd := New(s, Options{Read: func(c context.Context, _ time.Duration) (report.Report, error) {
		ctx = c
		<-c.Done()
		return report.Report{}, c.Err()
	}})
	if text := r.all(); !strings.Contains(text, "Reading the stored history") {
		t.Errorf("it shows\n%s", text)
	}
	roomtest.Press(r, "esc")
	msg, is := cmd().(reply.Message)
	if !is || ctx.Err() == nil {
		t.Fatal("closing does not stop it")
	}
	roomtest.Run(msg.Deliver())
	if r.content != nil {
		t.Error("a late reply is shown")
	}
}

// Without colour the parts of a bar still differ.
func TestPartsDifferWithoutColour(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		r, _ := opened(80, 24, Options{Read: reader(history())})
		seen := map[string]bool{}
		for _, p := range r.parts(1, 1, 1, 1) {
			if ascii {
				p.sign = r.OnlyASCII(p.sign)
			}
			seen[p.sign] = true
		}
		if len(seen) != 4 || !r.Theme.NoColor {
			t.Errorf("there are %d signs", len(seen))
		}
	}
	r, _ := opened(80, 24, Options{Read: reader(history())})
	r.Theme = draw.NewTheme(draw.Colors{})
	r.Resize()
	if strings.Join(r.lines, "") == r.all() {
		t.Error("there are no colours")
	}
}

// Read line by line, figures, bars and hours are words, and no two things are in one line.
func TestTheReportInLines(t *testing.T) {
	s, _ := roomtest.Screen(200, 50, Keys())
	s.Plain = true
	r, cmd := New(s, Options{Read: reader(history())})
	roomtest.Run(cmd)
	text := r.all()
	for _, want := range []string{"  interruptions: ", ", before: ", " business hours, ", ", in all ", "Mon: ", " from 3:00"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q:\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "░▒█·⣿") {
		t.Errorf("there are drawings:\n%s", text)
	}
	for _, line := range r.lines {
		if plain := r.Bare(line); strings.Contains(plain, "interruptions: ") && strings.Contains(plain, "Interruptions by") {
			t.Errorf("two things are in one line: %q", plain)
		}
	}
}
