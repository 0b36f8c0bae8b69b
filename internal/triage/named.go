package triage

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/sources"
)

// namedAlert is an alert in an event: its name, its possible services and its
// location.
type namedAlert struct {
	name     string
	services []string
	location
}

// like reports whether the same alerts resemble both.
func (t *namedAlert) like(other *namedAlert) bool {
	return t.name == other.name && t.has == other.has && t.hash == other.hash && slices.Equal(t.services, other.services)
}

// noService is for alerts without a service.
var noService = []string{""}

// namedBy returns the alerts that the event names.
func (c *claimer) namedBy(d *events.Details) []namedAlert {
	if d.Source == nil || slices.ContainsFunc(d.Fired, func(f events.Alert) bool { return f.Labels["alertname"] == "" }) {
		return c.owner.namedIn(d.Fired, d.Keys)
	}
	return c.named.of(c.owner, d.Source)
}

// nameMemory caches the alerts that texts name, of the texts that were needed since
// the last call of next.
type nameMemory struct {
	owner     *owner
	mu        sync.Mutex // events are read in parallel
	last, now map[*events.Text][]namedAlert
}

// next forgets the texts that were not needed since the last call, and all of them
// if other services are configured.
func (m *nameMemory) next(w *owner) {
	if m.owner != w {
		m.now = nil
	}
	m.owner = w
	m.last, m.now = m.now, make(map[*events.Text][]namedAlert, len(m.now))
}

// of returns the alerts that the text names.
func (m *nameMemory) of(w *owner, text *events.Text) []namedAlert {
	m.mu.Lock()
	defer m.mu.Unlock()
	list, ok := m.now[text]
	if ok {
		return list
	}
	if list, ok = m.last[text]; !ok {
		m.mu.Unlock() // others read theirs meanwhile
		list = w.namedIn(text.Fired, nil)
		m.mu.Lock()
	}
	m.now[text] = list
	return list
}

// namedIn returns the alerts that an event with these alerts and texts names. Of
// alerts that follow each other and resemble the same ones it has the first.
func (w *owner) namedIn(fired []events.Alert, keys map[string]string) []namedAlert {
	var list []namedAlert
	add := func(name string, services []string, labels map[string]string) {
		if len(services) == 0 {
			services = noService
		}
		t := namedAlert{name, services, locationOf(labels, anyLocation)}
		if n := len(list); n == 0 || !t.like(&list[n-1]) { // one event often has many alerts that differ in their pods
			t.services = slices.Clone(services)
			list = append(list, t)
		}
	}
	addKeys := func(services []string, labels map[string]string) {
		for i, key := range []string{"alertname", "alert_name"} {
			if name := keys[key]; name != "" && (i == 0 || name != keys["alertname"]) {
				add(name, services, labels)
			}
		}
	}
	var room [2]string
	for _, f := range fired {
		services := room[:0]
		if rule := w.rule(f.Labels); rule >= 0 {
			services = append(services, w.o.Services[rule].Name)
		}
		if own := labelset.FirstSet(f.Labels, w.o.ServiceLabels); own != "" && !containsFold(services, own) {
			services = append(services, own)
		}
		if name := f.Labels["alertname"]; name != "" {
			add(name, services, f.Labels)
		} else {
			addKeys(services, f.Labels)
		}
	}
	if len(fired) == 0 {
		var services []string
		if own := labelset.FirstSet(keys, w.o.ServiceLabels); own != "" {
			services = append(services, own)
		}
		addKeys(services, keys)
	}
	return list
}

// namedByTitle returns the alerts whose names are in the event's summary or, if
// there are none, in the incident's title, with the services named there.
func (c *claimer) namedByTitle(ev *event, in *sources.Incident) []namedAlert {
	c.indexNames()
	names := c.namesIn(ev.Summary)
	if len(names) == 0 {
		names = c.namesIn(in.Title)
	}
	if len(names) == 0 {
		return nil
	}
	c.indexServices()
	var services []string
	for _, text := range []string{ev.Summary, in.Title} {
		for _, word := range words(text) {
			if c.services[strings.ToLower(word)] && !containsFold(services, word) {
				services = append(services, word)
			}
		}
	}
	locations := []map[string]string{c.read(ev).Keys}
	if fired := c.read(ev).Fired; len(fired) > 0 {
		locations = locations[:0]
		for _, f := range fired {
			locations = append(locations, f.Labels)
		}
	}
	var list []namedAlert
	for _, name := range names {
		for _, labels := range locations {
			list = append(list, namedAlert{name, services, locationOf(labels, anyLocation)})
		}
	}
	return list
}

// indexServices collects the services, to find them among the words of titles.
func (c *claimer) indexServices() {
	if c.services != nil {
		return
	}
	c.services = map[string]bool{}
	add := func(service string) {
		if service != "" && !c.services[service] {
			c.services[strings.ToLower(service)] = true
		}
	}
	for i := range c.Alerts {
		add(c.owned[i].service)
		add(labelset.FirstSet(c.Alerts[i].Labels, c.o.ServiceLabels))
	}
}

// namesIn returns the alertnames in a title, such as in Alertmanager's
// "[FIRING:2] HighErrorRate checkout (…)".
func (c *claimer) namesIn(title string) []string {
	if c.byFirstWord == nil {
		c.byFirstWord = map[string][]stretch{}
		for name := range c.names {
			if words := words(name); len(words) > 0 && words[0] != name {
				s := stretch{strings.Index(name, words[0]), len(name)}
				if list := c.byFirstWord[words[0]]; !slices.Contains(list, s) {
					c.byFirstWord[words[0]] = append(list, s)
				}
			}
		}
		for _, list := range c.byFirstWord {
			slices.SortFunc(list, func(a, b stretch) int {
				return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.before, b.before))
			})
		}
	}
	var names []string
	add := func(name string) {
		if c.names[name] && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	at := 0
	for _, word := range words(title) {
		at += strings.Index(title[at:], word)
		add(word)
		for _, s := range c.byFirstWord[word] {
			if from := at - s.before; from >= 0 && from+s.length <= len(title) {
				add(title[from : from+s.length])
			}
		}
		at += len(word)
	}
	return names
}

// stretch is the position of a name of several words: how far before its first
// word it begins, and its length.
type stretch struct{ before, length int }

// words returns the parts of s that could be alertnames.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && r != '.' && r < 0x80 &&
			(r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// hasWord reports whether the word is in the title, ignoring case.
func hasWord(title, word string) bool { return containsFold(words(title), word) }

func containsFold(list []string, s string) bool {
	return s != "" && slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}
