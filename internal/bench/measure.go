//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	for _, s := range o.sizes {
		if err := o.inFleet(ctx, s, func(w *trial) error { return o.measureFleet(ctx, w, r) }); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	if o.wants("keys", "bytes") {
		large := size{rows, 0, 0}
		for _, s := range o.sizes {
			if s.alerts > large.alerts {
				large = size{rows, s.incidents, s.alerts}
			}
		}
		if err := o.inFleet(ctx, large, func(w *trial) error { return o.measureKeys(ctx, w, r) }); err != nil {
			return fmt.Errorf("%s: %w", large, err)
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
	all, err := serve(ctx, s, o.latency, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, all.close()) }()
	w := &trial{servers: all, size: s, programs: o.binaries}
	if w.dir, err = os.MkdirTemp(o.dir, "fleet-"); err != nil {
		return err
	}
	if w.config, err = all.configure(w.dir, [2]time.Duration{}); err != nil {
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
			command := w.command(ctx, program, state, "list")
			var out, errOut strings.Builder
			command.Stdout, command.Stderr = &out, &errOut
			begun := time.Now()
			err := command.Run()
			took := time.Since(begun)
			// 3: something was not read, which the output says.
			if code := command.ProcessState.ExitCode(); code != 0 && code != 3 || !rowOf.MatchString(out.String()) {
				return fmt.Errorf("list: %w\n%s%s", err, out.String(), errOut.String())
			}
			r.add(program, newMetric("list", what, "s", w.size.String()), took.Seconds())
		}
		return nil
	})
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
	for asked, since := w.alertReads.Load(), time.Now(); ; {
		const slice = 5 * time.Second
		cpu, err := used(slice)
		if err != nil {
			return err
		}
		now := w.alertReads.Load()
		if now != asked && time.Since(t.begun) > beginning && o.wants("reading") {
			r.add(program, newMetric("reading", readingCPU, "% of a core", fleet), share(cpu, slice))
		}
		if now != asked {
			asked, since = now, time.Now()
		}
		if time.Since(since) > restAfter {
			break
		}
	}
	if o.wants("idle", "memory") {
		before := w.requests.Load()
		cpu, err := used(o.idle)
		if err != nil {
			return err
		}
		if o.wants("idle") {
			r.add(program, newMetric("idle", idleCPU, "% of a core", fleet), share(cpu, o.idle))
			r.add(program, newMetric("idle", asked, "a minute", fleet), float64(w.requests.Load()-before)/o.idle.Minutes())
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

// restAfter is how long nobody has asked for an incident's alerts when all are
// read: longer than between two polls.
const restAfter = 18 * time.Second

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

// marked is the line of the list with the cursor, and its text.
func marked(t *terminal) (int, string) {
	for y := 1; y < height-1; y++ {
		if line := t.line(y); strings.Contains(line, "▌") {
			return y, line[:len(line)/2]
		}
	}
	return 0, ""
}

// measureKeys times keys, and counts the bytes that are drawn for them.
func (o *options) measureKeys(ctx context.Context, w *trial, r *results) error {
	return o.eachRound(func(program int) error {
		t, err := w.screen(ctx, program, w.fresh())
		if err != nil {
			return err
		}
		defer t.kill()
		if _, err := t.see(ctx, hasRows); err != nil {
			return err
		}
		if err := pause(ctx, 5*time.Second); err != nil {
			return err
		}
		if o.wants("keys") {
			o.say("keys")
			if err := o.timeKeys(ctx, t, program, false, w, r); err != nil {
				return err
			}
			if err := o.timeKeys(ctx, t, program, true, w, r); err != nil {
				return err
			}
		}
		if o.wants("bytes") {
			o.say("bytes")
			if err := o.countBytes(ctx, t, program, w, r); err != nil {
				return err
			}
		}
		return t.quit()
	})
}

// press sends a key and waits for the frame in which the cursor's line is another.
func press(ctx context.Context, t *terminal, key string) (took time.Duration, err error) {
	t.mu.Lock()
	line, text := marked(t)
	t.mu.Unlock()
	w := t.expect(func(t *terminal) bool {
		l, s := marked(t)
		return l != 0 && (l != line || s != text)
	})
	begun := time.Now()
	if err := t.key(key); err != nil {
		return 0, err
	}
	at, err := t.wait(ctx, w)
	if err != nil {
		return 0, fmt.Errorf("the cursor stays: %w", err)
	}
	return at.Sub(begun), nil
}

// timeKeys times keys from when they are sent to when the frame that shows the
// next row has arrived, at moments that have nothing to do with the program's
// own clock.
func (o *options) timeKeys(ctx context.Context, t *terminal, program int, reading bool, w *trial, r *results) error {
	var took []float64
	var read time.Time
	down := 0 // from the first row
	for range o.keys {
		if err := pause(ctx, 20*time.Millisecond+rand.N(40*time.Millisecond)); err != nil {
			return err
		}
		if reading && time.Since(read) > time.Second {
			read = time.Now()
			if err := t.key("\x12"); err != nil { // ctrl-r
				return err
			}
			continue
		}
		if down%(w.size.alerts/2) == 0 { // what flaps may be gone
			if err := t.key("g"); err != nil {
				return err
			}
			if _, err := quiet(ctx, t); err != nil {
				return err
			}
		}
		one, err := press(ctx, t, "j")
		if err != nil {
			return err
		}
		down++
		took = append(took, milliseconds(one))
	}
	slices.Sort(took)
	names := []string{keyP50, keyP99}
	if reading {
		names = []string{busyP50, busyP99}
	}
	for i, p := range []float64{50, 99} {
		r.add(program, newMetric("keys", names[i], "ms", w.size.String()), percentile(took, p))
	}
	return nil
}

// quiet waits until nothing was drawn for a while, and gives the bytes so far.
func quiet(ctx context.Context, t *terminal) (int, error) {
	for {
		before := t.sent()
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return 0, err
		}
		if t.sent() == before {
			return before, nil
		}
	}
}

func (o *options) countBytes(ctx context.Context, t *terminal, program int, w *trial, r *results) error {
	const times = 20
	count := func(what string) error {
		var all []float64
		for range times {
			before, err := quiet(ctx, t)
			if err != nil {
				return err
			}
			if _, err := press(ctx, t, "j"); err != nil {
				return err
			}
			after, err := quiet(ctx, t)
			if err != nil {
				return err
			}
			all = append(all, float64(after-before))
		}
		// Now and then the age of a source is drawn in between.
		r.add(program, newMetric("bytes", what, "bytes", w.size.String()), spreadOf(all).middle)
		return nil
	}
	if err := t.key("g"); err != nil {
		return err
	}
	if err := count(bytesKey); err != nil {
		return err
	}
	for range height { // to the edge
		if _, err := press(ctx, t, "j"); err != nil {
			return err
		}
	}
	if err := count(bytesEdge); err != nil {
		return err
	}
	before, err := quiet(ctx, t)
	if err != nil {
		return err
	}
	const held, each = 90, time.Second / 30
	for range held {
		if err := t.key("j"); err != nil {
			return err
		}
		if err := pause(ctx, each); err != nil {
			return err
		}
	}
	after, err := quiet(ctx, t)
	if err != nil {
		return err
	}
	r.add(program, newMetric("bytes", bytesHeld, "bytes", w.size.String()), float64(after-before)/held)
	return nil
}
