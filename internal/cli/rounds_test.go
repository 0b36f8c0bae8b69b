package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/sources/demo"
)

// The variables that say how many rounds are played, and which.
const (
	roundsVariable = "FIRSTLINE_ROUNDS"
	seedVariable   = "FIRSTLINE_ROUNDS_SEED"
	usualRounds    = 60
)

// notifying are the kinds of write that make PagerDuty notify somebody.
var notifying = []string{"policy", "level", "assign", "move", "responders", "open"}

// round is one round: an action, what goes wrong with it, what goes on between,
// and the tries after that.
type round struct {
	t      *testing.T
	random *rand.Rand
	w      *harness
	pd, am *gate
	action roundAction
	// second is another action on the same that is mixed in; its name is empty
	// where none is.
	second roundAction
	// subjects are the TARGETs.
	subjects []string
	other    string
	reason   string
	tries    []try
	story    []string
	// configure writes where PagerDuty and Alertmanager are, and more of the latter.
	configure    func(pd, am, more string)
	pdURL, amURL string
	// others are the kinds of what other people did.
	others []string
	killed bool
}

// try is one run of an action.
type try struct {
	action roundAction
	// anyway: the person sends it even though the outcome of an earlier one is
	// unknown, which allows one more effect.
	anyway bool
	begun  time.Time
	// results are by the ids of the groups; none where the program was killed.
	results map[string]roundResult
	// pd and am are how many writes had been carried out when it ended.
	pd, am int
	killed bool
	// reported: before the next try, the outcome of this one was reported. denied:
	// the report said that it was not carried out.
	reported, denied bool
}

type roundResult struct{ Outcome, Sentence, Attempt string }

func (r *round) describe(format string, a ...any) {
	r.story = append(r.story, fmt.Sprintf(format, a...))
}

func (r *round) failf(format string, a ...any) {
	r.t.Errorf("%s\n  %s", fmt.Sprintf(format, a...), strings.Join(r.story, "\n  "))
}

// newRound makes a round with its harness.
func newRound(t *testing.T, random *rand.Rand, kill bool) *round {
	begin := noon
	if kill {
		begin = time.Now() // the whole program knows no other clock
	}
	r := &round{t: t, random: random, w: newHarnessAt(t, begin), killed: kill, reason: "because of it"}
	w := r.w
	w.inMemory()
	w.demo.PagerDuty.Change(func(d *demo.Directory) {
		d.Policies = slices.Clone(d.Policies)
		for n := range d.Policies {
			d.Policies[n].Levels = append(slices.Clone(d.Policies[n].Levels), demo.PolicyLevel{Delay: time.Hour, UserIDs: []string{"PUKOFI1"}}, demo.PolicyLevel{Delay: time.Hour, UserIDs: []string{"PUMEIT1"}})
		}
	})
	r.pd, r.am = &gate{under: w.demo.PagerDuty}, &gate{under: w.demo.Alertmanager, alertmanager: true}
	r.pd.later, r.am.later, r.pd.now, r.am.now = r.later, r.later, w.clock, w.clock
	pd, am := httptest.NewServer(r.pd), httptest.NewServer(r.am)
	t.Cleanup(func() { pd.Close(); am.Close() })
	r.configure = func(pd, am, more string) {
		w.configure(strings.Replace(w.pagerDuty(), w.demo.PagerDuty.URL(), pd, 1), w.prometheus(),
			strings.Replace(w.alertmanager(), w.demo.Alertmanager.URL(), am, 1), more)
	}
	r.pdURL, r.amURL = pd.URL, am.URL
	r.configure(pd.URL, am.URL, "")
	actions := roundActions()
	r.action = actions[random.IntN(len(actions))]
	r.other = w.incident("PaymentProviderErrors").ID
	if r.action.on == "" && random.IntN(3) == 0 {
		passing := slices.DeleteFunc(actions, func(a roundAction) bool {
			return a.on != "" || a.name == r.action.name || !slices.Contains(notifying, a.main)
		})
		r.second = passing[random.IntN(len(passing))]
	}
	switch r.action.on {
	case "alerts", "silenced":
		r.subjects = []string{w.groupID("NewsletterQueueStuck")}
	default:
		r.subjects = []string{w.incident(notifiedAlert).ID}
		if r.action.bulk && r.second.name == "" && random.IntN(4) == 0 {
			r.subjects = append(r.subjects, r.other)
		}
	}
	if r.action.on == "silenced" {
		w.run("silence", "--until", "1h", "--reason", "known", "--yes", r.subjects[0]).want(t, exitDone)
	}
	r.pd.writes, r.am.writes = nil, nil
	return r
}

