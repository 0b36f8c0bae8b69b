package triage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/sources"
)

// slowly makes the weak claims as resemble does, by asking of each alert and
// each event whether they resemble each other.
func slowly(c *claimer) []claim {
	best := slices.Clone(c.best)
	stronger := func(alert int, a, b claim) bool { return b.incident < 0 || c.beats(int32(alert), a, b) }
	for alert := range c.Alerts {
		k := &c.Alerts[alert]
		if c.best[alert].incident >= 0 {
			continue
		}
		nobody := claim{incident: -1}
		unproven, proven := nobody, nobody
		would := map[int]bool{}
		for i := range c.incidents {
			for e := range c.incidents[i].events {
				ev := &c.incidents[i].events[e]
				if ev.Status == sources.Resolved || ev.unread {
					continue
				}
				for _, cl := range slowClaims(c, alert, i, ev) {
					if ev.proven {
						would[i] = true
						if stronger(alert, cl, proven) {
							proven = cl
						}
					} else if stronger(alert, cl, unproven) {
						unproven = cl
					}
				}
			}
		}
		choice := unproven
		if choice.incident < 0 && stray(k) && len(would) == 1 {
			choice = proven
		}
		otherUnread := slices.ContainsFunc(c.incidents, func(in joinedIncident) bool {
			return in.unread && choice.incident >= 0 && in.ID != c.incidents[choice.incident].ID
		})
		if !otherUnread {
			best[alert] = choice
		}
	}
	return best
}

// slowClaims are the claims that the event makes on the alert.
func slowClaims(c *claimer, alert, incident int, ev *event) []claim {
	k, own := &c.Alerts[alert], &c.owned[alert]
	in := c.incidents[incident].Incident
	mapped := c.o.ruleOfPagerDuty(in.Service)
	services := []string{strings.ToLower(own.service), strings.ToLower(labelset.FirstSet(k.Labels, c.o.ServiceLabels))}
	elsewhere := func(labels map[string]string) bool {
		return slices.ContainsFunc(locationLabels[:], func(name string) bool {
			return labels[name] != "" && k.Labels[name] != "" && labels[name] != k.Labels[name]
		})
	}
	d := c.read(ev)
	list, byTitle := c.owner.namedIn(d.Fired, d.Keys), false
	if len(list) == 0 && !ev.proven {
		list, byTitle = c.namedByTitle(ev, in), true
	}
	var claims []claim
	for _, t := range list {
		if t.name != k.Name() || elsewhere(t.labels) {
			continue
		}
		offered := append(slices.Clone(t.services), in.Service.Name)
		for _, s := range offered {
			if slices.Contains(services, strings.ToLower(s)) && (s != "" || own.service == "" && !byTitle && slices.Contains(t.services, "")) {
				claims = append(claims, claim{incident: incident, rule: ByNameAndService})
			}
		}
		if mapped >= 0 && slices.Contains(services, strings.ToLower(c.o.Services[mapped].Name)) {
			claims = append(claims, claim{incident: incident, rule: ByMapping})
		}
	}
	soonEnough := !k.ActiveSince.After(in.CreatedAt.Add(mappingSlack))
	if len(list) == 0 && !ev.proven && in.AlertsRead && mapped >= 0 && mapped == own.rule &&
		k.State != sources.AlertPending && soonEnough && !elsewhere(d.Keys) {
		claims = append(claims, claim{incident: incident, rule: ByMapping, byService: true})
	}
	return claims
}

