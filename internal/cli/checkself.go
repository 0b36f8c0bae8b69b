package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"firstline/internal/crash"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/sources/pagerduty"
)

// What needs attention of firstline itself.
const (
	// slowWrite is how long a write to the state file may take: an action waits for
	// several.
	slowWrite = 500 * time.Millisecond
	// slowRead is how long reading a source may take, if it is not read more rarely.
	slowRead = 5 * time.Second
	// journalTime is how far back the writes in the journal are counted.
	journalTime = 30 * 24 * time.Hour
)

// self checks firstline itself.
func (c *checker) self(ctx context.Context) {
	c.crashes()
	if warning := c.s.openState(ctx); c.s.state == nil {
		c.add("state", wrong, "%s", warning)
	} else {
		if warning != "" {
			c.add("state", mind, "%s", warning)
		}
		c.s.learnStoredZone(ctx)
		c.state(ctx)
		c.journal(ctx)
		c.history(ctx)
	}
	c.speed(ctx)
	c.requests()
}

// crashes reports the files that faults left.
func (c *checker) crashes() {
	paths, err := crash.Files(c.s.stateDirectory)
	switch n := len(paths); {
	case err != nil:
		c.add("crashes", wrong, "%v", err)
	case n > 0:
		c.add("crashes", mind, "firstline ended %s by a fault of its own, the last is in %s: report it, then delete the file", wording.Count(n, "time"), paths[n-1])
	default:
		c.add("crashes", fine, "no run left a crash file")
	}
}

// state reports whether the state file is whole and can be written.
func (c *checker) state(ctx context.Context) {
	const name = "state"
	h, err := c.s.state.Health(ctx)
	switch {
	case err != nil:
		c.add(name, wrong, "%v", err)
		return
	case h.Fault != "":
		c.add(name, wrong, "%s is damaged (%s): close all firstlines and start one, which sets the file aside", c.s.state.Path(), h.Fault)
		return
	}
	began := time.Now()
	err = c.s.state.TryWrite(ctx)
	took := time.Since(began)
	size := fmt.Sprintf("%.1f MB", float64(h.Size)/1e6)
	switch {
	case err != nil:
		c.add(name, wrong, "nothing is saved, and the journal misses what is sent: %v. Make room or mend the permissions", err)
	case took > slowWrite:
		c.add(name, mind, "%s is whole (%s), and a write takes %s: each action waits for several; put it on a local disk (XDG_STATE_HOME)", c.s.state.Path(), size, shortly(took))
	default:
		c.add(name, fine, "%s is whole (%s), and a write takes %s", c.s.state.Path(), size, shortly(took))
	}
	if h.Others > 0 {
		c.add(name, fine, "open at the same time: %s; all share PagerDuty's request limit", wording.Count(h.Others, "other firstline"))
	}
	if n := len(h.Damaged); n > 0 {
		slices.Sort(h.Damaged)
		c.add(name, mind, "set aside as damaged: %s, the last is %s: what was done before is in the journal there; delete it when nobody needs it", wording.Count(n, "file"), h.Damaged[n-1])
	}
}

// shortly writes how long something took.
func shortly(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%d ms", max(d.Milliseconds(), 1))
	}
	return roundly(d)
}

// journal reports what came of what was sent from this machine.
func (c *checker) journal(ctx context.Context) {
	const name = "journal"
	entries, err := c.s.state.Journal(ctx, c.s.now().Add(-journalTime))
	var open []store.Entry
	if err == nil {
		open, err = c.s.state.Open(ctx)
	}
	if err != nil {
		c.add(name, wrong, "%v", err)
		return
	}
	under := 0
	open = slices.DeleteFunc(open, func(e store.Entry) bool {
		b, by, err := (journal{c.s.state}).begun(ctx, e)
		is := err == nil && b.Outcome == "" && (journal{c.s.state}).underWay(b.At, by, c.s.now())
		if is {
			under++
		}
		return is
	})
	counts := map[string]int{}
	for _, e := range entries {
		if e.Outcome != "" && e.Outcome != string(respond.Unknown) {
			counts[e.Outcome]++
		}
	}
	if under > 0 {
		counts["under way"] = under
	}
	parts := make([]string, 0, len(counts))
	for _, outcome := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[outcome], oneLine(outcome)))
	}
	c.add(name, fine, "%s in the last 30 days: %s", wording.Count(len(entries), "write"), cmp.Or(strings.Join(parts, ", "), "none"))
	if n := len(open); n > 0 {
		c.add(name, mind, "the outcome of %s is unknown, the first of %s: `firstline history --open` names them; look at the incident before you do the same again",
			wording.Count(n, "write"), wallclock.Of(c.s.now()).Stamp(open[0].At))
	}
}

