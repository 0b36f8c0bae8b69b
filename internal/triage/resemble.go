package triage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/sources"
)

// placeLabels say where something runs: alerts that differ in one of them are
// different alerts, however alike they are else.
var placeLabels = []string{"cluster", "namespace", "environment", "env", "region", "datacenter", "tenant"}

// mappingSlack is how much later than the incident an alert may have begun that
// the incident is taken to be about: clocks differ, and a page may come from a
// monitor that is quicker than Prometheus.
const mappingSlack = 5 * time.Minute

// resemble makes the weak claims: of events that no proof was found for, and of
// proven ones on alerts that no Alertmanager knows of, if only one incident
// would have them.
func (c *claimer) resemble() {
	strays := false
	for i := range c.alerts {
		strays = strays || c.alerts[i].stray()
	}
	guesses := map[int32][]claim{}
	for i := range c.incidents {
		in := &c.incidents[i]
		rule := c.o.ruleOfPagerDuty(in.Service)
		for e := range in.events {
			ev := &in.events[e]
			if ev.Status == sources.Resolved || ev.proven && !strays {
				continue
			}
			c.resembleEvent(i, rule, ev, func(alert int32, cl claim) {
				if !ev.proven {
					c.claim(alert, cl)
					return
				}
				if c.alerts[alert].stray() {
					guesses[alert] = append(guesses[alert], cl)
				}
			})
		}
	}
	for alert, claims := range guesses {
		first := claims[0]
		same := !slices.ContainsFunc(claims, func(cl claim) bool { return cl.incident != first.incident })
		if same && c.best[alert].incident < 0 {
			c.claim(alert, slices.MinFunc(claims, func(a, b claim) int {
				if c.beats(alert, a, b) {
					return -1
				}
				return 1
			}))
		}
	}
}

// stray reports whether no Alertmanager knows of the alert.
func (k *known) stray() bool { return !k.routed && len(k.places) == 0 }

// resembleEvent finds the alerts that an event seems to be about.
func (c *claimer) resembleEvent(incident, rule int, ev *event, give func(int32, claim)) {
	c.indexResemblance()
	in := c.incidents[incident].Incident
	d := c.read(ev)
	names := d.names()
	told := len(names) > 0
	if !told {
		if ev.proven {
			return
		}
		names = c.namesIn(ev.Summary)
		if len(names) == 0 {
			names = c.namesIn(in.Title)
		}
	}
	if len(names) == 0 {
		if in.AlertsRead && rule >= 0 {
			c.resembleService(incident, rule, give)
		}
		return
	}
	services := c.servicesOf(d)
	if told && len(services) == 0 {
		services = append(services, "")
	}
	if !containsFold(services, in.Service.Name) && in.Service.Name != "" {
		services = append(services, in.Service.Name)
	}
	if !told {
		services = append(append(services, words(ev.Summary)...), words(in.Title)...)
	}
	offer := func(name, service string, by Rule) {
		for _, alert := range c.byNameAndService[nameAndService(name, service)] {
			if now := c.best[alert]; now.incident >= 0 && !weak(now.rule) || d.elsewhere(c.alerts[alert].Labels) {
				continue
			}
			proof := "alertname " + strconv.Quote(name)
			if service != "" {
				proof += ", service " + strconv.Quote(c.alerts[alert].service)
			}
			give(alert, claim{incident: incident, rule: by, proof: proof})
		}
	}
	for _, name := range names {
		for _, service := range services {
			offer(name, service, ByNameAndService)
		}
		if rule >= 0 {
			offer(name, c.o.Services[rule].Name, ByMapping)
		}
	}
}

// resembleService is for an incident that tells nothing of its alerts: it takes
// those of the service that were active when it was opened.
func (c *claimer) resembleService(incident, rule int, give func(int32, claim)) {
	in := c.incidents[incident].Incident
	for _, alert := range c.byRule[rule] {
		k := &c.alerts[alert]
		if k.State == sources.AlertPending || k.ActiveSince.After(in.CreatedAt.Add(mappingSlack)) {
			continue
		}
		give(alert, claim{incident: incident, rule: ByMapping, proof: "service " + strconv.Quote(c.o.Services[rule].Name)})
	}
}

// nameAndService is the hash by which alerts that look alike are found.
func nameAndService(name, service string) uint64 {
	return hashPair(name, strings.ToLower(service))
}

// indexResemblance lets alerts be found by what weak rules go by. An alert is
// found under the service that it is shown with and under its own label.
func (c *claimer) indexResemblance() {
	if c.byNameAndService != nil {
		return
	}
	c.indexNames()
	c.byNameAndService = make(map[uint64][]int32, len(c.byName))
	c.byRule = map[int][]int32{}
	for i := range c.alerts {
		k := &c.alerts[i]
		if k.rule >= 0 {
			c.byRule[k.rule] = append(c.byRule[k.rule], int32(i))
		}
		name := k.Name()
		if name == "" {
			continue
		}
		key := nameAndService(name, k.service)
		c.byNameAndService[key] = append(c.byNameAndService[key], int32(i))
		if own := firstSet(k.Labels, c.o.ServiceLabels); own != "" && own != k.service {
			key := nameAndService(name, own)
			c.byNameAndService[key] = append(c.byNameAndService[key], int32(i))
		}
	}
}

// names are the alertnames that the event tells.
func (d *eventDetails) names() []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, f := range d.fired {
		add(f.labels["alertname"])
	}
	add(d.keys["alertname"])
	add(d.keys["alert_name"])
	return names
}

// servicesOf are the services that the event tells.
func (c *claimer) servicesOf(d *eventDetails) []string {
	var services []string
	add := func(s string) {
		if s != "" && !containsFold(services, s) {
			services = append(services, s)
		}
	}
	for _, f := range d.fired {
		if rule := c.o.ruleOfLabels(f.labels); rule >= 0 {
			add(c.o.Services[rule].Name)
		}
		add(firstSet(f.labels, c.o.ServiceLabels))
	}
	if len(d.fired) == 0 {
		add(firstSet(d.keys, c.o.ServiceLabels))
	}
	return services
}

// elsewhere reports whether the event tells of alerts, and all of them are of
// another place than these labels.
func (d *eventDetails) elsewhere(labels map[string]string) bool {
	differs := func(told map[string]string) bool {
		for _, name := range placeLabels {
			if a, b := told[name], labels[name]; a != "" && b != "" && a != b {
				return true
			}
		}
		return false
	}
	if len(d.fired) == 0 {
		return differs(d.keys)
	}
	for _, f := range d.fired {
		if !differs(f.labels) {
			return false
		}
	}
	return true
}

// namesIn finds the alertnames that stand in a title, such as in Alertmanager's
// "[FIRING:2] HighErrorRate checkout (…)".
func (c *claimer) namesIn(title string) []string {
	if c.byFirstWord == nil {
		c.byFirstWord = map[string][]string{}
		for name := range c.byName {
			if words := words(name); len(words) > 0 && words[0] != name {
				c.byFirstWord[words[0]] = append(c.byFirstWord[words[0]], name)
			}
		}
	}
	var names []string
	for _, word := range words(title) {
		if len(c.byName[word]) > 0 && !slices.Contains(names, word) {
			names = append(names, word)
		}
		for _, name := range c.byFirstWord[word] {
			if strings.Contains(title, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// words are the parts of s that could be alertnames.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && r != '.' && r < 0x80 &&
			(r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// hasWord reports whether the word stands in the title, in any case.
func hasWord(title, word string) bool { return containsFold(words(title), word) }

func containsFold(list []string, s string) bool {
	return s != "" && slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}
