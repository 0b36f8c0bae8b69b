package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"firstline/internal/wallclock"
	"firstline/internal/weekhours"
)

// daysBefore is how many days of incidents come before the story.
const daysBefore = 90

// PastBegins is when the history of a demo that runs now begins.
func PastBegins(now time.Time) time.Time { return now.Add(-daysBefore * 24 * time.Hour) }

// habit is a kind of incident that a team has.
type habit struct {
	name, service, serviceID, team string
	runbook                        bool
	// weekly is how many there are in a week, night the part of them between 22:00 and
	// 08:00.
	weekly, night float64
	// alone is the part that ends before anybody acts.
	alone float64
	// minutes is how long one lasts, about.
	minutes float64
	// burst is how many follow each other, every nine minutes.
	burst int
	// policy is the owner's escalation policy, firstLine how much of it the first line
	// gets: nothing, what begins outside the hours of the owner, or all.
	policy    string
	firstLine coverage
	zone      string
	// words are what people write when they have mended it, steps those of the runbook
	// that they tried.
	words, steps []string
	// silent: nobody writes why it is escalated.
	silent bool
}

// coverage is what first line takes of a team's incidents.
type coverage int

const (
	nothing coverage = iota
	outsideHours
	everything
)

// habits are what the three teams were called for: payments is not under first line
// yet and tries it with billing, discovery is outside of its hours, and platform is.
var habits = []habit{
	{
		name: "HighErrorRate", service: "checkout", serviceID: "PVCHEC1", team: "payments", runbook: true, weekly: 2.2, night: 0.4, alone: 0.15, minutes: 35,
		policy: "PEPAYM1", firstLine: nothing, zone: "Europe/Berlin",
		words: []string{"Rolled back the last release.", "Restarted the pods one by one; the pool was exhausted.", "The provider was slow; switched to the other one."},
		steps: []string{"Roll back the last deploy. It takes 90 s and loses nothing:", "Look at the errors of one failing pod:"},
	},
	{
		name: "OrderQueueGrowing", service: "checkout", serviceID: "PVCHEC1", team: "payments", runbook: true, weekly: 2.5, night: 0.35, alone: 0.3, minutes: 25,
		policy: "PEPAYM1", firstLine: nothing, zone: "Europe/Berlin",
		words: []string{"Scaled the workers from 4 to 8.", "One worker was stuck; deleted the pod."},
	},
	{
		name: "PaymentProviderErrors", service: "checkout", serviceID: "PVCHEC1", team: "payments", runbook: true, weekly: 1.6, night: 0.3, alone: 0.5, minutes: 12,
		policy: "PEPAYM1", firstLine: nothing, zone: "Europe/Berlin",
		words: []string{"Their status page says that they work on it."},
	},
	{
		name: "SearchLatencyP99", service: "search", serviceID: "PVSEAR1", team: "discovery", runbook: true, weekly: 2.4, night: 0.3, alone: 0.2, minutes: 50,
		policy: "PEDISC1", firstLine: outsideHours, zone: "Europe/Lisbon",
		words: []string{"Shard 3 is being reindexed; waited for it.", "Moved the hot shard."},
		steps: []string{"One hot shard: move it.", "Reindexing: wait, snooze for an hour."},
	},
	{
		name: "CacheMissesHigh", service: "search", serviceID: "PVSEAR1", team: "discovery", runbook: false, weekly: 0.8, night: 0.5, alone: 1, minutes: 4, burst: 4,
		policy: "PEDISC1", firstLine: outsideHours, zone: "Europe/Lisbon",
	},
	{
		name: "VolumeFillingUp", service: "object-store", serviceID: "PVPLAT1", team: "platform", runbook: true, weekly: 2, night: 0.35, alone: 0.05, minutes: 30,
		policy: "PEPLAT1", firstLine: everything, zone: "Africa/Accra",
		words: []string{"Grew the volume by 20 % as step 3 says.", "Deleted old snapshots."},
		steps: []string{"Else make the volume larger; it works while mounted:", "Delete what has an end: old backups, debug logs."},
	},
	{
		name: "NodeDiskPressure", service: "kubernetes", serviceID: "PVPLAT1", team: "platform", runbook: true, weekly: 1.5, night: 0.35, alone: 0.1, minutes: 20,
		policy: "PEPLAT1", firstLine: everything, zone: "Africa/Accra",
		silent: true,
		words:  []string{"Drained the node and pruned its images."},
		steps:  []string{"Remove unused images: crictl rmi --prune on the node.", "Cordon the node, so that nothing new comes: kubectl cordon $NODE"},
	},
	{
		name: "InvoiceRunLate", service: "billing", serviceID: "PVBILL1", team: "payments", weekly: 0.9, night: 0.3, alone: 0.2, minutes: 40,
		policy: "PEPAYM1", firstLine: nothing, zone: "Europe/Berlin",
		words: []string{"Started the run again from where it stopped.", "The export of the bank was late."},
	},
}

