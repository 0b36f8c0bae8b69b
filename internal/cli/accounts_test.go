package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/config"
	"firstline/internal/crash"
	"firstline/internal/faults"
	"firstline/sources/demo"
)

// The tokens of the accounts.
const usToken, euToken = "us-t0ken-of-dana", "eu-t0ken-of-dana"

// company is a harness with two accounts that use the same names.
type company struct {
	*harness
	us, eu     *demo.PagerDuty
	toUS, toEU *faults.Injector
	// onUS and onEU are incidents of their services Shop; both are #1.
	onUS, onEU string
	tokens     string
}

func branch(n, name, token string) demo.Directory {
	return demo.Directory{
		Tokens: map[string]string{token: "PUDANA" + n},
		Users: []demo.User{
			{ID: "PUDANA" + n, Name: "Dana Okafor", Email: "dana@" + name + ".example.com", TimeZone: "Europe/Berlin"},
			{ID: "PUPRIY" + n, Name: "Priya of " + name, Email: "priya@example.com", TimeZone: "Asia/Kolkata"},
			{ID: "PUONLY" + n, Name: "Only " + name, Email: "only-" + name + "@example.com", TimeZone: "Europe/Berlin"},
		},
		Teams: []demo.Team{{ID: "PTSHOP" + n, Name: "Shops"}},
		Policies: []demo.Policy{
			{ID: "POWNER" + n, Name: "Developers", TeamID: "PTSHOP" + n, Levels: []demo.PolicyLevel{{Delay: 30 * time.Minute, UserIDs: []string{"PUONLY" + n}}}},
			{ID: "PFIRST" + n, Name: "First line", Levels: []demo.PolicyLevel{{Delay: 30 * time.Minute, UserIDs: []string{"PUPRIY" + n}}}},
		},
		Services: []demo.Service{{ID: "PVSHOP" + n, Name: "Shop", PolicyID: "POWNER" + n, TeamIDs: []string{"PTSHOP" + n}, RoutingKey: "R" + n}},
	}
}

