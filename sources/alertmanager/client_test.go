package alertmanager

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"firstline/internal/promapi"
	"firstline/sources"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client returns a client of the server, closed with the test.
func client(t testing.TB, url string) *Client {
	t.Helper()
	c, err := New(Options{Name: "am", URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// start returns a client of h over a real connection.
func start(t testing.TB, h http.Handler) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return client(t, s.URL)
}

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// answer is the answer of a path. A code of 0 means 200.
type answer struct {
	code int
	body string
}

// answers are the answers by path.
type answers map[string]answer

// recorded returns the recorded answers of a version of Alertmanager.
func recorded(t testing.TB, version string) answers {
	t.Helper()
	return answers{
		"/api/v2/alerts/groups": {body: file(t, "groups-"+version+".json")},
		"/api/v2/silences":      {body: file(t, "silences-"+version+".json")},
		"/api/v2/status":        {body: file(t, "status-"+version+".json")},
	}
}

func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	one, ok := a[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if one.code != 0 {
		w.WriteHeader(one.code)
	}
	_, _ = w.Write([]byte(one.body))
}

func none(sources.Data) {}

func TestRead(t *testing.T) {
	for _, version := range []string{"0.25", "0.31"} {
		t.Run(version, func(t *testing.T) {
			data, err := start(t, recorded(t, version)).Read(t.Context(), none)
			if err != nil {
				t.Fatal(err)
			}
			byName := map[string]*sources.Alert{}
			for _, a := range data.Alerts {
				byName[a.Name()] = a
				if a.Source != "am" || a.ActiveSince.IsZero() || len(a.Fingerprint) != 16 {
					t.Errorf("%+v", a)
				}
			}
			if len(data.Alerts) != 4 || len(byName) != 4 {
				t.Fatalf("%d alerts, want each of 4 once", len(data.Alerts))
			}
			stuck := byName["InvoicesStuck"]
			if stuck.State != sources.AlertSilenced || len(stuck.SilencedBy) != 1 || stuck.SilencedBy[0] != data.Silences[0].ID ||
				!slices.Equal(stuck.Receivers, []string{"chat", "pager"}) || stuck.Annotations["summary"] != `größer "als" sonst` ||
				stuck.GeneratorURL != "http://prometheus.example.com/graph?g0.expr=up&g0.tab=1" {
				t.Errorf("%+v", stuck)
			}
			if a := byName["PodDown"]; a.State != sources.AlertInhibited || !slices.Equal(a.InhibitedBy, []string{byName["NodeDown"].Fingerprint}) {
				t.Errorf("%+v", a)
			}
			if a := byName["NodeDown"]; a.State != sources.AlertFiring || !slices.Equal(a.Receivers, []string{"chat", "pager"}) {
				t.Errorf("%+v", a)
			}
			if a := byName["Disk"]; a.State != sources.AlertFiring || !slices.Equal(a.Receivers, []string{"tickets"}) {
				t.Errorf("%+v", a)
			}
			var groups []string
			for _, g := range data.Groups {
				groups = append(groups, g.Receiver+" "+g.Labels["alertname"]+" "+g.Labels["service"]+" "+strings.Join(g.Fingerprints, ","))
				if g.Source != "am" {
					t.Errorf("%+v", g)
				}
			}
			node, pod := byName["NodeDown"].Fingerprint, byName["PodDown"].Fingerprint
			want := []string{
				"chat  api " + pod, "chat  billing " + stuck.Fingerprint, "chat  nodes " + node,
				"tickets Disk  " + byName["Disk"].Fingerprint,
				"pager InvoicesStuck billing " + stuck.Fingerprint, "pager NodeDown nodes " + node,
			}
			if !slices.Equal(groups, want) {
				t.Errorf("groups:\n%s\nwant:\n%s", strings.Join(groups, "\n"), strings.Join(want, "\n"))
			}
			if len(data.Silences) != 2 {
				t.Fatalf("%d silences, want the active and the pending one", len(data.Silences))
			}
			s := data.Silences[0]
			if s.State != "active" || s.Source != "am" || s.CreatedBy != "ann@example.com" || s.Comment != "ACK! looking" || s.StartsAt.IsZero() || s.EndsAt.IsZero() ||
				!slices.Equal(s.Matchers, []sources.Matcher{{Name: "service", Value: "billing", Equal: true}, {Name: "severity", Value: "page|none", Regex: true}}) {
				t.Errorf("%+v", s)
			}
			if data.Silences[1].State != "pending" {
				t.Errorf("%+v", data.Silences[1])
			}
			if !strings.Contains(data.Routing, "receiver: pd-rich") || len(data.Warnings) > 0 {
				t.Errorf("routing %q, warnings %q", data.Routing, data.Warnings)
			}
		})
	}
}

func TestReadOddities(t *testing.T) {
	const status = `"status":{"inhibitedBy":["x"],"silencedBy":["y"],"state":"suppressed"}`
	for _, c := range []struct {
		name, groups string
		alerts       int
		groupsLeft   int
		state        sources.AlertState
	}{
		{"none", `[]`, 0, 0, ""},
		{"an empty group", `[{"alerts":[],"labels":{},"receiver":{"name":"a"}}]`, 0, 0, ""},
		{"null in a group", `[{"alerts":null,"receiver":null}]`, 0, 0, ""},
		{"no labels", `[{"alerts":[{"fingerprint":"f","labels":null},null],"receiver":{"name":"a"}}]`, 0, 0, ""},
		{"both silenced and inhibited", `[{"alerts":[{"fingerprint":"f","labels":{"a":"1"},` + status + `}],"receiver":{"name":"a"}}]`, 1, 1, sources.AlertSilenced},
		{"not looked at yet", `[{"alerts":[{"fingerprint":"f","labels":{"a":"1"},"status":{"state":"unprocessed"}}],"receiver":{"name":"a"}}]`, 1, 1, sources.AlertFiring},
		{"muted by a time interval", `[{"alerts":[{"fingerprint":"f","labels":{"a":"1"},"status":{"mutedBy":["night"],"state":"suppressed"}}],"receiver":{"name":"a"}}]`, 1, 1, sources.AlertFiring},
		{"a time that is none", `[{"alerts":[{"fingerprint":"f","labels":{"a":"1"},"startsAt":"soon"}],"receiver":{"name":"a"}}]`, 1, 1, sources.AlertFiring},
		{"no fingerprints", `[{"alerts":[{"labels":{"a":"1"}},{"labels":{"a":"2"}}],"receiver":{"name":"a"}}]`, 2, 1, sources.AlertFiring},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := recorded(t, "0.31")
			a["/api/v2/alerts/groups"] = answer{body: c.groups}
			data, err := start(t, a).Read(t.Context(), none)
			if err != nil || len(data.Alerts) != c.alerts || len(data.Groups) != c.groupsLeft {
				t.Fatalf("%d alerts, %d groups, %v", len(data.Alerts), len(data.Groups), err)
			}
			if c.alerts > 0 && data.Alerts[0].State != c.state {
				t.Errorf("state %s, want %s", data.Alerts[0].State, c.state)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		code   int
		body   string
		reason sources.Reason
		want   string
	}{
		{"a Prometheus", 404, "404 page not found\n", sources.NotAnAPI, "check url under [[alertmanager]]; for Mimir add /alertmanager to it"},
		{"a web page", 200, "<html>", sources.NotAnAPI, "web page"},
		{"another API", 200, `{"status":"success"}`, sources.NotAnAPI, "other JSON"},
		{"text", 200, "template_files: {}\nalertmanager_config: x\n", sources.NotAnAPI, "for Mimir add /alertmanager"},
		{"gone", 410, `{"error":"removed"}`, sources.NotAnAPI, "no longer offers this API (removed)"},
		{"cut", 200, `[{"alerts":[`, sources.BadAnswer, "damaged"},
		{"odd types", 200, `[{"alerts":[{"fingerprint":1}]}]`, sources.BadAnswer, "another form"},
		{"odd labels", 200, `[{"alerts":[{"labels":{"a":1}}]}]`, sources.BadAnswer, "another form"},
		{"down", 503, "", sources.ServerFailed, "503"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := recorded(t, "0.31")
			a["/api/v2/alerts/groups"] = answer{c.code, c.body}
			_, err := start(t, a).Read(t.Context(), none)
			var e *sources.Error
			if !errors.As(err, &e) || e.Reason != c.reason || !strings.Contains(e.Sentence, c.want) || e.Source.Name != "am" {
				t.Errorf("%+v, want %s: %s", err, c.reason, c.want)
			}
		})
	}
}

// Other data may fail; the alerts still count and the last data stays.
func TestReadWithoutTheRest(t *testing.T) {
	a := recorded(t, "0.31")
	c := start(t, a)
	if _, err := c.Read(t.Context(), none); err != nil {
		t.Fatal(err)
	}
	a["/api/v2/silences"] = answer{500, `"silence '1' has multiple matcher sets which is not supported by this API version"`}
	a["/api/v2/status"] = answer{403, "no"}
	c.status.due = time.Time{}
	data, err := c.Read(t.Context(), none)
	if err != nil || len(data.Alerts) != 4 || len(data.Silences) != 2 || data.Routing == "" {
		t.Errorf("%d alerts, %d silences, routing %q, %v", len(data.Alerts), len(data.Silences), data.Routing, err)
	}
	if len(data.Warnings) != 2 || !strings.Contains(data.Warnings[0], "multiple matcher sets") || !strings.HasPrefix(data.Warnings[1], "the routing could not be read: ") {
		t.Errorf("%q", data.Warnings)
	}
}

func TestReadFailsWithTheSilences(t *testing.T) {
	for _, one := range []answer{{502, "<html>"}, {500, `"out of memory"`}, {429, ""}, {401, ""}} {
		a := recorded(t, "0.31")
		a["/api/v2/silences"] = one
		if _, err := start(t, a).Read(t.Context(), none); sources.ReasonOf(err) == "" {
			t.Errorf("%d: %v", one.code, err)
		}
	}
}

// counting answers without a network and counts requests.
type counting struct {
	answers answers
	asked   map[string]int
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.asked[r.URL.Path]++
	w := httptest.NewRecorder()
	c.answers.ServeHTTP(w, r)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func TestRoutingIsReadSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &counting{recorded(t, "0.31"), map[string]int{}}
		api, err := promapi.New(promapi.Options{
			Source: sources.Source{Kind: sources.Alertmanager, Name: "am"}, URL: "http://alertmanager.example.com", Transport: transport,
		})
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(api)
		for range 5 { // at 0, 15 … 60 s
			if _, err := c.Read(t.Context(), none); err != nil {
				t.Fatal(err)
			}
			time.Sleep(15 * time.Second)
		}
		if transport.asked["/api/v2/alerts/groups"] != 5 || transport.asked["/api/v2/silences"] != 5 || transport.asked["/api/v2/status"] != 2 {
			t.Errorf("asked %v", transport.asked)
		}
	})
}

func TestClockOffset(t *testing.T) {
	for offset, want := range map[time.Duration]bool{
		0: false, 30 * time.Second: false, 50 * time.Second: false, -50 * time.Second: false,
		75 * time.Second: true, -75 * time.Second: true, 3 * time.Minute: true, -2 * time.Hour: true, 24 * time.Hour: true,
	} {
		s := recorded(t, "0.31")
		c := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(offset).UTC().Format(http.TimeFormat))
			s.ServeHTTP(w, r)
		}))
		data, err := c.Read(t.Context(), func(sources.Data) {})
		if err != nil {
			t.Fatal(err)
		}
		if got := data.ClockOffset; (got != 0) != want || want && (got-offset).Abs() > 10*time.Second {
			t.Errorf("off by %v: %v", offset, got)
		}
	}
}