// PlatformHours are the hours in which first line may wake the team platform.
func PlatformHours() weekhours.Hours { return constantHours("Mon-Fri 08:00-18:00 Africa/Accra") }

// DiscoveryHours are those of the team discovery. At other times first line has its
// service.
func DiscoveryHours() weekhours.Hours { return constantHours("Mon-Fri 09:00-17:00 Europe/Lisbon") }

func constantHours(text string) weekhours.Hours {
	h, err := weekhours.Parse(text)
	if err != nil {
		panic(err) // it is a constant
	}
	return h
}

// monthsBefore returns the beats of the incidents of the last 90 days before the
// story's own past.
func monthsBefore(started time.Time) []beat {
	random := rand.New(rand.NewPCG(17, 90)) //nolint:gosec // a story needs no secret
	var all []beat
	for _, h := range habits {
		for day := daysBefore; day > 1; day-- {
			weekly := h.weekly
			if h.team == "payments" && day < 30 {
				weekly *= 0.6 // the team mended what was loud
			}
			for n := weekly / 7; n > 0; n-- {
				if random.Float64() >= n {
					continue
				}
				at := -time.Duration(day)*24*time.Hour + h.hour(random, started)
				for b := range max(1, h.burst) {
					all = append(all, h.one(random, at+time.Duration(b)*9*time.Minute)...)
				}
			}
		}
	}
	return all
}

// one returns the beats of one incident that begins at a time.
func (h habit) one(random *rand.Rand, at time.Duration) []beat {
	key := fmt.Sprintf("before-%s-%d", h.name, -at/time.Second)
	minutes := func(low, high float64) time.Duration {
		return time.Duration((low + (high-low)*random.Float64()) * float64(time.Minute))
	}
	within := func(part float64) bool { return random.Float64() < part }
	ends := at + time.Minute + minutes(h.minutes*0.5, h.minutes*1.6)
	integration := agent{serviceID: h.serviceID}
	opened := beat{at, func(d *Demo) { h.open(d, key) }}
	resolved := beat{ends, func(d *Demo) {
		d.PagerDuty.onOpen(key, func(p *PagerDuty, i *incident) { p.resolve(i, "", integration) })
	}}
	if within(h.alone) {
		return []beat{opened, resolved}
	}
	acknowledged := at + minutes(1.5, 13)
	ends = max(ends, acknowledged+minutes(6, 20))
	resolved.at = ends
	all := []beat{opened, acknowledgement(key, acknowledged)}
	escalates, returned, byHand := within(0.16), within(0.4), within(0.6)
	word := ""
	if len(h.words) > 0 {
		word = h.words[random.IntN(len(h.words))]
	}
	if escalates {
		again := acknowledged + minutes(5, 12)
		all = append(all, h.escalation(key, again), acknowledgement(key, again+minutes(2, 8)))
		ends = max(ends, again+minutes(12, 30))
		if returned {
			all = append(all, h.escalation(key, again+9*time.Minute), acknowledgement(key, again+11*time.Minute))
		}
	}
	return append(all, beat{ends, func(d *Demo) {
		d.PagerDuty.onOpen(key, func(p *PagerDuty, i *incident) {
			by := agent{userID: i.acker()}
			if word != "" && by.userID != "" {
				p.addNote(i, by, word+h.tried(at, ""))
			}
			if !byHand || by.userID == "" {
				by = integration
			}
			p.resolve(i, "", by)
		})
	}})
}