// drawAlike draws alerts and incidents that resemble each other in all ways.
func drawAlike(t *rapid.T) []sources.Snapshot {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	minutes := func(label string) time.Time {
		if rapid.IntRange(0, 20).Draw(t, label+" none") == 0 {
			return time.Time{}
		}
		return testNow.Add(-time.Duration(rapid.IntRange(0, 12).Draw(t, label)) * time.Minute)
	}
	labels := func() map[string]string { return drawAlikeLabels(t) }
	am, prom, pd := sources.Data{}, sources.Data{}, sources.Data{}
	for range rapid.IntRange(0, 8).Draw(t, "alerts") {
		a := &sources.Alert{Labels: labels(), ActiveSince: minutes("since"), State: sources.AlertState(pick("state", "firing", "firing", "pending"))}
		if rapid.Bool().Draw(t, "routed") {
			a.Source, a.State, a.Fingerprint = "am", sources.AlertFiring, labelset.Fingerprint(a.Labels)
			am.Alerts = append(am.Alerts, a)
			if rapid.Bool().Draw(t, "grouped") {
				am.Groups = append(am.Groups, sources.NotificationGroup{Source: "am", Receiver: "pd", Labels: a.Labels, Fingerprints: []string{a.Fingerprint}})
			}
			continue
		}
		a.Source = "prom"
		prom.Alerts = append(prom.Alerts, a)
	}
	all := slices.Concat(am.Alerts, prom.Alerts)
	for i := range rapid.IntRange(0, 6).Draw(t, "incidents") {
		var events []sources.IncidentAlert
		for e := range rapid.IntRange(0, 3).Draw(t, "events") {
			status := sources.IncidentStatus(pick("status", "triggered", "triggered", "resolved"))
			events = append(events, sources.IncidentAlert{ID: fmt.Sprint(e), Status: status, Details: drawAlikeDetails(t, all), Summary: pick("summary", "", "", "X of b", "[FIRING:1] Disk full A (eu)")})
		}
		in := incident(fmt.Sprintf("P%d", i), events...)
		in.CreatedAt = minutes("created")
		in.Title = pick("title", "it broke", "X a", "Y and X: C", "Disk full")
		in.Service = sources.Reference{ID: pick("service id", "P1", "P2", ""), Name: pick("service name", "", "a", "Front")}
		in.AlertsRead = rapid.IntRange(0, 11).Draw(t, "read") > 0
		pd.Incidents = append(pd.Incidents, in)
	}
	return []sources.Snapshot{manager(am), metrics(prom), pagerDuty(pd.Incidents...)}
}

func drawAlikeLabels(t *rapid.T) map[string]string {
	l := map[string]string{}
	for _, label := range [][]string{
		{"alertname", "", "X", "X", "Y", "Disk full"},
		{"service", "", "a", "A", "b"},
		{"app", "", "a", "c"},
		{"pod", "", "1", "2", "3", "4"},
		{"cluster", "", "", "eu", "us"},
		{"namespace", "", "", "n", "m"},
		{"env", "", "", "", "dev"},
	} {
		if v := rapid.SampledFrom(label[1:]).Draw(t, label[0]); v != "" {
			l[label[0]] = v
		}
	}
	return l
}

// drawAlikeDetails draws the details of an event about alerts of all and others: as
// an array, as a text, as keys, or as a text without an alert.
func drawAlikeDetails(t *rapid.T, all []*sources.Alert) any {
	fired := func() []map[string]string {
		list := make([]map[string]string, rapid.IntRange(1, 3).Draw(t, "fired"))
		for i := range list {
			list[i] = drawAlikeLabels(t)
			if len(all) > 0 && rapid.IntRange(0, 3).Draw(t, "live") == 0 {
				list[i] = rapid.SampledFrom(all).Draw(t, "alert").Labels
			}
		}
		return list
	}
	object := map[string]any{}
	switch rapid.IntRange(0, 4).Draw(t, "details") {
	case 0:
		var list []any
		for _, l := range fired() {
			labels := map[string]any{}
			for name, value := range l {
				labels[name] = value
			}
			list = append(list, map[string]any{"labels": labels})
		}
		object["firing"] = list
	case 1:
		text := ""
		for _, l := range fired() {
			text += "Labels:\n"
			for _, name := range slices.Sorted(mapKeys(l)) {
				text += " - " + name + " = " + l[name] + "\n"
			}
			text += "Annotations:\nSource: \n"
		}
		object["firing"] = text
	case 2:
		object["alert_name"] = rapid.SampledFrom([]string{"", "Y"}).Draw(t, "other key")
		for name, value := range drawAlikeLabels(t) {
			object[name] = value
		}
		return object
	case 3:
		return "the mailbox is full"
	default:
		return nil
	}
	if name := rapid.SampledFrom([]string{"", "X", "Y"}).Draw(t, "key"); name != "" {
		object["alertname"] = name
	}
	return object
}