func newCompany(t *testing.T) *company {
	t.Helper()
	c := &company{harness: newHarness(t), tokens: t.TempDir()}
	start := func(n, name, token string) (*demo.PagerDuty, *faults.Injector, string) {
		p := demo.NewPagerDuty(demo.PagerDutyOptions{Directory: branch(n, name, token), Now: c.clock, Account: demo.Account{Subdomain: name}})
		injector := faults.Into(p)
		if err := p.Listen(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		if err := os.WriteFile(filepath.Join(c.tokens, name), []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return p, injector, p.OpenByMail("PVSHOP"+n, demo.Mail{From: "cron@example.com", To: "shop@example.com", Subject: "Disk of " + name + " is full", ContentType: "text/plain"})
	}
	c.us, c.toUS, c.onUS = start("1", "us", usToken)
	c.eu, c.toEU, c.onEU = start("2", "eu", euToken)
	c.configure(c.account("us", c.us), c.account("eu", c.eu), "[first_line]\nname = \"First line\"\nescalation_policy = \"First line\"\n")
	return c
}

func (c *company) account(name string, p *demo.PagerDuty) string {
	return fmt.Sprintf("[[pagerduty]]\nname = %q\nurl = %q\ntoken_file = %q\nemail = \"dana@%s.example.com\"\n", name, p.URL(), filepath.Join(c.tokens, name), name)
}

// stateOf is the incident of an account.
func stateOf(t *testing.T, p *demo.PagerDuty, id string) demo.IncidentState {
	t.Helper()
	for _, i := range p.Incidents() {
		if i.ID == id {
			return i
		}
	}
	t.Fatalf("there is no incident %s", id)
	return demo.IncidentState{}
}

// writesTo are the requests that an account got which change something.
func writesTo(requests *faults.Injector) (writes []string) {
	for _, r := range requests.Requests() {
		if r.Method != "GET" {
			writes = append(writes, r.Method+" "+r.Path)
		}
	}
	return writes
}

// TestListOfSeveralAccounts: each incident is there once, with its own account's people.
func TestListOfSeveralAccounts(t *testing.T) {
	c := newCompany(t)
	l := c.list()
	if len(l.Groups) != 2 || len(l.Sources) != 2 {
		t.Fatalf("there are %d groups of %d sources", len(l.Groups), len(l.Sources))
	}
	c.run("list").want(t, exitDone).says(t, "Disk of us is full", "Disk of eu is full")
	c.run("oncall", "Shop").want(t, exitDone).says(t, "service Shop in us", "Only us", "service Shop in eu", "Only eu")
	c.run("oncall").want(t, exitDone).says(t, "First line: first line in us", "First line: first line in eu")
	c.run("oncall", "Nobody").want(t, exitFailed).says(t, "no team or service")
	c.run("check").want(t, exitDone).says(t, "us: you are Dana Okafor (dana@us.example.com)", "eu: you are Dana Okafor (dana@eu.example.com)",
		"first line in us: escalates to the policy First line (PFIRST1)", "first line in eu: escalates to the policy First line (PFIRST2)")
	c.eu.Change(func(d *demo.Directory) { d.Users[0].TimeZone = "Asia/Tokyo" })
	c.run("handover").want(t, exitDone).says(t, "CET") // of the first account
	c.run("check", "--self").want(t, exitDone).says(t, "requests in us:", "requests in eu:")
}

// TestActionsInSeveralAccounts: what is named is looked for in the account of the
// incident, and nothing is sent to another one.
func TestActionsInSeveralAccounts(t *testing.T) {
	for what, test := range map[string]struct {
		args   func(*company) []string
		status int
		says   []string
		// us and eu are how many writes each gets, -1: any number but none.
		us, eu int
		check  func(*testing.T, *company)
	}{
		"acknowledge": {
			args: func(c *company) []string { return []string{"ack", c.onEU} }, eu: -1,
			check: func(t *testing.T, c *company) {
				if i := stateOf(t, c.eu, c.onEU); i.Status != "acknowledged" || !slices.Contains(i.Acknowledgers, "PUDANA2") {
					t.Errorf("it is %+v", i)
				}
			},
		},
		"a number that both have": {
			args: func(*company) []string { return []string{"ack", "1"} }, status: exitUsage, says: []string{"names several", "us: Disk of us is full", "eu: Disk of eu is full"},
		},
		"a number while one does not answer": {
			args: func(c *company) []string {
				c.toUS.Fail(faults.Fault{Path: "/", Status: 500})
				return []string{"ack", "1"}
			},
			status: exitUsage, says: []string{"may be another incident in us, which was not read wholly: write the id"},
		},
		"an id while the other does not answer": {
			args: func(c *company) []string {
				c.toUS.Fail(faults.Fault{Path: "/", Status: 500})
				return []string{"ack", c.onEU}
			}, eu: -1,
		},
		"escalate to first line": {
			args: func(c *company) []string { return []string{"escalate", c.onEU, "--reason", "the runbook did not help"} }, eu: -1,
			check: func(t *testing.T, c *company) {
				if i := stateOf(t, c.eu, c.onEU); i.PolicyID != "PFIRST2" {
					t.Errorf("it is at %s", i.PolicyID)
				}
			},
		},
		"hand off to a person of the account": {
			args: func(c *company) []string {
				return []string{"handoff", c.onUS, "--to", "user:priya@example.com", "--reason", "x"}
			}, us: -1,
			check: func(t *testing.T, c *company) {
				if i := stateOf(t, c.us, c.onUS); !slices.Equal(i.Assignees, []string{"PUPRIY1"}) {
					t.Errorf("it is with %q", i.Assignees)
				}
			},
		},
		"hand off to a person of the other": {
			args: func(c *company) []string {
				return []string{"handoff", c.onUS, "--to", "user:only-eu@example.com", "--reason", "x"}
			},
			status: exitFailed, says: []string{`no user "only-eu@example.com"`},
		},
		"hand off to a policy of the other, by id": {
			args: func(c *company) []string {
				return []string{"handoff", c.onUS, "--to", "policy:PFIRST2", "--reason", "x"}
			},
			status: exitFailed, says: []string{`no escalation policy "PFIRST2"`},
		},
		"hand off to a team": {
			args: func(c *company) []string { return []string{"handoff", c.onEU, "--to", "team:Shops", "--reason", "x"} }, eu: -1,
		},
		"two at once": {
			args:   func(c *company) []string { return []string{"ack", c.onUS, c.onEU} },
			status: exitPartly, says: []string{"It is in the PagerDuty account eu, and this goes to us: choose it by itself."}, us: -1,
		},
		"merge into the other": {
			args:   func(c *company) []string { return []string{"merge", c.onUS, "--into", c.onEU} },
			status: exitFailed, says: []string{"is in another PagerDuty account, eu: choose one in us"},
		},
		"an id that nobody has": {
			args: func(*company) []string { return []string{"ack", "QNOBODYHASIT01"} }, status: exitFailed, says: []string{`no open group is called "QNOBODYHASIT01"`},
		},
		"an id that nobody has, while one does not answer": {
			args: func(c *company) []string {
				c.toUS.Fail(faults.Fault{Path: "/", Status: 500})
				return []string{"ack", "QNOBODYHASIT01"}
			},
			status: exitFailed, says: []string{"is not among what is open, and looking it up failed"},
		},
		"an id that nobody has, while one has no token": {
			args: func(c *company) []string {
				if err := os.Remove(filepath.Join(c.tokens, "us")); err != nil {
					c.t.Fatal(err)
				}
				return []string{"ack", "QNOBODYHASIT01"}
			},
			status: exitFailed, says: []string{"is not among what is open, and looking it up failed", "token_file"},
		},
	} {
		t.Run(what, func(t *testing.T) {
			c := newCompany(t)
			r := c.run(append(test.args(c), "--yes")...).want(t, test.status)
			r.says(t, test.says...)
			for name, got := range map[string]struct {
				writes []string
				want   int
			}{"us": {writesTo(c.toUS), test.us}, "eu": {writesTo(c.toEU), test.eu}} {
				if len(got.writes) > 0 != (got.want != 0) {
					t.Errorf("%s got %q\n%s%s", name, got.writes, r.out, r.err)
				}
			}
			if test.check != nil {
				test.check(t, c)
			}
			if strings.Contains(r.out+r.err, usToken) || strings.Contains(r.out+r.err, euToken) {
				t.Errorf("it shows a token:\n%s%s", r.out, r.err)
			}
		})
	}
}

// TestTheSameAccountTwice: two tokens of one account are one account, and not each
// incident twice.
func TestTheSameAccountTwice(t *testing.T) {
	c := newCompany(t)
	c.us.Change(func(d *demo.Directory) { d.Tokens[euToken] = "PUDANA1" })
	c.configure(c.account("us", c.us), strings.Replace(c.account("eu", c.us), "eu.example", "us.example", 1))
	c.run("list").want(t, exitPartly).says(t, "Disk of us is full", "eu: misconfigured: its token is of the same PagerDuty account as that of us")
	if l := c.list(); len(l.Groups) != 1 {
		t.Errorf("there are %d groups", len(l.Groups))
	}
}

// TestTheSameAccountTwiceOnTheScreen: the feed of the screen says it too.
func TestTheSameAccountTwiceOnTheScreen(t *testing.T) {
	c := newCompany(t)
	c.us.Change(func(d *demo.Directory) { d.Tokens[euToken] = "PUDANA1" })
	c.configure(c.account("us", c.us), strings.Replace(c.account("eu", c.us), "eu.example", "us.example", 1))
	a := newApp(strings.NewReader(""), io.Discard, io.Discard, "test")
	a.stateHome, a.flags.config = c.state, c.config
	s, err := a.newSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	feed := s.startPolling(t.Context(), func(fault *crash.Fault) { t.Error(fault) })
	if warning := s.openState(t.Context()); warning != "" {
		t.Fatal(warning)
	}
	close(feed.opened)
	var stopped sync.WaitGroup
	found := false
	for snap := range feed.channel() {
		switch {
		case found: // until the end
		case snap.Source.Name == "us" && snap.OK() && !snap.Partial:
			feed.refresh() // what was read before the other account is read again
		case snap.Source.Name == "eu" && snap.Misconfigured():
			if snap.Earlier || snap.AsOf.IsZero() || len(snap.Data.Incidents) > 0 {
				t.Errorf("it is given as %+v", snap)
			}
			found = true
			stopped.Go(feed.stop)
		}
	}
	stopped.Wait()
}

// TestHandoverOfSeveralAccounts: what an account that is not read, or not configured any
// more, still has open is not known.
func TestHandoverOfSeveralAccounts(t *testing.T) {
	c := newCompany(t)
	c.run("ack", c.onEU, "--yes").want(t, exitDone)
	c.run("escalate", c.onUS, "--reason", "x", "--yes").want(t, exitDone)
	c.now = c.now.Add(time.Minute)
	c.run("handover", "--since", "1h").want(t, exitDone).says(t, "**#1 Disk of eu is full** (open)", "**#1 Disk of us is full** (open)")
	c.configure(c.account("us", c.us))
	t.Setenv(config.TokenVariable, "")
	c.run("handover", "--since", "1h").want(t, exitDone).says(t, "**#1 Disk of us is full** (open)", "Disk of eu is full** (whether it is open is not known)")
	c.configure(c.account("us", c.us), c.account("eu", c.eu))
	c.toEU.Fail(faults.Fault{Path: "/", Status: 500})
	c.run("handover", "--since", "1h").want(t, exitPartly).says(t, "Disk of eu is full** (whether it is open is not known)", "who was notified in eu:", "Escalated to")
}

// TestThePastOfSeveralAccounts: the history has all accounts, and one that is added later
// is read from the beginning.
func TestThePastOfSeveralAccounts(t *testing.T) {
	t.Setenv(config.TokenVariable, "") // it comes before the file of an only account
	c := newCompany(t)
	c.now = c.now.Add(time.Hour)
	sync := func(more ...string) result {
		t.Helper()
		return runApp(t.Context(), "", func(a *app) {
			a.now, a.stateHome = c.clock, c.state
			a.wait = func(ctx context.Context, d time.Duration) error { // for what the account allows
				c.mu.Lock()
				defer c.mu.Unlock()
				c.now = c.now.Add(d)
				return ctx.Err()
			}
		}, append([]string{"--config", c.config, "sync", "--since", "2d"}, more...)...)
	}
	c.configure(c.account("us", c.us))
	sync().want(t, exitDone).says(t, "This run read 1 incident,")
	c.configure(c.account("us", c.us), c.account("eu", c.eu))
	sync().want(t, exitDone).says(t, "This run read 2 incidents,")
	sync().want(t, exitDone).says(t, "This run read 0 incidents,")
	c.run("history", "--incidents", "--since", "2d").want(t, exitDone).says(t, "Disk of us is full", "Disk of eu is full")
	sync("--team", "Shops").want(t, exitDone)
	c.configure(c.account("eu", c.eu))
	sync().want(t, exitFailed).says(t, "has the history of eu.pagerduty.com, us.pagerduty.com, and this is eu.pagerduty.com")
}

// TestReadinessInSeveralAccounts: a service is judged by the account that has it, and a
// name that both have means none.
func TestReadinessInSeveralAccounts(t *testing.T) {
	c := newCompany(t)
	c.eu.Change(func(d *demo.Directory) {
		d.Services = append(d.Services, demo.Service{ID: "PVMAIL2", Name: "Mail", PolicyID: "POWNER2"})
	})
	c.configure(c.account("us", c.us), c.account("eu", c.eu), "[[service]]\nname = \"Shop\"\nescalation_policy = \"Developers\"\n[[service]]\nname = \"Post\"\npagerduty = \"Mail\"\nescalation_policy = \"Developers\"\n")
	a := newApp(strings.NewReader(""), io.Discard, io.Discard, "test")
	a.now, a.stateHome, a.flags.config = c.clock, c.state, c.config
	s, err := a.newSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	m := &measuring{s: s, l: s.read(t.Context())}
	m.readOwners()
	found := map[string][]string{}
	for _, one := range m.services {
		found[one.name] = append(found[one.name], one.pagerDuty.ID+" "+one.policy.ID)
	}
	want := map[string][]string{"Shop": {" ", "PVSHOP1 POWNER1", "PVSHOP2 POWNER2"}, "Post": {"PVMAIL2 POWNER2"}}
	if !reflect.DeepEqual(found, want) {
		t.Errorf("the services are %q, want %q", found, want)
	}
	c.run("readiness").want(t, exitWanting).says(t, "Post", "Shop")
}
