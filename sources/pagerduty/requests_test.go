package pagerduty

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/sources"
)

// withDetails is the channel of an event from Alertmanager.
const withDetails = `{"type":"api","incident_key":"key-%s","details":{"firing":[{"labels":{"alertname":"X","pod":"%s"},"fingerprint":"f-%s"}]}}`

// proven counts the incidents whose alerts were all read.
func proven(d sources.Data) (n int) {
	for _, i := range d.Incidents {
		if i.AlertsRead && len(i.Alerts) > 0 && i.Alerts[0].Key == "key-"+i.ID && i.Alerts[0].Details != nil {
			n++
		}
	}
	return n
}

func TestProofComesWithTheIncidents(t *testing.T) {
	race.Skip(t)
	for name, tc := range map[string]struct {
		read func(*Client) sources.Reader
		most int
	}{
		"list":   {func(c *Client) sources.Reader { return c.Brief() }, 23},
		"screen": {func(c *Client) sources.Reader { return c }, 45},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 2000, nil)
			f.channel = withDetails
			d, err := tc.read(c).Read(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			asked := f.took()
			if n := proven(d); n != 2000 || len(asked) > tc.most {
				t.Errorf("%d of 2,000 are proven by %d requests, want at most %d: %v", n, len(asked), tc.most, paths(asked))
			}
			if !d.Extents.Incidents.Whole() || !d.Extents.Alerts.Whole() || d.UnreadAlerts() != 0 || d.More || len(d.Warnings) != 0 {
				t.Errorf("extents %+v, more %v, warnings %q", d.Extents, d.More, d.Warnings)
			}
			if n := paths(asked)["alerts"]; n != 0 {
				t.Errorf("%d incidents were asked for their alerts", n)
			}
		})
	}
}

// TestBriefLosesNothingWhenPagesMove: pages without overlap miss incidents that
// move up, and are read again.
func TestBriefLosesNothingWhenPagesMove(t *testing.T) {
	for name, move := range map[string]func(*fake){
		"nothing":                 func(*fake) {},
		"one of the first page":   func(f *fake) { f.incidents[3].status = "resolved" },
		"a third of it":           func(f *fake) { resolve(f.incidents[:30]) },
		"the first page":          func(f *fake) { resolve(f.incidents[:100]) },
		"of pages not read yet":   func(f *fake) { resolve(f.incidents[220:230]) },
		"all":                     func(f *fake) { resolve(f.incidents) },
		"some come":               func(f *fake) { f.incidents = append(newFake(f.clock, 3).incidents, f.incidents...) },
		"as many come as go":      func(f *fake) { resolve(f.incidents[:5]); f.incidents = append(newIncidents(f, 5), f.incidents...) },
		"more come than go":       func(f *fake) { resolve(f.incidents[:5]); f.incidents = append(newIncidents(f, 9), f.incidents...) },
		"the last page goes away": func(f *fake) { resolve(f.incidents[200:]) },
	} {
		for at := range 8 {
			if !race.Plays(at, 5) {
				continue
			}
			at, paired := at/2, at%2 == 1
			t.Run(fmt.Sprintf("%s before page %d, two at once %v", name, at+1, paired), func(t *testing.T) {
				c, _, f := newFakeClient(t, 350, nil)
				f.channel = withDetails
				all := slices.Clone(f.incidents)
				n := 0
				f.before = func(w http.ResponseWriter, r *http.Request) bool {
					if paired {
						leaveRoom(w, 900)
					}
					if r.URL.Path == "/incidents" {
						if n == at {
							move(f)
						}
						n++
					}
					return false
				}
				d, err := c.Brief().Read(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range all {
					if i.status != "resolved" && statusOf(d, i.id) == "gone" {
						t.Fatalf("%s is missing", i.id)
					}
				}
			})
		}
	}
}

func resolve(incidents []*fakeIncident) {
	for _, i := range incidents {
		i.status = "resolved"
	}
}

// newIncidents opens n incidents.
func newIncidents(f *fake, n int) []*fakeIncident {
	incidents := newFake(f.clock, n).incidents
	for _, i := range incidents {
		i.id, i.created = "N"+i.id, f.clock.Now()
	}
	return incidents
}

// TestRequestsWhenIdle: the screen sends at most 5 requests a minute to
// PagerDuty while 2,000 incidents are open and nothing changes.
func TestRequestsWhenIdle(t *testing.T) {
	race.Skip(t)
	c, k, f := newFakeClient(t, 2000, nil)
	f.channel = withDetails
	readNow(t, c)
	f.took()
	const minutes = 120
	for range minutes * 4 {
		k.Add(15 * time.Second)
		readNow(t, c)
	}
	asked := f.took()
	t.Logf("%.2f requests a minute: %v", float64(len(asked))/minutes, paths(asked))
	if len(asked) > 5*minutes {
		t.Errorf("%.2f requests a minute: %v", float64(len(asked))/minutes, paths(asked))
	}
}

// TestSeveralAlertsWithinFiveMinutes: 2,000 incidents with several alerts each,
// with PagerDuty answering after 100 ms and counting 960 requests a minute.
func TestSeveralAlertsWithinFiveMinutes(t *testing.T) {
	c, k, f := newFakeClient(t, 2000, nil)
	f.channel = withDetails
	for _, i := range f.incidents {
		i.alerts = 5
	}
	start := k.Now()
	left, minute := 960, start
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		k.Add(100 * time.Millisecond)
		if k.Now().Sub(minute) >= time.Minute {
			left, minute = 960, k.Now()
		}
		left--
		w.Header().Set("Ratelimit-Remaining", fmt.Sprint(max(left, 0)))
		w.Header().Set("Ratelimit-Reset", fmt.Sprint(int((time.Minute - k.Now().Sub(minute)).Seconds())))
		if left < 0 {
			t.Error("the budget was overdrawn")
		}
		return false
	}
	for {
		d := readNow(t, c)
		unread := d.UnreadAlerts()
		if unread == 0 {
			if !d.Extents.Alerts.Whole() || d.More {
				t.Errorf("all are read: %+v, more %v", d.Extents.Alerts, d.More)
			}
			break
		}
		if d.Extents.Alerts.Whole() || d.Extents.Alerts.Missing == "" || d.Incidents[0].ID == "" {
			t.Fatalf("%d are unread and the extent is %+v", unread, d.Extents.Alerts)
		}
		if i := d.Incidents[len(d.Incidents)-1]; len(i.Alerts) == 0 {
			t.Fatalf("the first alert of %s is not known", i.ID)
		}
		if k.Now().Sub(start) > 5*time.Minute {
			t.Fatalf("%d are unread after %v", unread, k.Now().Sub(start))
		}
		if d.More {
			k.Add(time.Second)
		} else {
			k.Add(15 * time.Second)
		}
	}
	t.Logf("read within %v", k.Now().Sub(start))
}