// The index finds what looking at each pair finds.
func TestResembleFindsTheSame(t *testing.T) {
	services := []ServiceRule{
		{Name: "a", PagerDuty: "P1", Match: mustMatchers(t, `app="a"`)},
		{Name: "Billing", PagerDuty: "P2", Match: mustMatchers(t, `service=~"[bB]"`)},
	}
	seen := map[string]int{}
	check := func(t *rapid.T) {
		o := Options{Services: services}.WithDefaults()
		snapshots := ordered(drawAlike(t))
		prove := func() *claimer {
			var j Joiner
			p := j.merge(snapshots, &o)
			return proveAlerts(p, &o, j.owner, distinctIncidents(snapshots), &j.texts, &j.named, nil)
		}
		c := prove()
		want := slowly(prove())
		c.resemble(nil)
		for alert := range c.best {
			got, want := c.best[alert], want[alert]
			if got.incident != want.incident || got.rule != want.rule || got.byService != want.byService {
				t.Fatalf("alert %v since %v: got %+v, want %+v", c.Alerts[alert].Labels, c.Alerts[alert].ActiveSince, got, want)
			}
			if got.incident >= 0 && c.proofText(int32(alert), &got) == "" {
				t.Fatalf("%+v has no proof", got)
			}
			seen[fmt.Sprintf("%s %v", got.rule, got.byService)]++
		}
	}
	for range 5 {
		rapid.Check(t, check)
	}
	for _, rule := range []string{"alertname and service false", "service mapping false", "service mapping true", " false"} {
		if seen[rule] == 0 {
			t.Errorf("no alert was joined by %q", rule)
		}
	}
}

// The shapes find what looking at each alert finds.
func TestSubsetFindsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func() map[string]string {
			l := map[string]string{}
			for _, name := range []string{"alertname", "a", "b", "c", "replica"} {
				if v := rapid.SampledFrom([]string{"", "x", "x", "y"}).Draw(t, name); v != "" {
					l[name] = v
				}
			}
			return l
		}
		var d sources.Data
		for range rapid.IntRange(0, 8).Draw(t, "alerts") {
			d.Alerts = append(d.Alerts, &sources.Alert{Source: "prom", Labels: draw(), State: sources.AlertFiring})
		}
		o := Options{}.WithDefaults()
		snapshots := []sources.Snapshot{metrics(d), manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=x a=x")}})}
		var j Joiner
		c := proveAlerts(j.merge(ordered(snapshots), &o), &o, j.owner, nil, &j.texts, &j.named, nil)
		set := draw()
		want, most := merged.None, 0
		for i := range c.Alerts {
			k := &c.Alerts[i]
			n := 0
			for name := range k.Labels {
				if !c.Ignores(name) {
					n++
				}
			}
			if k.Routed || k.Name() == "" || k.Name() != set["alertname"] || !c.Within(k.Labels, set) || n < most {
				continue
			}
			if want = int32(i); n == most {
				want = merged.Ambiguous
			}
			most = n
		}
		if whole := c.Find(c.Hash(set, nil)); whole >= 0 { // then nobody asks for a part
			want = whole
		}
		got := c.withLabels(&events.Alert{Labels: set})
		if want < 0 && len(got) > 0 || want >= 0 && !slices.Equal(got, []int32{want}) {
			t.Fatalf("in %v: alerts %d, want %d", set, got, want)
		}
	})
}

func TestNamesInTitles(t *testing.T) {
	var d sources.Data
	for _, name := range []string{"X", "Disk full", "Disk full again", "(Old) disk", "Überlast groß", "up", "HTTP 5xx: too many"} {
		a := metricAlert("pod=1")
		a.Labels["alertname"] = name
		d.Alerts = append(d.Alerts, a)
	}
	o := Options{}.WithDefaults()
	var j Joiner
	c := proveAlerts(j.merge([]sources.Snapshot{metrics(d)}, &o), &o, j.owner, nil, &j.texts, &j.named, nil)
	c.indexNames()
	for title, want := range map[string][]string{
		"[FIRING:1] X a":                {"X"},
		"Xavier":                        nil,
		"[FIRING:2] Disk full a (prod)": {"Disk full"},
		"Disk full again on b":          {"Disk full", "Disk full again"},
		"Disk is full":                  nil,
		"Disk":                          nil,
		"the (Old) disk is up":          {"(Old) disk", "up"},
		"Old) disk":                     nil,
		"Überlast groß in eu":           {"Überlast groß"},
		"Disk, then Disk full":          {"Disk full"},
		"HTTP 5xx: too many; HTTP 5xx: too many; X": {"HTTP 5xx: too many", "X"},
		"": nil,
	} {
		if got := c.namesIn(title); !slices.Equal(got, want) {
			t.Errorf("names in %q: %q, want %q", title, got, want)
		}
	}
}
