//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// hourPace is how many times as fast as usual the hour is.
	hourPace = 50
	// hourReads is how often a Prometheus is read in an hour, and hourParts how
	// often the program is looked at meanwhile.
	hourReads, hourParts = 360, 12
	// hourLimit is how long a program may take for it.
	hourLimit = 20 * time.Minute
)

// hour watches the program for an hour of polls, at hourPace times the speed.
// What it measures is no release binary: buildFast says how it differs. The
// number of goroutines and the heap come from Go's own GODEBUG, which any binary
// writes to its standard error.
func (o *options) hour(ctx context.Context) (string, error) {
	path := filepath.Join(o.dir, "firstline-fast")
	faster, err := buildFast(ctx, path, o.dir, hourPace)
	if err != nil {
		return "", err
	}
	fast := *o
	fast.binaries = []binary{{"", path}}
	fast.latency, fast.pace = o.latency/hourPace, hourPace
	text := fmt.Sprintf("\nAn hour of polls, %d times as fast: divided are %s, and all times of the stand-ins.\n\n", hourPace, strings.Join(faster, ", "))
	for _, s := range o.sizes {
		if s.kind == rows {
			continue
		}
		err := fast.inFleet(ctx, s, func(w *trial) error {
			table, err := fast.watchHour(ctx, w)
			text += table
			return err
		})
		if err != nil {
			return text, fmt.Errorf("%s: %w", s, err)
		}
	}
	return text, nil
}

func (o *options) watchHour(ctx context.Context, w *trial) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s: minute | reads of Prometheus | of PagerDuty, requests | resident, MB | heap in use, MB | goroutines |\n|---|---|---|---|---|---|\n", w.size)
	debug, err := os.Create(filepath.Join(w.dir, "debug"))
	if err != nil {
		return "", err
	}
	defer func() { _ = debug.Close() }()
	command := w.command(ctx, 0, w.fresh())
	command.Stderr = debug
	command.Env = append(command.Env, "GODEBUG=gctrace=1,scheddetail=1,schedtrace="+strconv.Itoa(int((time.Hour/hourPace/hourParts/4).Milliseconds())))
	t, err := start(command)
	if err != nil {
		return "", err
	}
	defer t.kill()
	limit := time.Now().Add(hourLimit)
	for part := 1; part <= hourParts; part++ {
		for w.prometheusReads.Load() < int64(part)*hourReads/hourParts {
			if time.Now().After(limit) {
				return b.String(), fmt.Errorf("after %s Prometheus was read %d times", hourLimit, w.prometheusReads.Load())
			}
			if err := pause(ctx, 20*time.Millisecond); err != nil {
				return b.String(), err
			}
			select {
			case <-t.over:
				return b.String(), errors.New("the program has ended")
			default:
			}
		}
		now, _, err := memoryOf(t.command.Process.Pid)
		if err != nil {
			return b.String(), err
		}
		text, err := os.ReadFile(debug.Name())
		if err != nil {
			return b.String(), err
		}
		goroutines, heap, err := parseDebug(string(text))
		if err != nil {
			return b.String(), err
		}
		fmt.Fprintf(&b, "| %d | %d | %d | %s | %d | %d |\n", part*60/hourParts, w.prometheusReads.Load(), w.requests.Load(), figure(float64(now)/1e6), heap, goroutines)
	}
	b.WriteString("\n")
	return b.String(), t.quit()
}

var (
	schedLine     = regexp.MustCompile(`(?m)^SCHED \d+ms:`)
	goroutineLine = regexp.MustCompile(`(?m)^  G\d+: status=(\d+)\(`)
	heapOf        = regexp.MustCompile(`(?m)^gc \d+ .*->(\d+) MB, \d+ MB goal`)
)

// deadGoroutine is the status of a goroutine that has ended and whose memory
// waits to be used again.
const deadGoroutine = "6"

// parseDebug finds the number of goroutines, with the few of Go's own, in the
// last whole report of GODEBUG's schedtrace, and the MB that were in use after
// the last collection of garbage.
func parseDebug(text string) (goroutines, heap int, err error) {
	reports := schedLine.FindAllStringIndex(text, -1)
	if len(reports) < 2 {
		return 0, 0, errors.New("fewer than two reports of goroutines were written")
	}
	// The last one may still be being written.
	report := text[reports[len(reports)-2][0]:reports[len(reports)-1][0]]
	for _, g := range goroutineLine.FindAllStringSubmatch(report, -1) {
		if g[1] != deadGoroutine {
			goroutines++
		}
	}
	heaps := heapOf.FindAllStringSubmatch(text, -1)
	if goroutines == 0 || len(heaps) == 0 {
		return 0, 0, errors.New("no goroutine or no collection of garbage was reported")
	}
	heap, err = strconv.Atoi(heaps[len(heaps)-1][1])
	return goroutines, heap, err
}

// fastPackages are those whose times are divided, and fastNames those times: how
// often something is done, and how long what was read is used.
var (
	fastPackages = []string{"sources", "sources/pagerduty", "sources/prometheus", "sources/alertmanager", "internal/config", "internal/cli", "internal/triage"}
	fastNames    = regexp.MustCompile(`(Every|For|APage|AtLatest|Gap|Interval|Within)$`)
)

// buildFast builds the program with some of its times divided by pace, and
// gives their names. Only the compiler sees the changed files (go build
// -overlay).
func buildFast(ctx context.Context, path, dir string, pace int) (names []string, err error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("finding the module: %w", err)
	}
	root := strings.TrimSpace(string(out))
	replace := map[string]string{}
	for _, p := range fastPackages {
		files, err := filepath.Glob(filepath.Join(root, p, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			faster, found, err := divideTimes(text, pace)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if len(found) == 0 || strings.HasSuffix(name, "_test.go") {
				continue
			}
			names = append(names, found...)
			changed := filepath.Join(dir, fmt.Sprintf("fast-%d.go", len(replace)))
			if err := os.WriteFile(changed, faster, 0o600); err != nil {
				return nil, err
			}
			replace[name] = changed
		}
	}
	if len(names) == 0 {
		return nil, errors.New("no time of the program was found that could be divided")
	}
	slices.Sort(names)
	overlay := filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(overlay, text, 0o600)
	}
	if err != nil {
		return nil, err
	}
	return names, build(ctx, path, "-overlay", overlay)
}

// divideTimes divides the constants of a file that are durations and have one of
// fastNames, and gives their names.
func divideTimes(text []byte, pace int) (changed []byte, names []string, err error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, "", text, 0)
	if err != nil {
		return nil, nil, err
	}
	type span struct{ from, to int }
	var spans []span
	for _, d := range tree.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v, ok := s.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, value := range v.Values {
				from, to := fset.Position(value.Pos()).Offset, fset.Position(value.End()).Offset
				if fastNames.MatchString(v.Names[i].Name) && strings.Contains(string(text[from:to]), "time.") {
					spans, names = append(spans, span{from, to}), append(names, v.Names[i].Name)
				}
			}
		}
	}
	for _, s := range slices.Backward(spans) {
		text = slices.Concat(text[:s.from], []byte("("), text[s.from:s.to], []byte(")/"+strconv.Itoa(pace)), text[s.to:])
	}
	return text, names, nil
}
