package frame

import (
	"context"
	"strings"
	"testing"
	"time"

	"firstline/internal/report"
	"firstline/sources"
	"firstline/ui/roomtest"
)

// The header says of the last night what is read, and no 0 for what is not.
func TestLastNightInTheHeader(t *testing.T) {
	for _, tc := range []struct {
		width int
		last  *report.Night
		want  string
	}{
		{120, nil, ""},
		{200, nil, ""},
		{120, &report.Night{}, "last night: 0 interruptions "},
		{120, &report.Night{Interruptions: 1, Own: 1}, "last night: 1 interruption, 1 yours"},
		{120, &report.Night{Interruptions: 2, Own: 1}, "last night: 2 interruptions, 1 yours"},
		{200, &report.Night{Interruptions: 2}, " · last night: 2 interruptions, 0 yours"},
		{120, &report.Night{Interruptions: 2, Own: 1, AtLeast: true}, "last night: 2 or more interruptions, 1 yours"},
		{120, &report.Night{Unread: true}, "last night: not synced"},
		{60, &report.Night{Interruptions: 12, Own: 1}, "last night: 12, 1 yours"},
		{60, &report.Night{Unread: true}, "last night: not synced"},
	} {
		if tc.last != nil {
			tc.last.Span = report.LastNight(noon)
		}
		m := newHeader(tc.width)
		m.person, m.night.me, m.night.last = person{ids: []string{"U1"}, name: "Dana"}, []string{"U1"}, tc.last
		m.Sources = func() []sources.Snapshot {
			return []sources.Snapshot{{Source: sources.Source{Name: "pagerduty"}, AsOf: noon, Data: whole}, {Source: sources.Source{Name: "prom"}, AsOf: noon, Data: whole}}
		}
		text := m.Bare(strings.Join(m.View(), "\n"))
		if !strings.Contains(text, tc.want) || tc.want == "" && strings.Contains(text, "night") {
			t.Errorf("of %+v in %d cells the header is\n%s", tc.last, tc.width, text)
		}
		if before, found := strings.CutSuffix(strings.Split(text, "night:")[0], "last "); tc.want != "" && (!found || before == text) {
			t.Errorf("it does not say which night:\n%s", text)
		}
		// In the next night, and when it has ended and was not read yet.
		for _, later := range []time.Duration{10, 11, 13, 16, 20, 24} {
			m.Now = noon.Add(later * time.Hour)
			if text := m.Bare(strings.Join(m.View(), "\n")); strings.Contains(text, "night") {
				t.Errorf("%d h later the header is\n%s", later, text)
			}
		}
		m.Now = noon.Add(10*time.Hour - time.Minute) // before the next begins
		if text := m.Bare(strings.Join(m.View(), "\n")); strings.Contains(text, "night") != (tc.want != "") {
			t.Errorf("before the next night the header is\n%s", text)
		}
	}
}

// A night is read once it has ended, again while it was not synced, and for another
// person.
func TestWhenTheNightIsRead(t *testing.T) {
	m := newHeader(120)
	m.Context, m.Now = t.Context(), noon
	var asked []string
	answer := &report.Night{Span: report.LastNight(noon), Unread: true}
	m.Options.Night = func(_ context.Context, me []string, now time.Time) *report.Night {
		asked = append(asked, strings.Join(me, ",")+" "+now.Format("2 15:04"))
		return answer
	}
	follow := func(after time.Duration) int {
		before := len(asked)
		m.Now = m.Now.Add(after)
		roomtest.Run(m.Follow())
		return len(asked) - before
	}
	steps := []struct {
		after time.Duration
		do    func()
		want  int
	}{
		{0, nil, 1},
		{time.Minute, nil, 0},
		{againAfter, nil, 1}, // it was not synced
		{0, func() { m.person.ids = []string{"U1"} }, 1},
		{0, nil, 0},
		{againAfter, func() { answer = &report.Night{Span: report.LastNight(noon), Interruptions: 2} }, 1},
		{againAfter, nil, 0},
		{8 * time.Hour, nil, 0},
		{24 * time.Hour, nil, 1}, // the next night has ended
	}
	for n, s := range steps {
		if s.do != nil {
			s.do()
		}
		if got := follow(s.after); got != s.want {
			t.Fatalf("in step %d it is read %d times, want %d: %v", n, got, s.want, asked)
		}
	}
	if m.night.last.Interruptions != 2 || asked[2][:2] != "U1" {
		t.Errorf("the last is %+v, it was asked for %v", m.night.last, asked)
	}
}
