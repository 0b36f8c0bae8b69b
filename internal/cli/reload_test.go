package cli

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

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
		var said []string
		s.say = func(sentence string) { said = append(said, sentence) }
		feed := s.startPolling(ctx, func(*crash.Fault) {})
		defer feed.stop()
		close(feed.opened)
		a := newApp(nil, io.Discard, io.Discard, "test")
		a.now, a.stateHome, a.flags.config = w.clock, w.state, w.config
		r := &reloader{app: a, feed: feed, offers: make(chan ui.Configuration, 1), options: s.screenOptions(feed, s.firstOptions(list.First{}, true))}
		defer func() {
			for _, made := range r.made {
				made.close()
			}
		}()
		first := readAll(t, r.options.Snapshots, "pagerduty", "prom", "am")

		r.check(ctx)
		if len(said) != 0 || len(r.offers) != 0 {
			t.Errorf("without a change: %v", said)
		}

		w.configure(begin, "[me]\n[list]\nsparklin = true\n")
		r.check(ctx)
		w.configure(begin, "[list]\nsparklin = true\n")
		r.check(ctx)
		if len(said) != 2 || !strings.Contains(said[1], "config.toml:") || !strings.Contains(said[1], "sparkline") || !strings.Contains(said[1], "stays") || len(r.offers) != 0 {
			t.Errorf("of a wrong configuration is said %q", said)
		}

		w.configure(begin)
		r.check(ctx)
		if said = said[2:]; len(said) != 1 || !strings.Contains(said[0], "as it was") || len(r.offers) != 0 {
			t.Errorf("of the first configuration is said %q", said)
		}

		// Another Prometheus, another owner, and no Alertmanager.
		w.configure(w.pagerDuty(), strings.Replace(w.prometheus(), "\"prom\"", "\"prom-b\"", 1), "[[service]]\nname = \"checkout\"\nescalation_policy = \"First line\"\n")
		r.check(ctx)
		offer := <-r.offers
		if got := strings.Join(offer.Tables, " "); got != "[[prometheus]] [[alertmanager]] [runbooks] [[service]]" {
			t.Errorf("the tables that differ are %s", got)
		}
		o, unread := offer.Take()
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
		r.check(ctx)
		offer = <-r.offers
		if o, unread = offer.Take(); len(unread) != 0 || feed.polled["prom-b"].reader != client {
			t.Errorf("after another interval %v are unread", unread)
		}
		readAll(t, o.Snapshots, "prom-b")

		// The account is another one once its teams are.
		w.configure(strings.Replace(w.pagerDuty(), "[pagerduty]\n", "[pagerduty]\nteams = [\"Payments\"]\n", 1))
		r.check(ctx)
		offer = <-r.offers
		if _, unread = offer.Take(); !slices.Equal(unread, []string{"pagerduty"}) || len(feed.polled) != 1 {
			t.Errorf("with other teams %v are unread", unread)
		}
		return nil
	}).want(t, exitDone)
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