// open opens the incident at the policy that gets it at this time.
func (h habit) open(d *Demo, key string) {
	p := d.PagerDuty
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	now := p.now()
	policy := h.policy
	if local := now.In(wallclock.Zone(h.zone)); h.firstLine == everything ||
		h.firstLine == outsideHours && (local.Weekday() == time.Saturday || local.Weekday() == time.Sunday || local.Hour() < 9 || local.Hour() >= 17) {
		policy = FirstLinePolicy
	}
	details := obj{"service": h.service, "firing": "Labels:\n - alertname = " + h.name + "\n - service = " + h.service + "\n - team = " + h.team + "\n"}
	if h.runbook {
		details["runbook_url"] = runbook(h.service + "/" + h.name + ".md")
	}
	s, _ := p.directory.service(h.serviceID)
	s.PolicyID = policy
	p.openByEvent(s, p.filled(Event{DedupKey: key, Payload: &Payload{
		Summary: "[FIRING:1] " + h.name + " " + h.service + " (prod-eu " + h.team + ")", Source: "Alertmanager",
		Class: h.name, Component: h.service, Group: h.team, Details: details,
	}}))
}

// tried is the list of what was tried in a note, as firstline writes it. One of
// two notes has one.
func (h habit) tried(at time.Duration, remark string) string {
	n := int(-at / time.Second)
	if len(h.steps) == 0 || n%2 == 0 {
		return ""
	}
	return "\n\nTried:\n- " + h.steps[n/2%len(h.steps)] + remark
}

// escalation is a beat at which who acknowledged an incident escalates it: first line
// to the owner, the owner to first line.
func (h habit) escalation(key string, at time.Duration) beat {
	return beat{at, func(d *Demo) {
		d.PagerDuty.onOpen(key, func(p *PagerDuty, i *incident) {
			by, to := agent{userID: i.acker()}, FirstLinePolicy
			if i.policy.ID == FirstLinePolicy {
				to = h.policy
			}
			if by.userID == "" {
				return // nobody has it
			}
			if !h.silent {
				p.addNote(i, by, "The runbook's steps did not help."+h.tried(at, " [did not help]"))
			}
			if i.status == "acknowledged" {
				p.unacknowledge(i, by)
			}
			p.begin(i, to, by, "escalate")
		})
	}}
}

// acknowledgement is a beat at which an assignee acknowledges an incident.
func acknowledgement(key string, at time.Duration) beat {
	return beat{at, func(d *Demo) {
		d.PagerDuty.onOpen(key, func(p *PagerDuty, i *incident) {
			if ids := i.assigneeIDs(); i.status == "triggered" && len(ids) > 0 {
				p.acknowledge(i, agent{userID: ids[0]})
				i.unackAt = time.Time{}
			}
		})
	}}
}

// acker is who acknowledged last, or empty.
func (i *incident) acker() string {
	if len(i.acks) == 0 {
		return ""
	}
	return i.acks[len(i.acks)-1].userID
}

// onOpen does something to the open incident with a key, if there is one.
func (p *PagerDuty) onOpen(key string, do func(*PagerDuty, *incident)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	if i, found := find(p.incidents, func(i *incident) bool { return i.key == key && i.open() }); found {
		do(p, i)
	}
}

// hour is when in a day of 24 hours that ends at the hour of the start one begins, at
// night as often as the habit says.
func (h habit) hour(random *rand.Rand, started time.Time) time.Duration {
	hour := 8 + 14*random.Float64()
	if random.Float64() < h.night {
		hour = 22 + 10*random.Float64()
	}
	local := started.In(wallclock.Zone(h.zone))
	since := hour - float64(local.Hour()) - float64(local.Minute())/60
	for since < 0 {
		since += 24
	}
	for since >= 24 {
		since -= 24
	}
	return time.Duration(since * float64(time.Hour))
}