// TestTwoListsAMinute for an hour: each is whole or says what is missing.
func TestTwoListsAMinute(t *testing.T) {
	race.Skip(t)
	k := newClock()
	f := newFake(k, 300)
	f.channel = withDetails
	for _, i := range f.incidents[:100] {
		i.alerts = 3
	}
	left, minute := 960, k.Now()
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		if k.Now().Sub(minute) >= time.Minute {
			left, minute = 960, k.Now()
		}
		if left--; left < 940 && k.Now().Minute()%4 == 0 {
			left = min(left, 150) // another tool of the same user
		}
		w.Header().Set("Ratelimit-Remaining", fmt.Sprint(max(left, 0)))
		w.Header().Set("Ratelimit-Reset", "30")
		if left < 0 {
			writeJSON(w, 429, map[string]any{"error": map[string]any{"code": 2020}})
			return true
		}
		return false
	}
	whole, partly := 0, 0
	for range 120 {
		c, own := newTestClient(t, f, func(o *Options) { o.Now = k.Now })
		_ = own
		c.transport.sleep = k.sleep
		d, err := c.Brief().Read(t.Context(), nil)
		k.Add(30 * time.Second)
		if err != nil {
			t.Fatal(err)
		}
		unread := 0
		for _, i := range d.Incidents {
			if !i.AlertsRead {
				unread++
			}
		}
		if len(d.Incidents) != 300 || unread != d.UnreadAlerts() || (unread == 0) != d.Extents.Alerts.Whole() {
			t.Fatalf("%d incidents, %d unread, %+v", len(d.Incidents), unread, d.Extents.Alerts)
		}
		if unread == 0 {
			whole++
			continue
		}
		partly++
		if !strings.Contains(d.Extents.Alerts.Missing, "request") {
			t.Fatalf("it does not say why: %+v", d.Extents.Alerts)
		}
	}
	t.Logf("%d were whole, %d said what is missing", whole, partly)
	if whole == 0 || partly == 0 {
		t.Error("none was whole, or none was short of requests: the test tries nothing")
	}
}
