package execute_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/realservers"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/demo"
)

// quick sends nobody anything and groups by alertname at once.
const quick = `
route: {receiver: none, group_by: [alertname], group_wait: 1s, group_interval: 1s}
receivers: [{name: none}]
`

// managers are real Alertmanagers and what is done with them.
type managers struct {
	t       *testing.T
	clients []*alertmanager.Client
	doer    *execute.Doer
}

func manage(t *testing.T, servers map[string]*realservers.Server) *managers {
	t.Helper()
	m := &managers{t: t, doer: &execute.Doer{Email: demo.Email}}
	for name, s := range servers {
		client, err := alertmanager.New(alertmanager.Options{Name: name, URL: s.URL})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.CloseIdleConnections)
		m.clients = append(m.clients, client)
		m.doer.Silencers = append(m.doer.Silencers, client)
	}
	return m
}

// see reads all, and joins. One that fails is a snapshot that failed.
func (m *managers) see() (respond.Data, []triage.Group) {
	m.t.Helper()
	var snapshots []sources.Snapshot
	settings := respond.Settings{Email: demo.Email}
	for _, c := range m.clients {
		data, err := c.Read(m.t.Context(), func(sources.Data) {})
		snap := sources.Snapshot{Source: c.Source(), Data: data, AsOf: time.Now(), Err: err}
		snapshots = append(snapshots, snap)
		settings.Silencers = append(settings.Silencers, c.Source().Name)
	}
	return respond.NewData(snapshots, settings, time.Now()), triage.Join(snapshots, triage.Options{}, time.Now())
}

// rows waits until there are so many rows.
func (m *managers) rows(n int) (respond.Data, []triage.Group) {
	m.t.Helper()
	var w respond.Data
	var groups []triage.Group
	realservers.Eventually(m.t, "the rows", func() bool {
		w, groups = m.see()
		return len(groups) == n
	})
	return w, groups
}

// act plans, and does what is planned; it must work.
func (m *managers) act(w respond.Data, r respond.Request) (respond.Plan, respond.Result) {
	m.t.Helper()
	r.Reason = "because of it"
	p := respond.NewPlan(r, w)
	if !p.Ready() {
		m.t.Fatalf("not ready: %s", strings.Join(p.Lines(), "\n"))
	}
	got := m.doer.Do(m.t.Context(), p, nil)[0]
	if got.Outcome != respond.Done {
		m.t.Fatalf("%s: %s\n%s", got.Outcome, got.Sentence, strings.Join(p.Lines(), "\n"))
	}
	return p, got
}

// silences are the ids of those that are active, by the Alertmanager.
func (m *managers) silences() map[string][]string {
	m.t.Helper()
	active := map[string][]string{}
	for _, c := range m.clients {
		data, err := c.Read(m.t.Context(), func(sources.Data) {})
		if err != nil {
			continue
		}
		ids := []string{}
		for _, s := range data.Silences {
			if s.State == "active" {
				ids = append(ids, s.ID)
			}
		}
		slices.Sort(ids)
		active[c.Source().Name] = ids
	}
	return active
}

// state is the state of the alert with these labels in an Alertmanager.
func (m *managers) state(name string, labels map[string]string) sources.AlertState {
	m.t.Helper()
	for _, c := range m.clients {
		if c.Source().Name != name {
			continue
		}
		data, err := c.Read(m.t.Context(), func(sources.Data) {})
		if err != nil {
			m.t.Fatal(err)
		}
		for _, a := range data.Alerts {
			if maps.Equal(a.Labels, labels) {
				return a.State
			}
		}
	}
	return ""
}

func diskFull(service string) map[string]string {
	return map[string]string{"alertname": "DiskFull", "service": service, "severity": "critical"}
}

func post(t *testing.T, s *realservers.Server, sets ...map[string]string) {
	t.Helper()
	var alerts []realservers.Alert
	for _, labels := range sets {
		alerts = append(alerts, realservers.Alert{Labels: labels})
	}
	s.PostAlerts(t, alerts...)
}

// A silence of the firing alerts does not match alerts that fire later for
// another target.
func TestRealSilenceIsNotBroad(t *testing.T) {
	realservers.EachAlertmanager(t, func(t *testing.T, binary string) {
		s := realservers.StartAlertmanager(t, realservers.Options{Binary: binary, Config: quick})
		m := manage(t, map[string]*realservers.Server{"am": s})
		nameless := []map[string]string{{"host": "a", "check": "disk"}, {"host": "b", "check": "cpu"}}
		post(t, s, diskFull("db"), diskFull("cache"), nameless[0], nameless[1])
		w, groups := m.rows(2)
		for _, g := range groups {
			m.act(w, respond.Request{Action: respond.Silence, Groups: []triage.Group{g}, Until: w.Now.Add(24 * time.Hour)})
		}
		later := []map[string]string{diskFull("payments"), {"host": "a", "check": "net"}, {"alertname": "New", "host": "a", "check": "disk"}}
		post(t, s, later...)
		realservers.Eventually(t, "the silenced and the later alerts", func() bool {
			for _, labels := range []map[string]string{diskFull("db"), diskFull("cache"), nameless[0], nameless[1]} {
				if m.state("am", labels) != sources.AlertSilenced {
					return false
				}
			}
			for _, labels := range later {
				if m.state("am", labels) == "" {
					return false
				}
			}
			return true
		})
		for _, labels := range later {
			if state := m.state("am", labels); state != sources.AlertFiring {
				t.Errorf("%v is %s", labels, state)
			}
		}
	})
}

