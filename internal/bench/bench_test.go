//go:build linux

package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	upTo := func(n int) (all []float64) {
		for i := range n {
			all = append(all, float64(i+1))
		}
		return all
	}
	for _, c := range []struct {
		values  []float64
		p, want float64
	}{
		{upTo(1), 50, 1},
		{upTo(1), 99, 1},
		{upTo(2), 50, 1.5},
		{upTo(3), 50, 2},
		{upTo(10), 99, 10},
		{upTo(100), 99, 99},
		{upTo(200), 99, 198},
		{upTo(300), 99, 297},
		{upTo(100), 0, 1},
		{upTo(100), 100, 100},
	} {
		if got := percentile(c.values, c.p); got != c.want {
			t.Errorf("p%v of %d values is %v, want %v", c.p, len(c.values), got, c.want)
		}
	}
	if got, want := spreadOf([]float64{5, 1, 9, 2}), (spread{4, 1, 3.5, 9}); got != want {
		t.Errorf("the spread is %v, want %v", got, want)
	}
	if got := spreadOf(nil); got != (spread{}) {
		t.Errorf("the spread of nothing is %v", got)
	}
}

func TestParseCPU(t *testing.T) {
	const after = " S 1 2 3 4 5 6 7 8 9 10 12 34 0 0 20 0 5 0 100 200 300"
	for name, stat := range map[string]string{
		"plain": "42 (firstline)" + after, "spaces": "42 (a b c)" + after, "parentheses": "42 (a) S 1 2 (b))" + after,
	} {
		if got, err := parseCPU([]byte(stat)); err != nil || got != 460*time.Millisecond {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, stat := range []string{"", "42 (firstline) S 1 2", "42 (firstline) S 1 2 3 4 5 6 7 8 9 10 x 34"} {
		if got, err := parseCPU([]byte(stat)); err == nil {
			t.Errorf("%q is read as %v", stat, got)
		}
	}
}

func TestParseMemory(t *testing.T) {
	now, peak, err := parseMemory("Name:\tfirstline\nVmPeak:\t 900000 kB\nVmHWM:\t   50000 kB\nVmRSS:\t   40000 kB\nThreads:\t5\n")
	if err != nil || now != 40_960_000 || peak != 51_200_000 {
		t.Errorf("%d, %d, %v", now, peak, err)
	}
	for _, status := range []string{"", "VmHWM: 5 kB\n", "VmHWM: 5 kB\nVmRSS: 4 MB\n", "VmHWM: 5 kB\nVmRSS: x kB\n"} {
		if _, _, err := parseMemory(status); err == nil {
			t.Errorf("%q has memory", status)
		}
	}
}

func TestParseSizes(t *testing.T) {
	got, err := parseSizes("30+90,2000+10000:storm")
	if want := []size{{usual, 30, 90}, {storm, 2000, 10000}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "30", "30+", "30+90:wild", "-1+5", "5+0", "10+5", "a+b"} {
		if got, err := parseSizes(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// TestFrame looks at the screen only where a frame ends, once the program says
// where that is.
func TestFrame(t *testing.T) {
	// The program asks whether the terminal knows the marks, draws half a frame,
	// and the rest after a key.
	const script = `stty raw -echo; printf '\033[?2026$p'; head -c 11 | tr -d '\033' | cut -c1-9
printf '\033[?2026hhalf a '; head -c 1 >/dev/null; printf 'frame\033[?20'; head -c 1 >/dev/null; printf '26l'; head -c 1 >/dev/null`
	ctx := t.Context()
	term, err := start(exec.CommandContext(ctx, "sh", "-c", script))
	if err != nil {
		t.Fatal(err)
	}
	drawn := func(text string) func(*terminal) bool {
		return func(t *terminal) bool { return strings.Contains(t.screen.String(), text) }
	}
	if _, err := term.see(ctx, drawn("[?2026;2$")); err != nil {
		t.Fatal(err) // the terminal does not say that it knows them
	}
	half := term.expect(drawn("half a"))
	await(t, func() bool { return drawn("half a")(term) }, term)
	if err := term.key("x"); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return drawn("half a frame")(term) }, term)
	select {
	case <-half.seen:
		t.Error("half a frame was taken for one")
	default:
	}
	before := term.sent()
	if err := term.key("x"); err != nil {
		t.Fatal(err)
	}
	if _, err := term.wait(ctx, half); err != nil {
		t.Error(err)
	}
	if got := term.sent() - before; got >= len("26l") {
		t.Errorf("%d bytes of a mark are counted", got)
	}
	if err := term.key("x"); err != nil {
		t.Fatal(err)
	}
	if err := term.end(); err != nil {
		t.Error(err)
	}
}

// await waits until something holds, with the terminal locked.
func await(t *testing.T, holds func() bool, term *terminal) {
	t.Helper()
	for {
		term.mu.Lock()
		yes := holds()
		term.mu.Unlock()
		if yes {
			return
		}
		select {
		case <-term.over:
			t.Fatalf("the program has ended:\n%s", term.screen)
		case <-time.After(time.Millisecond):
		}
	}
}

// TestFleetChanges reads the answers of each kind of fleet as time passes.
func TestFleetChanges(t *testing.T) {
	for _, k := range []kind{usual, rows, storm, apart} {
		t.Run(string(k), func(t *testing.T) {
			now := time.Now()
			w, err := newFleet(t.Context(), size{k, 40, 1200}, 1, func() time.Time { return now })
			if err != nil {
				t.Fatal(err)
			}
			first := readFleet(t, w)
			if first.prometheus != 1200 || first.alertmanager != 1200 || first.open != 40 {
				t.Errorf("at first there are %d and %d alerts, and %d incidents", first.prometheus, first.alertmanager, first.open)
			}
			if k == rows && first.groups != 1200 || k != rows && first.groups != 40 {
				t.Errorf("there are %d groups", first.groups)
			}
			values, updates, counts, open := map[string]bool{}, map[string]bool{}, map[int]bool{}, map[int]bool{}
			for range 20 {
				now = now.Add(30 * time.Second)
				if err := w.advance(t.Context()); err != nil {
					t.Fatal(err)
				}
				has := readFleet(t, w)
				if has.prometheus != has.alertmanager {
					t.Errorf("Prometheus has %d alerts, Alertmanager %d", has.prometheus, has.alertmanager)
				}
				values[has.value], updates[has.updated], counts[has.prometheus], open[has.open] = true, true, true, true
			}
			if len(values) < 10 || len(updates) < 5 || len(counts) < 2 || len(open) < 2 {
				t.Errorf("in ten minutes there were %d values and %d times of one alert, %d numbers of alerts, %d of open incidents", len(values), len(updates), len(counts), len(open))
			}
		})
	}
}

type fleetNow struct {
	prometheus, alertmanager, groups, open int
	value, updated                         string
}

func readFleet(t *testing.T, w *fleet) (n fleetNow) {
	t.Helper()
	var prometheus struct {
		Data struct {
			Alerts []struct{ Value string }
		}
	}
	var groups []struct {
		Alerts []struct {
			UpdatedAt, EndsAt time.Time
			Labels            map[string]string
		}
	}
	for _, read := range []struct {
		text []byte
		into any
	}{{w.prometheusAlerts(), &prometheus}, {w.alertmanagerGroups(), &groups}} {
		if err := json.Unmarshal(read.text, read.into); err != nil {
			t.Fatal(err)
		}
	}
	n.prometheus, n.groups, n.value = len(prometheus.Data.Alerts), len(groups), prometheus.Data.Alerts[0].Value
	for _, g := range groups {
		n.alertmanager += len(g.Alerts)
		for _, a := range g.Alerts {
			if a.EndsAt.Sub(a.UpdatedAt) != 4*time.Minute {
				t.Errorf("updated at %s, ends at %s", a.UpdatedAt, a.EndsAt)
			}
		}
	}
	n.updated = groups[0].Alerts[0].UpdatedAt.String()
	for _, i := range w.pagerDuty.Incidents() {
		if i.Status != "resolved" {
			n.open++
		}
	}
	return n
}

// TestNotReleased: the program imports nothing that only measures, nor what
// internal/conntrack leaves out.
func TestNotReleased(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "firstline").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if !slices.Contains(packages, "firstline/internal/cli") {
		t.Fatalf("the program imports only %v", packages)
	}
	for _, p := range packages {
		for _, other := range []string{"github.com/charmbracelet/x/vt", "firstline/internal/bench", "golang.org/x/net/trace"} {
			if p == other || strings.HasPrefix(p, other+"/") {
				t.Errorf("the program imports %s", p)
			}
		}
	}
}

// TestUnusedMethodsAreLeftOut: nothing in the program calls methods by name, as text/template
// does. Otherwise the linker leaves every exported method of every type in it, which is 4.7 MB.
func TestUnusedMethodsAreLeftOut(t *testing.T) {
	command := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-dumpdep", "-o", os.DevNull, "firstline")
	command.Env = append(command.Environ(), "CGO_ENABLED=0")
	out, err := command.CombinedOutput() // what refers to what, a line each
	if err != nil {
		t.Fatalf("%v\n%s", err, out[:min(len(out), 2000)])
	}
	const mark = " <ReflectMethod>"
	dumped, callers := false, map[string]bool{}
	for line := range strings.Lines(string(out)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " -> ")
		dumped = dumped || from == "main.main"
		for _, symbol := range []string{from, to} {
			if name, ok := strings.CutSuffix(symbol, mark); ok {
				callers[name] = true
			}
		}
	}
	if !dumped {
		t.Fatal("the linker did not say what it reaches from main")
	}
	for _, name := range slices.Sorted(maps.Keys(callers)) {
		t.Errorf("%s calls methods by name", name)
	}
}