// history reports how old the stored history is.
func (c *checker) history(ctx context.Context) {
	const name = "history"
	if c.s.account == nil {
		return
	}
	scopes, err := c.s.state.PastScopes(ctx)
	count := 0
	if err == nil {
		count, err = c.s.state.PastCount(ctx)
	}
	if err != nil {
		c.add(name, wrong, "%v", err)
		return
	}
	if len(scopes) == 0 {
		c.add(name, unsure, "it was never read; `firstline sync` reads it for the report")
		return
	}
	for _, scope := range scopes {
		log, _, readAt, err := c.s.state.PastSpans(ctx, scope)
		if err != nil {
			c.add(name, wrong, "%v", err)
			return
		}
		of := "the account"
		if len(c.s.config.PagerDuty) > 1 {
			of = "all accounts"
		}
		if scope != "" {
			of = wording.Count(len(strings.Split(scope, ",")), "team")
		}
		age := c.s.now().Sub(readAt)
		v, advice := fine, ""
		if age > oldSync {
			v, advice = mind, ": run `firstline sync`"
		}
		c.add(name, v, "that of %s was last read %s ago (%s in all), %s%s", of, roundly(max(age, 0)), wording.Count(count, "incident"), reaches(log, wallclock.Of(c.s.now())), advice)
	}
}

// reaches says which time was read. The spans are in order.
func reaches(log []sources.Span, clock wallclock.Clock) string {
	if len(log) == 0 {
		return "and which time that covers is not known"
	}
	text := "from " + clock.Stamp(log[0].Since) + " on"
	if n := len(log) - 1; n > 0 {
		last := sources.Span{Since: log[n-1].Until, Until: log[n].Since}
		text += fmt.Sprintf(", but for %s, the last from %s to %s", wording.Count(n, "gap"), clock.Stamp(last.Since), clock.Stamp(last.Until))
	}
	return text
}

// timed measures how long reading a source takes.
type timed struct {
	sources.Reader
	took func(time.Duration)
}

func (r timed) Read(ctx context.Context, partial func(sources.Data)) (sources.Data, error) {
	began := time.Now()
	defer func() { r.took(time.Since(began)) }()
	return r.Reader.Read(ctx, partial)
}

// speed reads each source as the list does, and reports how long it took.
func (c *checker) speed(ctx context.Context) {
	if len(c.s.readers) == 0 {
		c.add("sources", wrong, "%v", c.s.needSource())
		return
	}
	var mu sync.Mutex
	took := map[string]time.Duration{}
	l := c.s.readAs(ctx, func(r sources.Reader) sources.Reader {
		return timed{r, func(d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			took[r.Source().Name] += d
		}}
	})
	for n, snap := range l.snapshots {
		name, limit := snap.Source.Name, max(slowRead, c.s.readers[n].interval)
		switch d := took[name]; {
		case !snap.OK():
			c.add(name, wrong, "%s", strings.TrimPrefix(failure(snap), name+": "))
		case d > limit:
			c.add(name, mind, "it was read in %s, and is to be read every %s: what the screen shows of it is older", shortly(d), c.s.readers[n].interval)
		default:
			c.add(name, fine, "it was read in %s", shortly(d))
		}
	}
}

// requests reports how much of PagerDuty's limit is used. It comes after the sources
// were read, whose answers say it.
func (c *checker) requests() {
	for _, client := range c.s.clients {
		c.budget("requests"+c.s.inAccount(client.Source()), client.Budget())
	}
}

func (c *checker) budget(name string, b pagerduty.Budget) {
	const all = "by all terminals and tools with your token together"
	switch used := b.Limit - b.Left; {
	case c.s.demo:
		c.add(name, fine, "the demo's PagerDuty has no limit")
	case b.Refused:
		c.add(name, wrong, "PagerDuty refuses requests for now, because there were too many %s: close other screens, or find what else uses the token", all)
	case !b.Reported:
		c.add(name, unsure, "PagerDuty does not say how many requests of its limit are used")
	case used > b.Limit*2/3:
		c.add(name, mind, "%d of the %d requests of this minute are used, %s: close other screens, or find what else uses the token", used, b.Limit, all)
	default:
		c.add(name, fine, "%d of the %d requests of this minute are used, %s", used, b.Limit, all)
	}
}
