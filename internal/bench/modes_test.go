//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestParseDebug(t *testing.T) {
	const report = `SCHED 614ms: gomaxprocs=2 idleprocs=2 threads=5
  P0: status=0 schedtick=3538
  M0: p=nil curg=nil
  G1: status=4(sleep) m=nil lockedm=nil
  G2: status=2() m=0 lockedm=nil
  G3: status=6() m=nil lockedm=nil
gc 7 @0.4s 2%: 0.1+0.2+0.3 ms clock, 0.1+0.2/0.3/0.4+0.5 ms cpu, 9->10->6 MB, 12 MB goal, 0 MB stacks, 0 MB globals, 2 P
`
	const next = "SCHED 700ms: gomaxprocs=2\n  G1: status=4(sleep) m=n"
	if goroutines, heap, err := parseDebug(report + next); goroutines != 2 || heap != 6 || err != nil {
		t.Errorf("%d goroutines, %d MB, %v", goroutines, heap, err)
	}
	for name, text := range map[string]string{"nothing": "", "one report that may not be whole": report, "no goroutine": next + "\n" + next} {
		if goroutines, heap, err := parseDebug(text); err == nil {
			t.Errorf("%s: %d goroutines, %d MB", name, goroutines, heap)
		}
	}
}

func TestResting(t *testing.T) {
	for name, c := range map[string]struct {
		requests, alertReads []int64
		rests                bool
		reads                int // in how many slices
	}{
		"too early":          {[]int64{5, 5, 5, 5}, []int64{0, 0, 0, 0}, false, 0},
		"polls":              {[]int64{5, 6, 8, 8, 10}, []int64{0, 0, 0, 0, 0}, true, 0},
		"alerts":             {[]int64{5, 5, 6, 6, 6}, []int64{0, 0, 1, 1, 1}, false, 1},
		"alerts, then polls": {[]int64{5, 50, 51, 52, 53, 54}, []int64{0, 45, 45, 45, 45, 45}, true, 1},
		"pages":              {[]int64{5, 15, 25, 35, 45}, []int64{0, 0, 0, 0, 0}, false, 4},
	} {
		var r resting
		reads := 0
		for i := range c.requests {
			if r.note(c.requests[i], c.alertReads[i]) {
				reads++
			}
		}
		if r.is() != c.rests || reads != c.reads {
			t.Errorf("%s: rests is %v, and %d slices read", name, r.is(), reads)
		}
	}
}

func TestDivideTimes(t *testing.T) {
	const text = `package p

import "time"

const (
	readEvery, waitTime = 2*time.Minute, time.Minute
	// keptFor is long.
	keptFor = time.Hour // an hour
	countFor = 5
)

const refreshGap = time.Second

var everyFor = time.Second
`
	changed, names, err := divideTimes([]byte(text), 50)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"readEvery", "keptFor", "refreshGap"}; !slices.Equal(names, want) {
		t.Errorf("divided are %v, want %v", names, want)
	}
	want := strings.NewReplacer("2*time.Minute,", "(2*time.Minute)/50,", "= time.Hour", "= (time.Hour)/50", "refreshGap = time.Second", "refreshGap = (time.Second)/50").Replace(text)
	if string(changed) != want {
		t.Errorf("got\n%s", changed)
	}
}

func TestPackageOf(t *testing.T) {
	for symbol, want := range map[string]string{
		"main.main":                                     "main",
		"firstline/internal/cli.(*app).run":             "firstline/internal/cli",
		"firstline/ui.New.func1.2":                      "firstline/ui",
		"gopkg.in/yaml%2ev2.Unmarshal":                  "gopkg.in/yaml.v2",
		"charm.land/bubbletea/v2.(*Program).Run":        "charm.land/bubbletea/v2",
		"slices.SortFunc[go.shape.[]a/b.T,go.shape.*c]": "slices",
		"type:.eq.net/http.Cookie":                      "net/http",
		"go:itab.*net/http.body,io.Reader":              "net/http",
		"runtime.text":                                  "runtime",
		"_cgo_init":                                     "",
		"type:*":                                        "",
	} {
		if got := packageOf(symbol); got != want {
			t.Errorf("%s is of %q, want %q", symbol, got, want)
		}
	}
}

// TestTables: each value is in the line of its metric and in the column of its
// binary or size.
func TestTables(t *testing.T) {
	r := newResults(2)
	small, large := newMetric("list", listTime, "s", smallFleet), newMetric("list", listTime, "s", largeFleet)
	version := newMetric("version", versionTime, "ms", "")
	r.add(0, version, 20, 22, 30)
	r.add(1, version, 11)
	r.add(0, small, 3)
	r.add(0, large, 130, 134)
	want := `| what | incidents + alerts | unit | goal | A min / median / max | B min / median / max | B / A |
|---|---|---|---|---|---|---|
| list, nothing stored | 30 + 90 | s | 0.35 | 3.00 | – | – |
| list, nothing stored | 2,000 + 10,000 | s | 2.5 | 130 / **132** / 134 | – | – |
| --version |  | ms | 10 | 20.0 / **22.0** / 30.0 | 11.0 | 0.50 |
`
	if got := r.table([]string{"A", "B"}); got != want {
		t.Errorf("got\n%s", got)
	}
	want = `| incidents + alerts | 30 + 90 | 2,000 + 10,000 |
|---|---|---|
| list, nothing stored, s | 3.00 | 132 |
`
	if got := r.columns(); got != want {
		t.Errorf("got\n%s", got)
	}
}
