package frame

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"firstline/internal/report"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/roomtest"
)

// Whatever the width and however long the names: each source that fails can be
// read with its mark and age or is counted, and the tally is whole.
func TestFreshnessIsNeverPushedOff(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 7))
	word := func(n int) string {
		letters := []rune("abcdefghij klmnop-qrst漢字é")
		var b strings.Builder
		for m := 0; b.Len() < n; m++ {
			b.WriteRune(letters[random.IntN(len(letters))])
		}
		return strings.Join(strings.Fields(b.String()), "-")
	}
	for round := range 4000 {
		width := 60 + random.IntN(241)
		m := newHeader(width)
		m.Options.Demo, m.Options.ReadOnly = random.IntN(4) == 0, random.IntN(4) == 0
		m.person = person{name: word(random.IntN(201)), team: word(random.IntN(201)), duty: word(random.IntN(30))}
		if random.IntN(2) == 0 {
			m.night.last = &report.Night{Span: report.LastNight(noon), Unread: random.IntN(4) == 0, Interruptions: random.IntN(1000), Own: random.IntN(10), AtLeast: random.IntN(4) == 0}
		}
		var c triage.Counts
		for i := range c {
			if random.IntN(3) > 0 {
				c[i] = random.IntN([]int{3, 2000, 50_000}[random.IntN(3)])
			}
		}
		m.Counts = func() triage.Counts { return c }
		var snapshots []sources.Snapshot
		longest := []int{8, 20, 60, 200}[random.IntN(4)]
		var failing []string
		for i := range 1 + random.IntN(8) {
			name := "s" + strconv.Itoa(i) + word(random.IntN(longest))
			s := sources.Snapshot{Source: sources.Source{Name: name}, AsOf: noon.Add(-time.Duration(random.IntN(4000)) * time.Second), Data: whole}
			switch random.IntN(6) {
			case 0:
				s.AsOf = time.Time{}
			case 1:
				s.Partial = true
			case 2:
				s.Data.Omitted = 150_000
			}
			if random.IntN(2) == 0 {
				s.Err = errors.New("x")
				old := "never"
				if !s.AsOf.IsZero() {
					old = draw.SourceAge(noon.Sub(s.AsOf))
				}
				if random.IntN(8) == 0 {
					s.Err, old = &sources.Error{Reason: sources.Misconfigured}, "misconfigured"
				}
				failing = append(failing, name+" ✗ "+old)
			}
			snapshots = append(snapshots, s)
		}
		m.Sources = func() []sources.Snapshot { return snapshots }
		lines := m.View()
		for _, line := range lines {
			if got := m.WidthOf(m.Bare(line)); got != width {
				t.Fatalf("round %d: a line of %d cells in %d: %q", round, got, width, m.Bare(line))
			}
		}
		text := m.Bare(strings.Join(lines, "\n"))
		if m.Options.Demo && !strings.Contains(text, "demo") || m.Options.ReadOnly && !strings.Contains(text, "read-only") {
			t.Fatalf("round %d, %d cells: demo %v, read-only %v is not said in\n%s", round, width, m.Options.Demo, m.Options.ReadOnly, text)
		}
		hidden := 0
		for _, f := range failing {
			if !strings.Contains(text, f) {
				hidden++
			}
		}
		if hidden > 0 && !strings.Contains(text, fmt.Sprintf("+%d failing", hidden)) {
			t.Fatalf("round %d, %d cells: %d of %q are neither shown nor counted in\n%s", round, width, hidden, failing, text)
		}
		if !slices.ContainsFunc(snapshots, func(s sources.Snapshot) bool { return !s.AsOf.IsZero() }) {
			if !strings.Contains(text, "– triggered  – unpaged  – acked") {
				t.Fatalf("round %d, %d cells: a number is known in\n%s", round, width, text)
			}
			continue
		}
		sum := 0
		for _, found := range counted.FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(found[1])
			sum += n
			if n == 0 && c.Total() > 0 {
				t.Fatalf("round %d, %d cells: a zero in\n%s", round, width, text)
			}
		}
		if sum != c.Total() {
			t.Fatalf("round %d, %d cells: the counts are %d of %d in\n%s", round, width, sum, c.Total(), text)
		}
		for _, s := range triage.EachCountedAs() {
			if n := c.Of(s); n > 0 {
				if !strings.Contains(text, fmt.Sprintf("%d %s", n, s.Word())) {
					t.Fatalf("round %d, %d cells: %d %s are not named in\n%s", round, width, n, s, text)
				}
				break
			}
		}
	}
}

// counted is a number of groups in the header.
var counted = regexp.MustCompile(`(\d+) (triggered|unpaged|firing|acked|pending|silenced|resolved|others|groups)`)

