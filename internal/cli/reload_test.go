package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/crash"
	"firstline/sources"
	"firstline/ui"
	"firstline/ui/list"
)

// TestReload changes the configuration while sources are polled: what is good is offered,
// what is not is refused with its line, and sources that stay go on.
func TestReload(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	begin := string(text)
	w.atScreen(func(ctx context.Context, s *setup) error {
		feed := s.startPolling(ctx, func(*crash.Fault) {})
		defer feed.stop()
		close(feed.opened)
		a := newApp(nil, io.Discard, io.Discard, "test")
		a.now, a.stateHome, a.flags.config = w.clock, w.state, w.config
		var gave []reloaded
		r := &reloader{app: a, feed: feed, give: func(_ context.Context, r reloaded) { gave = append(gave, r) }}
		offers := make(chan ui.Configuration, 1)
		offer := a.offering(feed, s.screenOptions(feed, s.firstOptions(list.First{}, true)), offers)
		// changed checks the file, and returns what the screen is offered of it.
		changed := func() ui.Configuration {
			t.Helper()
			gave = nil
			r.check(ctx)
			if len(gave) != 1 || gave[0].next == nil {
				t.Fatalf("it gave away %+v", gave)
			}
			offer(ctx, gave[0])
			return <-offers
		}
		first := readAll(t, feed.channel(), "pagerduty", "prom", "am")

		r.check(ctx)
		if len(gave) != 0 {
			t.Errorf("without a change: %+v", gave)
		}

		w.configure(begin, "[me]\n[list]\nsparklin = true\n")
		r.check(ctx)
		w.configure(begin, "[list]\nsparklin = true\n")
		r.check(ctx)
		if len(gave) != 2 || gave[1].next != nil || !strings.Contains(gave[1].refused, "config.toml:") || !strings.Contains(gave[1].refused, "sparkline") || !strings.Contains(gave[1].refused, "stays") {
			t.Errorf("of a wrong configuration it gave %+v", gave)
		}

		w.configure(begin)
		r.check(ctx)
		if len(gave) != 3 || !gave[2].asItWas || gave[2].refused != "" || gave[2].next != nil {
			t.Errorf("of the first configuration it gave %+v", gave[2:])
		}

		// Another Prometheus, another owner, and no Alertmanager.
		w.configure(w.pagerDuty(), strings.Replace(w.prometheus(), "\"prom\"", "\"prom-b\"", 1), "[[service]]\nname = \"checkout\"\nescalation_policy = \"First line\"\n")
		c := changed()
		if got := strings.Join(c.Tables, " "); got != "[[prometheus]] [[alertmanager]] [runbooks] [[service]]" {
			t.Errorf("the tables that differ are %s", got)
		}
		o, unread := c.Take()
		if !slices.Equal(unread, []string{"prom-b"}) || len(o.Initial) != 2 || len(o.Doer.Silencers) != 0 {
			t.Errorf("unread are %v, the sources %v", unread, o.Initial)
		}
		second := readAll(t, o.Snapshots, "pagerduty", "prom-b")
		if len(second["prom-b"].Data.Alerts) != len(first["prom"].Data.Alerts) {
			t.Errorf("prom-b has %d alerts", len(second["prom-b"].Data.Alerts))
		}

		// Only how often it is read: the client goes on.
		client := feed.polled["prom-b"].reader
		w.configure(w.pagerDuty(), strings.Replace(w.prometheus(), "\"prom\"", "\"prom-b\"", 1)+"interval = \"30s\"\n")
		if o, unread = changed().Take(); len(unread) != 0 || feed.polled["prom-b"].reader != client {
			t.Errorf("after another interval %v are unread", unread)
		}
		readAll(t, o.Snapshots, "prom-b")

		// The account is another one once its teams are.
		w.configure(strings.Replace(w.pagerDuty(), "[pagerduty]\n", "[pagerduty]\nteams = [\"Payments\"]\n", 1))
		if _, unread = changed().Take(); !slices.Equal(unread, []string{"pagerduty"}) || len(feed.polled) != 1 {
			t.Errorf("with other teams %v are unread", unread)
		}
		return nil
	}).want(t, exitDone)
}

// TestReloadsLeaveNothingBehind: what a configuration does not use any more is closed, however
// often the file is changed.
func TestReloadsLeaveNothingBehind(t *testing.T) {
	w := newHarness(t) // alone: it counts the goroutines of the program
	w.atScreen(func(ctx context.Context, s *setup) error {
		feed := s.startPolling(ctx, func(*crash.Fault) {})
		defer feed.stop()
		close(feed.opened)
		a := newApp(nil, io.Discard, io.Discard, "test")
		a.now, a.stateHome, a.flags.config = w.clock, w.state, w.config
		var next *setup
		r := &reloader{app: a, feed: feed, give: func(_ context.Context, r reloaded) { next = r.next }}
		readAll(t, feed.channel(), "pagerduty", "prom", "am")
		reload := func(i int, use bool) {
			t.Helper()
			name := fmt.Sprint("prom-", i)
			w.configure(strings.Replace(w.pagerDuty(), "[pagerduty]\n", fmt.Sprintf("[pagerduty]\nteams = [\"Team %d\"]\n", i), 1),
				strings.Replace(w.prometheus(), "\"prom\"", strconv.Quote(name), 1), w.alertmanager()+fmt.Sprintf("max_alerts = %d\n", 100+i))
			r.check(ctx)
			if use {
				snapshots, _ := feed.use(next)
				for answered := map[string]bool{}; len(answered) < 3; {
					answered[(<-snapshots).Source.Name] = true
				}
			}
		}
		reload(0, true)
		begin := runtime.NumGoroutine()
		for i := 1; i <= 100; i++ {
			reload(i, i%3 != 0) // else it waits under a dialog, and another one comes
		}
		deadline := time.Now().Add(time.Minute)
		for runtime.NumGoroutine() > begin+10 { // what ends takes a moment
			if time.Now().After(deadline) {
				var stacks strings.Builder
				_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
				t.Fatalf("there were %d goroutines, and are %d:\n%s", begin, runtime.NumGoroutine(), stacks.String())
			}
			runtime.Gosched()
		}
		if len(next.closers) > 0 || len(s.closers) > 3 {
			t.Errorf("%d and %d closers are kept", len(next.closers), len(s.closers))
		}
		return nil
	}).want(t, exitDone)
}