// The members of a cluster get one silence, by whichever of them answers, and
// it is extended and ended once.
func TestRealClusterTakesOneSilence(t *testing.T) {
	realservers.EachAlertmanager(t, func(t *testing.T, binary string) {
		members := realservers.StartCluster(t, realservers.Options{Binary: binary, Config: quick}, 2)
		m := manage(t, map[string]*realservers.Server{"am-a": members[0], "am-b": members[1]})
		for _, s := range members { // as a Prometheus does
			post(t, s, diskFull("db"))
		}
		both := func(n int) func() bool {
			return func() bool {
				active := m.silences()
				return len(active["am-a"]) == n && slices.Equal(active["am-a"], active["am-b"])
			}
		}
		w, groups := m.rows(1)
		realservers.Eventually(t, "the alert in both members", func() bool {
			w, groups = m.see()
			return len(groups) == 1 && len(groups[0].Alerts) == 1 && len(groups[0].Alerts[0].Sources) == 2
		})
		silence := respond.Request{Action: respond.Silence, Groups: groups, Until: w.Now.Add(time.Hour)}
		p, done := m.act(w, silence)
		if n := len(p.Items[0].Steps); n != 1 || !strings.Contains(p.Items[0].Steps[0].Sentence, "am-a (cluster with am-b)") {
			t.Errorf("%d steps: %+v", n, p.Items[0].Steps)
		}
		realservers.Eventually(t, "one silence in both", both(1))

		undo, _ := respond.UndoOf(p, []respond.Result{done}, w, respond.Facts{})
		if got := m.doer.Do(t.Context(), undo, nil)[0]; got.Outcome != respond.Done {
			t.Fatalf("undo: %+v", got)
		}
		realservers.Eventually(t, "no silence in both", both(0))

		w, groups = m.see()
		silence.Groups = groups
		m.act(w, silence)
		realservers.Eventually(t, "one silence in both", both(1))
		realservers.Eventually(t, "the silence on the row", func() bool {
			w, groups = m.see()
			return len(groups) == 1 && len(groups[0].Silences) == 1
		})
		m.act(w, respond.Request{Action: respond.ExtendSilence, Groups: groups, Until: w.Now.Add(3 * time.Hour)})
		realservers.Eventually(t, "one silence in both", both(1))

		// A member fails between the preview and the write.
		w, groups = m.see()
		members[0].Stop()
		p, _ = m.act(w, respond.Request{Action: respond.ExpireSilence, Groups: groups})
		if len(p.Items[0].Steps) != 1 {
			t.Errorf("%+v", p.Items[0].Steps)
		}
		realservers.Eventually(t, "no silence in the member that is left", func() bool { return len(m.silences()["am-b"]) == 0 })
		realservers.Eventually(t, "the alert firing again", func() bool {
			return m.state("am-b", diskFull("db")) == sources.AlertFiring
		})
		silence.Groups, silence.Until = groups, w.Now.Add(time.Hour)
		m.act(w, silence) // in a planData in which am-a is well
		realservers.Eventually(t, "one silence in the member that is left", func() bool { return len(m.silences()["am-b"]) == 1 })
	})
}

// A silence goes to the cluster that has the alert, and to no other.
func TestRealTwoAlertmanagersAreApart(t *testing.T) {
	realservers.EachAlertmanager(t, func(t *testing.T, binary string) {
		eu := realservers.StartAlertmanager(t, realservers.Options{Binary: binary, Config: quick})
		us := realservers.StartAlertmanager(t, realservers.Options{Binary: binary, Config: quick})
		m := manage(t, map[string]*realservers.Server{"am-eu": eu, "am-us": us})
		labels := map[string]string{"alertname": "KubeAPIDown", "severity": "critical", "job": "apiserver"}
		post(t, eu, labels)
		post(t, us, labels)
		w, groups := m.rows(2)
		at := slices.IndexFunc(groups, func(g triage.Group) bool { return slices.Equal(g.Alerts[0].Sources, []string{"am-us"}) })
		if at < 0 {
			t.Fatalf("no row is of am-us: %+v", groups)
		}
		m.act(w, respond.Request{Action: respond.Silence, Groups: groups[at : at+1], Until: w.Now.Add(time.Hour)})
		if active := m.silences(); len(active["am-us"]) != 1 || len(active["am-eu"]) != 0 {
			t.Errorf("silences %v", active)
		}
		realservers.Eventually(t, "the silenced alert", func() bool { return m.state("am-us", labels) == sources.AlertSilenced })
		if state := m.state("am-eu", labels); state != sources.AlertFiring {
			t.Errorf("the alert of am-eu is %s", state)
		}
		w, groups = m.see()
		m.act(w, respond.Request{Action: respond.ExpireSilence, Groups: groups[:1], SilenceID: m.silences()["am-us"][0]})
		realservers.Eventually(t, "no silence", func() bool { return len(m.silences()["am-us"]) == 0 })
	})
}