func TestHeaders(t *testing.T) {
	failed := errors.New("x")
	for _, c := range []struct {
		name   string
		width  int
		person person
		list   []sources.Snapshot
		want   []string
	}{
		{
			"a long name and team on one line", 180,
			person{name: strings.Repeat("Maximiliana ", 16), team: strings.Repeat("payments-platform-", 6), duty: "on call until 18:00"},
			[]sources.Snapshot{{Source: sources.Source{Name: "alertmanager"}, AsOf: noon.Add(-76 * time.Second), Err: failed}},
			[]string{"firstline  Maximiliana", "…", "alertmanager ✗ 76s"},
		},
		{
			"a long name on two lines", 60,
			person{name: strings.Repeat("x", 200)},
			[]sources.Snapshot{{Source: sources.Source{Name: "am"}, AsOf: noon, Err: failed, Data: whole}},
			[]string{"firstline", "0 groups", "am ✗ 0s"},
		},
		{
			"while no source has answered no number is known", 60,
			person{},
			[]sources.Snapshot{{Source: sources.Source{Name: "am"}, Err: failed}, {Source: sources.Source{Name: "prom"}}},
			[]string{"– triggered  – unpaged  – acked", "am ✗"},
		},
		{
			"those that work are counted first", 60,
			person{},
			[]sources.Snapshot{
				{Source: sources.Source{Name: "prometheus-europe-west"}, AsOf: noon, Data: whole},
				{Source: sources.Source{Name: "prometheus-america-east"}, AsOf: noon, Data: whole},
				{Source: sources.Source{Name: "alertmanager-europe-west"}, AsOf: noon, Err: failed, Data: whole},
			},
			[]string{"2 sources ok  alertmanager-europe-west ✗ 0s"},
		},
		{
			"what is not read yet is not ok", 60,
			person{},
			[]sources.Snapshot{
				{Source: sources.Source{Name: "prometheus-europe-west"}},
				{Source: sources.Source{Name: "prometheus-america-east"}, AsOf: noon, Data: whole},
				{Source: sources.Source{Name: "alertmanager-europe-west"}, AsOf: noon, Err: failed, Data: whole},
			},
			[]string{"1 source ok  1 awaited  alertmanager-europe-west ✗ 0s"},
		},
		{
			"those that fail are counted last", 60,
			person{},
			[]sources.Snapshot{
				{Source: sources.Source{Name: strings.Repeat("a", 30)}, AsOf: noon, Err: failed, Data: whole},
				{Source: sources.Source{Name: strings.Repeat("b", 30)}, AsOf: noon, Err: failed, Data: whole},
				{Source: sources.Source{Name: strings.Repeat("c", 30)}, AsOf: noon, Err: failed, Data: whole},
			},
			[]string{strings.Repeat("a", 30) + " ✗ 0s  +2 failing"},
		},
		{
			"a name longer than the screen", 60,
			person{},
			[]sources.Snapshot{{Source: sources.Source{Name: strings.Repeat("a", 200)}, AsOf: noon, Err: failed, Data: whole}, {Source: sources.Source{Name: "b"}, AsOf: noon, Data: whole}},
			[]string{"1 source ok  +1 failing"},
		},
		{
			"misconfigured", 60,
			person{},
			[]sources.Snapshot{{Source: sources.Source{Name: "am"}, Err: &sources.Error{Reason: sources.Misconfigured}}},
			[]string{"am ✗ misconfigured"},
		},
		{
			"read in part", 100,
			person{},
			[]sources.Snapshot{
				{Source: sources.Source{Kind: sources.Prometheus, Name: "prom"}, AsOf: noon, Data: sources.Data{Extents: sources.Extents{Alerts: sources.Extent{Read: true, Missing: "x"}}}},
				{Source: sources.Source{Kind: sources.Alertmanager, Name: "am"}, AsOf: noon, Data: sources.Data{Extents: sources.Extents{Alerts: sources.Whole, Silences: sources.Extent{Missing: "x"}}}},
				{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, AsOf: noon, Data: sources.Data{Extents: sources.Extents{Alerts: sources.Whole}}},
				{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd2"}, AsOf: noon, Data: sources.Data{More: true}},
			},
			[]string{"prom 0s in part  am 0s in part  pd 0s in part  pd2 0s…"},
		},
		{
			"more than are kept", 100,
			person{},
			[]sources.Snapshot{{Source: sources.Source{Name: "prom"}, AsOf: noon, Data: sources.Data{Omitted: 150_000}}},
			[]string{"prom 0s 150000 alerts omitted"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newHeader(c.width)
			m.person, m.Sources = c.person, func() []sources.Snapshot { return c.list }
			text := m.Bare(strings.Join(m.View(), "\n"))
			for _, w := range c.want {
				if !strings.Contains(text, w) {
					t.Errorf("%q is not in\n%s", w, text)
				}
			}
		})
	}
}

// The header marks each source whose clock is off.
func TestHeaderReportsClocks(t *testing.T) {
	for offset, want := range map[time.Duration]string{
		75 * time.Second: "clock +1m", -75 * time.Second: "clock -1m", 3 * time.Minute: "clock +3m", -2 * time.Hour: "clock -2h",
		24 * time.Hour: "clock +24h", -50 * time.Hour: "clock -2d",
	} {
		for n, name := range []string{"pagerduty 4s", "prom-eu 2s", "alertmanager 3s"} {
			snapshots := []sources.Snapshot{
				{Source: sources.Source{Name: "pagerduty"}, AsOf: noon.Add(-4 * time.Second), Data: whole},
				{Source: sources.Source{Name: "prom-eu"}, AsOf: noon.Add(-2 * time.Second), Data: whole},
				{Source: sources.Source{Name: "alertmanager"}, AsOf: noon.Add(-3 * time.Second), Data: whole},
			}
			h := newHeader(140)
			h.Sources = func() []sources.Snapshot { return snapshots }
			if text := h.Bare(strings.Join(h.View(), "\n")); strings.Contains(text, "clock") {
				t.Errorf("a clock is off in\n%s", text)
			}
			snapshots[n].Data.ClockOffset = offset
			if text := h.Bare(strings.Join(h.View(), "\n")); !strings.Contains(text, name+" "+want) {
				t.Errorf("%q is not in\n%s", name+" "+want, text)
			}
		}
	}
}

var noon = roomtest.Noon

// whole is the data of a source that was read whole.
var whole = sources.Data{Extents: sources.Extents{Incidents: sources.Whole, Alerts: sources.Whole}}

func newHeader(width int) *Header {
	s, _ := roomtest.Screen(width, 30, nil)
	return &Header{Screen: s, Counts: func() triage.Counts { return triage.Counts{} }}
}
