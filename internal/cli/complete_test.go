package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
	"firstline/internal/race"
	"firstline/sources/demo"
)

// largeAccount is a stand-in with n open incidents of several alerts each and
// an Alertmanager that reports an alert for each, whose fingerprints are in
// what was sent to PagerDuty. Incidents have no incident_key.
func largeAccount(t *testing.T, n, alerts int, account demo.Account) (*harness, *faults.Injector) {
	t.Helper()
	account.NoIncidentKeys = true
	directory := fleetDirectory()
	directory.Users = append(directory.Users, demo.User{ID: "PU2", Name: "Eve", Email: "eve@example.com"})
	directory.Policies[0].Levels = append(directory.Policies[0].Levels, demo.PolicyLevel{Delay: time.Hour, UserIDs: []string{"PU2"}})
	p := demo.NewPagerDuty(demo.PagerDutyOptions{Directory: directory, Account: account, RequestsPerMinute: 100_000})
	var groups []string
	for i := range n {
		var events []demo.Event
		for j := range alerts {
			events = append(events, demo.Event{
				DedupKey: fmt.Sprintf("key-%d-%d", i, j),
				Payload: &demo.Payload{Summary: fmt.Sprintf("Alert%d", i), Details: map[string]any{"firing": []any{map[string]any{
					"status": "firing", "fingerprint": fmt.Sprintf("%016x", i*100+j), "labels": map[string]any{"alertname": fmt.Sprintf("Alert%d", i), "pod": fmt.Sprint(j)},
				}}}},
			})
		}
		p.OpenIncident("PS1", events[0], events[1:]...)
		since := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
		groups = append(groups, fmt.Sprintf(`{"labels":{"alertname":"Alert%d"},"receiver":{"name":"pd"},"alerts":[{"labels":{"alertname":"Alert%d","pod":"0"},"annotations":{},"startsAt":%q,"updatedAt":%q,"endsAt":"2099-01-01T00:00:00Z","fingerprint":"%016x","receivers":[{"name":"pd"}],"status":{"state":"active","silencedBy":[],"inhibitedBy":[],"mutedBy":[]}}]}`, i, i, since, since, i*100))
	}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	answers := map[string]string{
		"/api/v2/alerts/groups": "[" + strings.Join(groups, ",") + "]", "/api/v2/silences": "[]",
		"/api/v2/status": `{"cluster":{"status":"disabled"},"versionInfo":{"version":"0.31.1"},"uptime":"2026-01-01T00:00:00Z","config":{"original":"route:\n  receiver: pd\nreceivers:\n- name: pd\n"}}`,
	}
	am := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(answers[r.URL.Path]))
	}))
	t.Cleanup(am.Close)
	w := &harness{t: t, now: time.Now(), state: t.TempDir()}
	w.configure(fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n[first_line]\nescalation_policy = \"PP1\"\n[[alertmanager]]\nurl = %q\n", demo.Email, server.URL, am.URL))
	return w, faults.Into(p)
}

// TestListProvesALargeAccount: every incident is joined by proof, in few
// requests.
func TestListProvesALargeAccount(t *testing.T) {
	t.Parallel()
	race.Skip(t)
	w, p := largeAccount(t, 2000, 1, demo.Account{})
	r := w.run("list", "--json").want(t, exitDone)
	asked := len(p.Requests())
	l := readList(t, r.out)
	joined := 0
	for _, g := range l.Groups {
		if g.Incident != nil && len(g.Alerts) == 1 && g.JoinedBy != nil && *g.JoinedBy == "fingerprint" {
			joined++
		}
	}
	t.Logf("%d of %d groups are joined by proof, %d requests", joined, len(l.Groups), asked)
	if joined != 2000 || len(l.Groups) != 2000 || asked > 23 {
		t.Errorf("%d of %d groups are joined by proof, %d requests", joined, len(l.Groups), asked)
	}
	for _, s := range l.Sources {
		if !s.Complete || len(s.Missing) != 0 || s.UnreadAlerts != 0 {
			t.Errorf("the source is %+v", s)
		}
	}
}

// TestListSaysWhatIsNotRead: the number, the reason and the exit status, in
// words and as JSON.
func TestListSaysWhatIsNotRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		incidents, alerts int
		account           demo.Account
		fault             *faults.Fault
		unread, status    int
		says              string
	}{
		"one alert each":             {200, 1, demo.Account{}, nil, 0, exitDone, ""},
		"no channels, few":           {20, 1, demo.Account{NoChannels: true}, nil, 0, exitDone, ""},
		"several alerts, few":        {20, 3, demo.Account{}, nil, 0, exitDone, ""},
		"several alerts, many":       {200, 3, demo.Account{}, nil, 50, exitPartly, "not all alerts of 50 of 200 incidents are read, because "},
		"no channels, many":          {200, 1, demo.Account{NoChannels: true}, nil, 50, exitPartly, "not all alerts of 50 of 200 incidents are read, because "},
		"alerts refused":             {20, 3, demo.Account{}, &faults.Fault{Path: "/incidents/", Status: 403}, 20, exitPartly, "not all alerts of 20 of 20 incidents are read, because reading those of 3 incidents in a row failed"},
		"on-calls refused":           {20, 1, demo.Account{}, &faults.Fault{Path: "/oncalls", Status: 403}, 0, exitPartly, "who is on call at 1 escalation policy is not known, because it could not be read"},
		"services refused":           {20, 1, demo.Account{}, &faults.Fault{Path: "/services", Status: 403}, 0, exitPartly, "which team owns what is not all known, because services could not be read"},
		"teams refused, not needed":  {20, 1, demo.Account{}, &faults.Fault{Path: "/teams", Status: 403}, 0, exitDone, ""},
		"policies refused, the same": {20, 1, demo.Account{}, &faults.Fault{Path: "/escalation_policies", Status: 403}, 0, exitDone, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := largeAccount(t, c.incidents, c.alerts, c.account)
			if c.fault != nil {
				p.Fail(*c.fault)
			}
			r := w.run("list", "--json").want(t, c.status)
			if !strings.Contains(r.err, c.says) || c.says == "" && r.err != "" {
				t.Errorf("it says %q, want %q", r.err, c.says)
			}
			l := readList(t, r.out)
			s := l.Sources[0]
			if s.UnreadAlerts != c.unread || s.Complete != (c.status == exitDone) || len(l.Groups) < c.incidents {
				t.Errorf("%d groups, the source is %+v", len(l.Groups), s)
			}
			if c.says != "" && (len(s.Missing) != 1 || !strings.Contains(s.Missing[0], c.says)) {
				t.Errorf("missing is %q", s.Missing)
			}
		})
	}
}

// TestCheckSaysHowFirstAlertsCome and does not take what is capped for the
// whole.
func TestCheckSaysHowFirstAlertsCome(t *testing.T) {
	w, _ := largeAccount(t, 3, 1, demo.Account{})
	w.run("check").says(t, "✓ pagerduty: the first alerts come with the incidents (all of 3 open ones)")
	w, _ = largeAccount(t, 3, 1, demo.Account{NoChannels: true})
	w.run("check").says(t, "✓ pagerduty: no first alert comes with its incident (none of 3 open ones)")
	w, p := largeAccount(t, 3, 1, demo.Account{})
	p.Fail(faults.Fault{Path: "/oncalls", Status: 403})
	r := w.run("check").says(t, "! first line: escalates to the policy First line (PP1); Who is on call at first line is not known")
	if strings.Contains(r.out, "✓ first line") {
		t.Errorf("it is sure of what it does not know:\n%s", r.out)
	}
}
