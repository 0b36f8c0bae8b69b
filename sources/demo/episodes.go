package demo

import "time"

// episode is a time at which an alert of the story fired before.
type episode struct {
	rule *rule
	// extra are the labels that distinguish the alert.
	extra map[string]string
	// ago is how long before the start it began, lasted how long it fired.
	ago, lasted time.Duration
	// height is how far the value rose.
	height float64
	// by is the user who acted, note what they wrote. Both are empty where nobody
	// acted: it ended alone.
	by, note string
}

// episodes are the times at which the story's alerts fired before.
func (s *script) episodes() []episode {
	pod := map[string]string{"pod": oldPods[0]}
	const day = 24 * time.Hour
	return []episode{
		{
			s.errors, pod, 26*day + 5*time.Hour, 35 * time.Minute, 0.12, "PUANNS1",
			"v2.3.7 read the baskets of the old format. Rolled back with kubectl -n checkout rollout undo deploy/checkout; errors ended two minutes later.",
		},
		{
			s.errors, pod, 12*day + 23*time.Hour, 48 * time.Minute, 0.18, "PUDANA1",
			"The connection pool of payments-db was exhausted after the failover. Restarted checkout's pods one by one.",
		},
		{s.errors, pod, 5*day + 2*time.Hour, 9 * time.Minute, 0.09, "", ""},
		{
			s.latency,
			map[string]string{"shard": "3"},
			7*day + time.Hour, 70 * time.Minute, 0, "PUMART1",
			"Reindexing shard 3. It ends by itself within 90 minutes.",
		},
		{s.latency, map[string]string{"shard": "3"}, 3 * day, 40 * time.Minute, 0, "", ""},
		{
			s.replication,
			map[string]string{"instance": "payments-db-1:9187"},
			12*day + 23*time.Hour + 20*time.Minute, 30 * time.Minute, 0, "PUDANA1",
			"Failed over to payments-db-2 and back.",
		},
	}
}

// past returns the beats of the episodes, and of the changes before them.
func (s *script) past() []beat {
	var all []beat
	const day = 24 * time.Hour
	for _, c := range []struct {
		ago           time.Duration
		summary, tool string
	}{
		{26*day + 6*time.Hour, "Deploy checkout v2.3.7", deployer},
		{26*day + 4*time.Hour + 30*time.Minute, "Roll back checkout to v2.3.6", deployer},
		{13*day + 2*time.Hour, "Fail over payments-db to payments-db-2", "database console"},
		{9 * day, "Deploy checkout v2.4.0", deployer},
	} {
		all = append(all, changed(-c.ago, c.summary, c.tool))
	}
	for _, e := range s.episodes() {
		all = append(all,
			beat{-e.ago, func(d *Demo) { d.raise(e.rule, e.extra, "1") }},
			beat{-e.ago + e.lasted, func(d *Demo) { d.clear(e.rule) }})
		if e.by == "" {
			continue
		}
		all = append(all, beat{-e.ago + e.rule.hold + 3*time.Minute, func(d *Demo) {
			d.PagerDuty.act(dedupOf(e.rule), e.by, func(p *PagerDuty, i *incident, by agent) {
				p.acknowledge(i, by)
				i.unackAt = time.Time{}
				p.addNote(i, by, e.note)
			})
		}})
	}
	return all
}

// deployer is the tool that deploys releases.
const deployer = "GitHub Actions"

// changed is a beat at which a tool reports a change of checkout.
func changed(at time.Duration, summary, tool string) beat {
	return beat{at, func(d *Demo) {
		d.PagerDuty.ReportChange(ChangeEvent{
			ServiceIDs: []string{"PVCHEC1"}, Summary: summary, Tool: tool,
			Links: []EventLink{{Href: "https://github.example.com/shop/checkout/actions", Text: "Run"}},
		})
	}}
}
