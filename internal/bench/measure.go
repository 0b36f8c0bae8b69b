//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"firstline/sources/demo"
)

// measure measures all rows that are wanted.
func (o *options) measure(ctx context.Context, r *results) error {
	if o.wants("size", "version") {
		if err := o.measureBinaries(ctx, r); err != nil {
			return err
		}
	}
	if o.wants("past") {
		if err := o.measurePast(ctx, r); err != nil {
			return err
		}
	}
	for _, s := range o.sizes {
		measure, measured := o.measureFleet, []string{"first", "list", "memory", "idle", "reading", "cpu20", "last"}
		if s.kind == rows {
			measure, measured = o.measureKeys, []string{"keys", "bytes"}
		}
		if !o.wants(measured...) {
			continue
		}
		if err := o.inFleet(ctx, s, func(w *trial) error { return measure(ctx, w, r) }); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

func (o *options) say(format string, a ...any) {
	_, _ = fmt.Fprintf(o.log, time.Now().Format(time.TimeOnly)+" "+format+"\n", a...)
}

// trial is a fleet with its servers, and where programs in it have their files.
type trial struct {
	*servers
	size        size
	dir, config string
	programs    []binary
	states      int // so far
}

func (o *options) inFleet(ctx context.Context, s size, do func(*trial) error) (err error) {
	all, err := serve(ctx, s, o.latency, o.pace)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, all.close()) }()
	w := &trial{servers: all, size: s, programs: o.binaries}
	if w.dir, err = os.MkdirTemp(o.dir, "fleet-"); err != nil {
		return err
	}
	if w.config, err = all.configure(w.dir); err != nil {
		return err
	}
	o.say("a fleet of %s", s)
	return do(w)
}

// fresh gives a binary a new, empty state.
func (w *trial) fresh() string {
	w.states++
	return filepath.Join(w.dir, fmt.Sprintf("state-%d", w.states))
}

func (w *trial) command(ctx context.Context, program int, state string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.programs[program].path, append([]string{"--config", w.config}, args...)...)
	command.Env = []string{
		"HOME=" + w.dir, "PATH=" + os.Getenv("PATH"), "XDG_STATE_HOME=" + state, "XDG_CONFIG_HOME=" + w.dir, "XDG_CACHE_HOME=" + filepath.Join(w.dir, "cache"),
		"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "SHELL=/bin/sh", "PAGERDUTY_TOKEN=" + demo.Token,
	}
	return command
}

// screen starts the screen.
func (w *trial) screen(ctx context.Context, program int, state string) (*terminal, error) {
	return start(w.command(ctx, program, state))
}