// inMemory puts the state where a write does not wait for a disk, where there is
// such a place.
func (w *harness) inMemory() {
	dir, err := os.MkdirTemp("/dev/shm", "firstline-round-")
	if err != nil {
		return
	}
	w.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	w.state = dir
}

// args are the command line of an action.
func (r *round) args(action roundAction, anyway bool) []string {
	args := slices.Clone(action.args)
	for n, a := range args {
		if a == "$other" {
			args[n] = r.other
		}
	}
	if anyway {
		args = append(args, "--anyway")
	}
	return append(append(args, "--reason", r.reason, "--yes", "--confirm", "--json"), r.subjects...)
}

// writes are all that were carried out, PagerDuty's first.
func (r *round) writes() []carried { return slices.Concat(r.pd.all(), r.am.all()) }

// run runs a command as its own program where it is to be killed, else here.
func (r *round) run(args ...string) result {
	ctx, stop := context.WithCancel(r.t.Context())
	defer stop()
	r.pd.stopsBy(stop)
	r.am.stopsBy(stop)
	return runApp(ctx, "", func(a *app) {
		a.now, a.stateHome = r.w.clock, r.w.state
		a.wait = func(ctx context.Context, d time.Duration) error {
			r.turn(d)
			return ctx.Err()
		}
	}, append([]string{"--config", r.w.config}, args...)...)
}

// later turns the clock.
func (r *round) later(d time.Duration) {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	r.w.now = r.w.now.Add(d)
}

// turn turns the clock, and carries out on the way what is held until then.
func (r *round) turn(d time.Duration) {
	end := r.w.clock().Add(d)
	for _, g := range []*gate{r.pd, r.am} { // a round has one fault, so nothing is held by both
		for due := g.due(); !due.IsZero() && !due.After(end); due = g.due() {
			r.later(max(due.Sub(r.w.clock()), 0))
			g.carryOut()
		}
	}
	r.later(max(end.Sub(r.w.clock()), 0))
}

// runKilled runs the program until a write kills it. It reports whether it was
// killed.
func (r *round) runKilled(args ...string) (result, bool) {
	c := exec.CommandContext(r.t.Context(), os.Args[0], append([]string{"--config", r.w.config}, args...)...)
	c.Env = append(os.Environ(), runAsProgram+"=1", "XDG_STATE_HOME="+r.w.state)
	var killed atomic.Bool
	ended := make(chan struct{})
	kill := func() {
		killed.Store(true)
		_ = c.Process.Kill()
		<-ended
	}
	var out, errOut strings.Builder
	c.Stdout, c.Stderr = &out, &errOut
	// Nothing is answered before it is known how to kill it.
	r.pd.mu.Lock()
	r.am.mu.Lock()
	err := c.Start()
	r.pd.kill, r.am.kill = kill, kill
	r.am.mu.Unlock()
	r.pd.mu.Unlock()
	if err == nil {
		err = c.Wait()
	}
	close(ended)
	r.pd.mend()
	r.am.mend()
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	}
	return result{status: status, out: out.String(), err: errOut.String()}, killed.Load()
}

// try runs an action once.
func (r *round) try(action roundAction, anyway, kill bool) {
	at := try{action: action, anyway: anyway, begun: r.w.clock()}
	if kill {
		at.begun = time.Now() // the whole program knows no other clock
	}
	r.pd.begins(len(r.tries))
	r.am.begins(len(r.tries))
	before := len(r.writes())
	var got result
	if kill {
		got, at.killed = r.runKilled(r.args(action, anyway)...)
	} else {
		got = r.run(r.args(action, anyway)...)
	}
	at.pd, at.am = len(r.pd.all()), len(r.am.all())
	at.results = map[string]roundResult{}
	var out struct {
		Results []struct{ ID, Outcome, Sentence, Attempt string }
	}
	if json.Unmarshal([]byte(got.out), &out) == nil {
		for _, one := range out.Results {
			at.results[one.ID] = roundResult{one.Outcome, one.Sentence, one.Attempt}
		}
	}
	r.describe("try %d, %s, anyway %v: killed %v, status %d, %v, carried out %d, of all %v; %s", len(r.tries)+1, action.name, anyway, at.killed, got.status, at.results, len(r.writes())-before, kinds(r.writes()), strings.TrimSpace(got.err))
	r.tries = append(r.tries, at)
	for line := range strings.Lines(got.err) {
		r.hear(line)
	}
}

