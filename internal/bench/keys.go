//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// marked is the service in the row with the cursor; empty: no row has it.
func marked(t *terminal) string {
	for y := 1; y < height-1; y++ {
		if line := t.line(y); strings.Contains(line, "▌") {
			return rowOf.FindString(line)
		}
	}
	return ""
}

// below finds how many rows the list has, in the line below it.
var below = regexp.MustCompile(`(\d+)–\d+ of (\d+)`)

// listed is how many rows the list has, and which of them is the first that is
// shown; 0 where that is not on the screen.
func listed(t *terminal) (all, first int) {
	for y := height - 1; y > 0; y-- {
		found := below.FindStringSubmatch(t.line(y))
		if found == nil {
			continue
		}
		var errs [2]error
		first, errs[0] = strconv.Atoi(found[1])
		all, errs[1] = strconv.Atoi(found[2])
		if errors.Join(errs[:]...) == nil {
			return all, first
		}
	}
	return 0, 0
}

func firstShown(t *terminal) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, first := listed(t)
	return first
}

// measureKeys times keys, and counts the bytes that are drawn for them.
func (o *options) measureKeys(ctx context.Context, w *trial, r *results) error {
	return o.eachRound(func(program int) error {
		t, err := w.screen(ctx, program, w.fresh())
		if err != nil {
			return err
		}
		defer t.kill()
		// What flaps may be gone.
		if _, err := t.see(ctx, func(t *terminal) bool {
			all, _ := listed(t)
			return all >= w.size.alerts*98/100
		}); err != nil {
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

// press sends a key and waits for the frame in which the cursor is on another
// row. It gives how long that took, and all bytes that came until then.
func press(ctx context.Context, t *terminal, key string) (took time.Duration, drawn int, err error) {
	t.mu.Lock()
	from, before := marked(t), t.read-t.marks
	t.mu.Unlock()
	w := t.expect(func(t *terminal) bool {
		to := marked(t)
		drawn = t.read - t.marks - before
		return to != "" && to != from
	})
	begun := time.Now()
	if err := t.key(key); err != nil {
		return 0, 0, err
	}
	at, err := t.wait(ctx, w)
	if err != nil {
		return 0, 0, fmt.Errorf("the cursor stays on %q: %w", from, err)
	}
	return at.Sub(begun), drawn, nil
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
		one, _, err := press(ctx, t, "j")
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

// countBytes counts what is drawn for keys, each sent once nothing more is drawn
// for the one before.
func (o *options) countBytes(ctx context.Context, t *terminal, program int, w *trial, r *results) error {
	add := func(what string, values []float64) {
		// The median: now and then the age of a source is drawn in between.
		r.add(program, newMetric("bytes", what, "bytes", w.size.String()), spreadOf(values).middle)
	}
	// count counts keys that scroll the list, or keys that do not.
	count := func(first, all string, scrolls bool) error {
		var frame, whole []float64
		for tries := 0; len(frame) < bytesTimes; tries++ {
			if tries == bytesTries {
				return fmt.Errorf("%d keys: %d of them scroll: %v", tries, len(frame), scrolls)
			}
			shown := firstShown(t)
			before, err := quiet(ctx, t)
			if err != nil {
				return err
			}
			_, drawn, err := press(ctx, t, "j")
			if err != nil {
				return err
			}
			after, err := quiet(ctx, t)
			if err != nil {
				return err
			}
			if (firstShown(t) != shown) == scrolls {
				frame, whole = append(frame, float64(drawn)), append(whole, float64(after-before))
			}
		}
		add(first, frame)
		add(all, whole)
		return nil
	}
	if err := t.key("g"); err != nil {
		return err
	}
	if err := count(bytesKey, bytesKeyAll, false); err != nil {
		return err
	}
	for range height { // to the edge
		if _, _, err := press(ctx, t, "j"); err != nil {
			return err
		}
	}
	if err := count(bytesEdge, bytesEdgeAll, true); err != nil {
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
	add(bytesHeld, []float64{float64(after-before) / held})
	return nil
}

// bytesTimes is how many keys are counted in a round, of bytesTries at most.
const bytesTimes, bytesTries = 5, 400