// rounds calls do for each binary in turn, as often as wanted.
func (o *options) eachRound(do func(program int) error) error {
	for round := range o.rounds {
		for n := range o.binaries {
			program := n
			if round%2 == 1 { // each is as often the first
				program = len(o.binaries) - 1 - n
			}
			if err := do(program); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *options) measureBinaries(ctx context.Context, r *results) error {
	return o.eachRound(func(program int) error {
		path := o.binaries[program].path
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if o.wants("size") {
			r.add(program, newMetric("size", binarySize, "MB", ""), float64(info.Size())/1e6)
		}
		const times = 20
		for range times {
			if !o.wants("version") {
				break
			}
			command := exec.CommandContext(ctx, path, "--version")
			begun := time.Now()
			if err := command.Run(); err != nil {
				return err
			}
			r.add(program, newMetric("version", versionTime, "ms", ""), milliseconds(time.Since(begun)))
		}
		return nil
	})
}

// rowOf finds the service in a row of the list.
var rowOf = regexp.MustCompile(`service-\d+|checkout`)

// hasRows: rows are drawn, and the line of keys below them.
func hasRows(t *terminal) bool {
	found := 0
	for y := 2; y < height-2; y++ {
		if rowOf.MatchString(t.line(y)) {
			found++
		}
	}
	return found >= 10 && strings.TrimSpace(t.line(height-1)) != ""
}

func (o *options) measureFleet(ctx context.Context, w *trial, r *results) error {
	fleet := w.size.String()
	if o.wants("first") {
		o.say("first live row")
		err := o.eachRound(func(program int) error {
			t, err := w.screen(ctx, program, w.fresh())
			if err != nil {
				return err
			}
			at, err := t.see(ctx, hasRows)
			if err != nil {
				t.kill()
				return err
			}
			r.add(program, newMetric("first", firstLive, "ms", fleet), milliseconds(at.Sub(t.begun)))
			return t.quit()
		})
		if err != nil {
			return err
		}
	}
	if o.wants("list") && w.size.kind != storm {
		if err := o.measureList(ctx, w, r); err != nil {
			return err
		}
	}
	states := make([]string, len(w.programs))
	if o.wants("memory", "idle", "reading", "cpu20") {
		err := o.eachRound(func(program int) error {
			states[program] = w.fresh()
			return o.measureSteady(ctx, w, program, states[program], r)
		})
		if err != nil {
			return err
		}
	}
	if o.wants("last") {
		return o.measureStored(ctx, w, states, r)
	}
	return nil
}

func (o *options) measureList(ctx context.Context, w *trial, r *results) error {
	o.say("list")
	return o.eachRound(func(program int) error {
		state := w.fresh()
		for _, what := range []string{listTime, listAgain} {
			done, err := w.run(ctx, program, state, "list")
			switch {
			case err != nil:
				return err
			case !rowOf.MatchString(done.output):
				return fmt.Errorf("list shows no row: %s", done.output)
			}
			r.add(program, newMetric("list", what, "s", w.size.String()), done.took.Seconds())
			if what == listTime {
				r.add(program, newMetric("list", listPeak, "MB", w.size.String()), done.peakMB)
			}
		}
		return nil
	})
}

// watchPeak watches the memory of a command until highest is called, which gives
// the most that was seen. The operating system's own figure of an ended process
// counts what its parent had when it started it.
func watchPeak(pid int) (highest func() int64) {
	end, found := make(chan struct{}), make(chan int64)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		var most int64
		for {
			if _, peak, err := memoryOf(pid); err == nil { // it may just have ended
				most = max(most, peak)
			}
			select {
			case <-tick.C:
			case <-end:
				found <- most
				return
			}
		}
	}()
	return func() int64 {
		close(end)
		return <-found
	}
}

// measureSteady watches the program from its start to when everything is read,
// and then while nothing is done.
func (o *options) measureSteady(ctx context.Context, w *trial, program int, state string, r *results) error {
	o.say("from the start to rest")
	fleet := w.size.String()
	t, err := w.screen(ctx, program, state)
	if err != nil {
		return err
	}
	defer t.kill()
	if _, err := t.see(ctx, hasRows); err != nil {
		return err
	}
	pid := t.command.Process.Pid
	used := func(between time.Duration) (time.Duration, error) {
		before, err := cpuOf(pid)
		if err == nil {
			err = pause(ctx, between)
		}
		if err != nil {
			return 0, err
		}
		after, err := cpuOf(pid)
		return after - before, err
	}
	const beginning = 20 * time.Second
	if o.wants("cpu20") {
		if err := pause(ctx, time.Until(t.begun.Add(beginning))); err != nil {
			return err
		}
		cpu, err := cpuOf(pid)
		if err != nil {
			return err
		}
		r.add(program, newMetric("cpu20", first20, "s", fleet), cpu.Seconds())
	}
	var rest resting
	rest.note(w.requests.Load(), w.alertReads.Load())
	for !rest.is() {
		if time.Since(t.begun) > restWithin {
			o.say("after %s PagerDuty is still asked for more: measured nevertheless", restWithin)
			break
		}
		began := time.Since(t.begun)
		cpu, err := used(restSlice)
		if err != nil {
			return err
		}
		if rest.note(w.requests.Load(), w.alertReads.Load()) && began > beginning && o.wants("reading") {
			r.add(program, newMetric("reading", readingCPU, "% of a core", fleet), share(cpu, restSlice))
		}
	}
	if o.wants("idle", "memory") {
		before, sent := w.requests.Load(), t.sent()
		cpu, err := used(o.idle)
		if err != nil {
			return err
		}
		if o.wants("idle") {
			r.add(program, newMetric("idle", idleCPU, "% of a core", fleet), share(cpu, o.idle))
			r.add(program, newMetric("idle", asked, "a minute", fleet), float64(w.requests.Load()-before)/o.idle.Minutes())
			r.add(program, newMetric("idle", idleBytes, "a minute", fleet), float64(t.sent()-sent)/o.idle.Minutes())
			drawn, err := busyBytesOf(ctx, t)
			if err != nil {
				return err
			}
			r.add(program, newMetric("idle", busyBytes, "a minute", fleet), drawn)
		}
		now, highest, err := memoryOf(pid)
		if err != nil {
			return err
		}
		if o.wants("memory") {
			r.add(program, newMetric("memory", resident, "MB", fleet), float64(now)/1e6)
			r.add(program, newMetric("memory", peak, "MB", fleet), float64(highest)/1e6)
		}
	}
	return t.quit()
}

// resting finds out when everything is read, from the number of requests so far,
// noted every restSlice.
type resting struct {
	requests, alertReads []int64
}

const (
	restSlice = 5 * time.Second
	// restSlices is longer than between two polls of PagerDuty.
	restSlices = 4
	// restRequests is the most that polls without news ask in that time.
	restRequests = 8
	// restWithin is when nobody waits any longer.
	restWithin = 10 * time.Minute
)

// note notes the numbers, and reports whether more than a poll was asked since
// the last time.
func (r *resting) note(requests, alertReads int64) (read bool) {
	if n := len(r.requests); n > 0 {
		read = alertReads > r.alertReads[n-1] || requests-r.requests[n-1] > restRequests/2
	}
	r.requests, r.alertReads = append(r.requests, requests), append(r.alertReads, alertReads)
	return read
}

// is reports whether everything is read.
func (r *resting) is() bool {
	last, before := len(r.requests)-1, len(r.requests)-1-restSlices
	return before >= 0 && r.alertReads[last] == r.alertReads[before] && r.requests[last]-r.requests[before] <= restRequests
}

// busyBytesOf is how many bytes a minute are drawn while all sources are read each
// second, and the cursor moves down as often.
func busyBytesOf(ctx context.Context, t *terminal) (aMinute float64, err error) {
	const times = 20
	before, begun := t.sent(), time.Now()
	for range times {
		if err := t.key("\x12"); err != nil { // ctrl-r
			return 0, err
		}
		if err := pause(ctx, time.Second/2); err != nil {
			return 0, err
		}
		if err := t.key("j"); err != nil {
			return 0, err
		}
		if err := pause(ctx, time.Second/2); err != nil {
			return 0, err
		}
	}
	return float64(t.sent()-before) / time.Since(begun).Minutes(), nil
}

func share(used, of time.Duration) float64 { return float64(used) / float64(of) * 100 }

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// measureStored starts the program with what it stored, while no server
// answers.
func (o *options) measureStored(ctx context.Context, w *trial, states []string, r *results) error {
	for program, state := range states {
		if state != "" {
			continue // it has run to its rest
		}
		o.say("reading everything once")
		states[program] = w.fresh()
		unmeasured := *o
		unmeasured.rows = nil
		if err := unmeasured.measureSteady(ctx, w, program, states[program], r); err != nil {
			return err
		}
	}
	o.say("last-known screen")
	w.mute.Store(true)
	defer w.mute.Store(false)
	return o.eachRound(func(program int) error {
		const times = 3
		for range times {
			t, err := w.screen(ctx, program, states[program])
			if err != nil {
				return err
			}
			at, err := t.see(ctx, hasRows)
			if err != nil {
				t.kill()
				return err
			}
			r.add(program, newMetric("last", storedScreen, "ms", w.size.String()), milliseconds(at.Sub(t.begun)))
			if err := t.quit(); err != nil {
				return err
			}
		}
		return nil
	})
}