// printed is what a program that goes on has printed.
type printed struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func (l *printed) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.text.Write(p)
	select {
	case l.more <- struct{}{}:
	default:
	}
	return n, err
}

func (l *printed) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait waits until something was printed that was not before, and returns all that was
// printed since.
func (l *printed) wait(t *testing.T, text string) string {
	t.Helper()
	late := time.After(time.Minute)
	for {
		if all := l.String(); strings.Contains(all, text) {
			l.mu.Lock()
			l.text.Reset()
			l.mu.Unlock()
			return all
		}
		select {
		case <-l.more:
		case <-late:
			t.Fatalf("%q is not in\n%s", text, l)
		}
	}
}

// TestWatchesFollowTheConfiguration: what prints changes goes on with a changed file as the
// screen does.
func TestWatchesFollowTheConfiguration(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"watch":        {"watch", "--filter", "@wanted"},
		"list --watch": {"list", "--watch", "--format", "{{.id}} {{.service}}", "--filter", "@wanted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newHarness(t)
			text, err := os.ReadFile(w.config)
			if err != nil {
				t.Fatal(err)
			}
			filters := func(expression string) string { return "[filters]\nwanted = " + strconv.Quote(expression) + "\n" }
			w.configure(string(text), filters("service=checkout"))
			out, errOut := &printed{more: make(chan struct{}, 1)}, &printed{more: make(chan struct{}, 1)}
			ctx, cancel := context.WithCancel(t.Context())
			a := newApp(strings.NewReader(""), out, errOut, "test")
			a.now, a.stateHome = w.clock, w.state
			ended := make(chan int)
			go func() { ended <- a.run(ctx, append([]string{"--config", w.config}, args...)) }()
			defer func() { cancel(); <-ended }()
			isList := args[0] == "list"
			if isList {
				out.wait(t, " checkout\n")
			} else {
				errOut.wait(t, "watching pagerduty, prom, am")
			}

			w.configure(string(text), "[filtrs]\n")
			if got := errOut.wait(t, "stays\n"); !strings.Contains(got, "the changed configuration is not used: config.toml:") || !strings.Contains(got, "filters") {
				t.Errorf("of a fault it says %s", got)
			}
			w.configure(string(text), filters("service=checkout"))
			errOut.wait(t, "can be read again, and is as it was\n")
			w.configure(string(text))
			if got := errOut.wait(t, "stays\n"); !strings.Contains(got, "not used: --filter") {
				t.Errorf("of a filter that is gone it says %s", got)
			}

			// Other rules name the service of the same rows otherwise, and another source is not
			// there: no change.
			w.configure(w.pagerDuty(), w.prometheus(), filters("service=till"), "[[service]]\nname = \"till\"\nmatch = 'service=\"checkout\"'\n")
			if got := errOut.wait(t, "is used now: "); !strings.Contains(got, "[filters]") {
				t.Errorf("it says %s", got)
			}
			if isList {
				out.wait(t, " till\n")
				return
			}
			if got := out.String(); got != "" {
				t.Errorf("it prints %s", got)
			}
			w.configure(strings.Replace(w.pagerDuty(), "[pagerduty]\n", "[pagerduty]\ninterval = \"5s\"\n", 1), filters("service=checkout"))
			errOut.wait(t, "is used now: [pagerduty], [[prometheus]], [[service]], [filters]")
			i := w.incident(notifiedAlert)
			if status := w.demo.PagerDuty.Do("PUANNS1", http.MethodPut, "/incidents/"+i.ID, `{"incident":{"type":"incident","status":"acknowledged"}}`); status != http.StatusOK {
				t.Fatalf("the status is %d", status)
			}
			if got := out.wait(t, "(checkout, critical)\n"); !strings.Contains(got, "Acknowledged by Ann") {
				t.Errorf("it prints %s", got)
			}
		})
	}
}

// readAll waits until each of the sources has answered in full, and wants no other one.
func readAll(t *testing.T, snapshots <-chan sources.Snapshot, names ...string) map[string]sources.Snapshot {
	t.Helper()
	answers := map[string]sources.Snapshot{}
	for len(answers) < len(names) {
		snap := <-snapshots
		if snap.Err != nil || !slices.ContainsFunc(append(names, "pagerduty"), func(name string) bool { return name == snap.Source.Name }) {
			t.Errorf("%s says %v", snap.Source.Name, snap.Err)
		}
		if !snap.Earlier && !snap.Partial && slices.Contains(names, snap.Source.Name) {
			answers[snap.Source.Name] = snap
		}
	}
	return answers
}