func kinds(writes []carried) []string {
	all := make([]string, len(writes))
	for n, w := range writes {
		all[n] = fmt.Sprintf("%s of try %d", w.kind, w.try+1)
		if w.late {
			all[n] += ", late"
		}
	}
	return all
}

// unreached tries once where no byte arrives: neither TLS nor the proxy works, or
// nobody listens.
func (r *round) unreached() {
	for name, pd := range map[string]string{
		"no TLS": strings.Replace(r.pdURL, "http:", "https:", 1), "nobody listens": "http://127.0.0.1:9",
	} {
		r.configure(pd, r.amURL, "http = { proxy_url = \"http://127.0.0.1:9\" }\n")
		r.describe("%s at PagerDuty, and the proxy of Alertmanager can't be reached", name)
		r.try(r.action, false, false)
	}
	r.configure(r.pdURL, r.amURL, "")
	if n := len(r.writes()); n > 0 {
		r.failf("%d writes arrived", n)
	}
}

// play plays a round.
func (r *round) play() {
	writes, unreadable := roundFaults(), blindnesses()
	f, b := writes[r.random.IntN(len(writes))], unreadable[r.random.IntN(len(unreadable))]
	skip := r.random.IntN(3)
	if len(r.subjects) == 1 && r.action.main != "note" && !r.action.noted {
		skip = 0
	}
	delay := lateBy[r.random.IntN(len(lateBy))]
	r.describe("%s %v; write %d meets %q (after %s, where later), unreadable then: %s", r.action.name, r.subjects, skip+1, f.name, delay, b.name)
	r.pd.aim(f, skip, b, delay)
	r.am.aim(f, 0, b, delay)
	r.try(r.action, false, r.killed)
	r.turn(tick)
	if r.killed || r.random.IntN(3) > 0 { // else it can't be read still
		r.pd.mend()
		r.am.mend()
	}
	more := 1 + r.random.IntN(3)
	if r.second.name != "" {
		more = 2 + r.random.IntN(3)
	}
	for n := range more {
		r.between()
		r.turn(tick)
		action := r.action
		if r.second.name != "" && n%2 == 0 {
			action = r.second
		}
		r.try(action, r.random.IntN(5) == 0, false)
		r.pd.mend()
		r.am.mend()
	}
	r.turn(slices.Max(lateBy)) // what is held comes now
	r.judge()
}

// lateBy are after how long a write may be carried out that was answered before.
// By the longest nobody waits any more for it, and nothing may call it failed yet.
var lateBy = []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second, 8 * time.Second, 20 * time.Second, time.Minute, 150 * time.Second, 230 * time.Second}

// TestRandomRounds plays rounds in which a write goes wrong in one of many ways,
// people act in between, and the same is tried again. The stand-in counts:
// nobody is notified, and nothing noted, twice; nothing that was done is called
// failed, and nothing that was not is called done. FIRSTLINE_ROUNDS=10000 plays
// more (docs/benchmarks.md), FIRSTLINE_ROUNDS_SEED others.
func TestRandomRounds(t *testing.T) {
	t.Parallel()
	rounds, seed := usualRounds, uint64(1)
	if race.Enabled {
		rounds = usualRounds / 3
	}
	if v := os.Getenv(roundsVariable); v != "" {
		var err error
		if rounds, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	if v := os.Getenv(seedVariable); v != "" {
		var err error
		if seed, err = strconv.ParseUint(v, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(roundFaults()); n < 40 {
		t.Errorf("only %d kinds of faults", n)
	}
	seen, tries := map[string]int{}, 0
	for n := range rounds {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			r := newRound(t, rand.New(rand.NewPCG(seed, uint64(n))), n%20 == 19)
			if n%25 == 7 {
				r.unreached()
			}
			r.play()
			if r.pd.hit || r.am.hit {
				seen["met a fault"]++
			}
			if r.second.name != "" {
				seen["mixed"]++
			}
			for _, one := range r.tries {
				tries++
				if one.anyway {
					seen["anyway"]++
				}
				if one.killed {
					seen["killed"]++
				}
				if len(one.results) == 0 {
					seen["without a result"]++
				}
				for _, res := range one.results {
					seen[res.Outcome]++
				}
			}
		})
	}
	t.Logf("%d rounds, %d tries: %v", rounds, tries, seen)
	for _, what := range []string{"done", "already", "unknown", "failed", "killed", "met a fault", "mixed", "anyway"} {
		if seen[what] == 0 && rounds >= usualRounds {
			t.Errorf("no try was %s: %v", what, seen)
		}
	}
}
