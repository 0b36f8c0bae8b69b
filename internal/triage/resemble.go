package triage

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/internal/parallel"
	"firstline/sources"
)

// locationLabels are the labels with the location of something: alerts that differ
// in one of them are different alerts, however alike they are otherwise.
var locationLabels = [7]string{"cluster", "namespace", "environment", "env", "region", "datacenter", "tenant"}

// locationHashes are the hashes of these names. Every alert needs them.
var locationHashes = func() (hashes [len(locationLabels)]uint64) {
	for i, name := range locationLabels {
		hashes[i] = labelset.HashName(name)
	}
	return hashes
}()

// mappingSlack is how much later than the incident an alert of it may have begun:
// clocks differ, and the incident may come from a monitor that is quicker than
// Prometheus.
const mappingSlack = 5 * time.Minute

// resemble makes the weak claims: of events without proof, and of proven ones
// on alerts that no Alertmanager has, if only one incident would have them. Its
// time is proportional to the content of events and to the number of alerts:
// events are in lists by the alerts that they would take, in the order of time,
// and each alert finds the one with the best claim.
//
// An incident takes nothing by resemblance for alerts of it that are not read, and
// it takes no alert that may be one of another incident's unread alerts. It retains
// the alerts that it took while everything was read, which are in earlier.
func (c *claimer) resemble(earlier []resembled) {
	unproven, proven := newCandidates(c), newCandidates(c)
	events := c.resembling()
	// Events are read on all processors, and put into lists in order.
	parallel.Do(len(events), func(i int) { events[i].read(c) })
	for i := range events {
		if w := &events[i]; w.event.proven {
			proven.add(w)
		} else {
			unproven.add(w)
		}
	}
	if len(unproven.lists)+len(proven.lists) == 0 {
		return
	}
	var incidents map[uint64]string // of the earlier ones, by the hash of the alert
	if c.unread > 0 {
		incidents = make(map[uint64]string, len(earlier))
		for _, r := range earlier {
			incidents[r.alert] = r.incident
		}
	}
	// No claim depends on another's, so they are found on all processors.
	withheld := make([]atomic.Bool, len(c.incidents))
	parallel.Do(len(c.Alerts), func(i int) {
		alert := int32(i)
		best := c.bestOf(alert, unproven, proven)
		if best.incident < 0 {
			return
		}
		in := &c.incidents[best.incident]
		others := c.unread
		if in.unread {
			others--
		}
		if others > 0 && incidents[c.Alerts[alert].Hash] != in.ID {
			withheld[best.incident].Store(true)
			return
		}
		c.claim(alert, best)
	})
	for i := range withheld {
		c.incidents[i].withheld = withheld[i].Load()
	}
}

// resembling returns the events that may take alerts by resemblance, in the order
// in which their incidents were opened.
func (c *claimer) resembling() []resemblingEvent {
	strays := c.anyStray()
	events := make([]resemblingEvent, 0, len(c.incidents))
	for _, i := range c.byTime() {
		for e := range c.incidents[i].events {
			ev := &c.incidents[i].events[e]
			if ev.Status != sources.Resolved && !ev.unread && (strays || !ev.proven) {
				events = append(events, resemblingEvent{incident: int32(i), event: ev})
			}
		}
	}
	return events
}

// bestOf returns the best weak claim on an alert, with the incident -1 without one.
func (c *claimer) bestOf(alert int32, unproven, proven *candidates) claim {
	nobody := claim{incident: -1}
	if now := &c.best[alert]; now.incident >= 0 && !weak(now.rule) {
		return nobody
	}
	best, _ := unproven.best(alert)
	if best.incident < 0 && stray(&c.Alerts[alert]) {
		var several bool
		if best, several = proven.best(alert); several {
			return nobody
		}
	}
	return best
}

// resembled is an alert, by its hash, and the id of the incident that took it by
// resemblance.
type resembled struct {
	alert    uint64
	incident string
}

// resembled returns the alerts that were taken by resemblance, as resemble
// takes them.
func (c *claimer) resembled() []resembled {
	n := 0
	for i := range c.best {
		if c.best[i].incident >= 0 && weak(c.best[i].rule) {
			n++
		}
	}
	list := make([]resembled, 0, n)
	for i := range c.best {
		if cl := &c.best[i]; cl.incident >= 0 && weak(cl.rule) {
			list = append(list, resembled{c.Alerts[i].Hash, c.incidents[cl.incident].ID})
		}
	}
	return list
}

// byTime returns the incidents in the order in which they were opened, then by id.
func (c *claimer) byTime() []int {
	order := make([]int, len(c.incidents))
	for i := range order {
		order[i] = i // which is by id
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return c.incidents[a].CreatedAt.Compare(c.incidents[b].CreatedAt)
	})
	return order
}

func (c *claimer) anyStray() bool {
	for i := range c.Alerts {
		if stray(&c.Alerts[i]) {
			return true
		}
	}
	return false
}

// stray reports whether the alert is in no Alertmanager and would get to none.
func stray(k *merged.Alert) bool { return !k.Routed && len(k.NotificationGroups) == 0 }

// candidates are incidents by the alerts that they would take by resemblance.
type candidates struct {
	*claimer
	lists map[candidateKey]*candidateList
	// locations are the labels that events in the lists contain.
	locations locationSet
	// mapped means that some list is for a configured service.
	mapped bool
}

// candidateKey is the common part of alerts and events: an alertname and a service
// or, with byService, only a [[service]]. mapped means that the configuration
// sets the service.
type candidateKey struct {
	nameAndService uint64
	mapped         bool
	byService      int32 // 1 more than the index; 0: by name
}

func (k candidateKey) rule() Rule {
	if k.mapped {
		return ByMapping
	}
	return ByNameAndService
}

// candidateList is the incidents for one key, by the locationLabels that their
// events contain.
type candidateList struct{ parts []*candidatePart }

type candidatePart struct {
	has locationSet
	all []candidate
	// alike are the lists that were needed so far. Alerts read them on all
	// processors; mu is for those that add one.
	mu    sync.Mutex
	alike atomic.Pointer[[]alikeCandidates]
}

// alikeCandidates are the incidents of a part by the values of some of the labels.
type alikeCandidates struct {
	labels  locationSet
	byValue map[uint64][]candidate
}

// candidate is an incident with the location labels in its event. Candidates are in
// the order in which the incidents were opened.
type candidate struct {
	incident int32
	where    location
}

// location is the locationLabels among labels: which of them have a value, and the
// hash of the values.
type location struct {
	labels map[string]string
	has    locationSet
	hash   uint64
}

// locationOf returns the location labels that are in the set.
func locationOf(labels map[string]string, set locationSet) location {
	w := location{labels: labels}
	for i, name := range locationLabels {
		if set&(1<<i) == 0 {
			continue
		}
		if value := labels[name]; value != "" {
			w.has |= 1 << i
			w.hash += labelset.HashValue(locationHashes[i], value)
		}
	}
	return w
}

// hashOf returns the hash of the labels in the set, which all have values.
func (w *location) hashOf(set locationSet) uint64 {
	if set == w.has {
		return w.hash
	}
	var h uint64
	for i, name := range locationLabels {
		if set&(1<<i) != 0 {
			h += labelset.HashValue(locationHashes[i], w.labels[name])
		}
	}
	return h
}

// locationSet has a bit for each of locationLabels.
type locationSet uint8

// anyLocation is the set of all of them.
const anyLocation locationSet = 1<<len(locationLabels) - 1

func newCandidates(c *claimer) *candidates {
	return &candidates{claimer: c, lists: map[candidateKey]*candidateList{}}
}

// resemblingEvent is an event with the alerts that it seems to be about.
type resemblingEvent struct {
	incident int32
	event    *event
	rule     int // of the PagerDuty service, an index into Options.Services or -1
	named    []namedAlert
}

// read reads the event, without titles: add reads them, with an index that it makes
// for the first one.
func (t *resemblingEvent) read(c *claimer) {
	t.rule = c.o.ruleOfPagerDuty(c.incidents[t.incident].Service)
	t.named = c.namedBy(c.read(t.event))
}

// add adds an event to the lists of the alerts that it seems to be about.
func (w *candidates) add(t *resemblingEvent) {
	in := w.incidents[t.incident].Incident
	if len(t.named) == 0 {
		if t.event.proven {
			return
		}
		if t.named = w.namedByTitle(t.event, in); len(t.named) == 0 {
			if in.AlertsRead && t.rule >= 0 {
				w.put(candidateKey{mapped: true, byService: int32(t.rule) + 1}, candidate{t.incident, locationOf(w.read(t.event).Keys, anyLocation)})
			}
			return
		}
	}
	for i := range t.named {
		named := &t.named[i]
		if i > 0 && named.like(&t.named[i-1]) {
			continue // one event often has many alerts that differ in their pods
		}
		x := candidate{t.incident, named.location}
		for _, service := range named.services {
			w.put(candidateKey{nameAndService: nameAndService(named.name, service)}, x)
		}
		if service := in.Service.Name; service != "" && !containsFold(named.services, service) {
			w.put(candidateKey{nameAndService: nameAndService(named.name, service)}, x)
		}
		if t.rule >= 0 {
			w.put(candidateKey{nameAndService: nameAndService(named.name, w.o.Services[t.rule].Name), mapped: true}, x)
		}
	}
}

func (w *candidates) put(key candidateKey, x candidate) {
	list := w.lists[key]
	if list == nil {
		list = &candidateList{}
		w.lists[key] = list
		w.mapped = w.mapped || key.mapped
	}
	at := slices.IndexFunc(list.parts, func(p *candidatePart) bool { return p.has == x.where.has })
	if at < 0 {
		at = len(list.parts)
		list.parts = append(list.parts, &candidatePart{has: x.where.has})
		w.locations |= x.where.has
	}
	part := list.parts[at]
	if n := len(part.all); n > 0 && part.all[n-1].incident == x.incident && part.all[n-1].where.hash == x.where.hash {
		return // several alerts or events of it are equal
	}
	part.all = append(part.all, x)
}

// best returns the best claim on an alert, with the incident -1 without one.
// several means that more than one incident would have it.
func (w *candidates) best(alert int32) (best claim, several bool) {
	best.incident = -1
	if len(w.lists) == 0 {
		return best, false
	}
	k, own := &w.Alerts[alert], &w.owned[alert]
	where := locationOf(k.Labels, w.locations)
	check := func(key candidateKey) {
		if key.mapped && !w.mapped {
			return
		}
		list := w.lists[key]
		if list == nil {
			return
		}
		for i := range list.parts {
			wants := list.parts[i].of(&where)
			if key.byService > 0 {
				wants = wants[w.firstFor(wants, k.ActiveSince.Add(-mappingSlack)):]
			}
			if len(wants) == 0 {
				continue
			}
			cl := claim{incident: w.soonestAfter(wants, k.ActiveSince), rule: key.rule(), byService: key.byService > 0}
			several = several || wants[0].incident != wants[len(wants)-1].incident || best.incident >= 0 && best.incident != cl.incident
			if best.incident < 0 || w.beats(alert, cl, best) {
				best = cl
			}
		}
	}
	if name := k.Name(); name != "" {
		services := [2]string{own.service}
		n := 1
		if other := labelset.FirstSet(k.Labels, w.o.ServiceLabels); other != "" && !strings.EqualFold(other, own.service) {
			services[1], n = other, 2
		}
		for _, service := range services[:n] {
			h := nameAndService(name, service)
			check(candidateKey{nameAndService: h})
			check(candidateKey{nameAndService: h, mapped: true})
		}
	}
	if own.rule >= 0 && k.State != sources.AlertPending {
		check(candidateKey{mapped: true, byService: int32(own.rule) + 1})
	}
	return best, several
}

// of returns the incidents whose events do not contradict the labels: the
// labels that both have are equal.
func (p *candidatePart) of(where *location) []candidate {
	both := p.has & where.has
	if both == 0 {
		return p.all
	}
	return p.alikeIn(both)[where.hashOf(both)]
}

func (p *candidatePart) alikeIn(both locationSet) map[uint64][]candidate {
	if byValue := p.listOf(both); byValue != nil {
		return byValue
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if byValue := p.listOf(both); byValue != nil {
		return byValue // of another that asked at the same time
	}
	byValue := make(map[uint64][]candidate, 1)
	for i := range p.all {
		x := &p.all[i]
		h := x.where.hashOf(both)
		if list := byValue[h]; len(list) == 0 || list[len(list)-1].incident != x.incident {
			byValue[h] = append(list, *x)
		}
	}
	lists := []alikeCandidates{{both, byValue}}
	if others := p.alike.Load(); others != nil {
		lists = append(lists, *others...)
	}
	p.alike.Store(&lists)
	return byValue
}

// listOf returns the list for these labels, or nil.
func (p *candidatePart) listOf(both locationSet) map[uint64][]candidate {
	if lists := p.alike.Load(); lists != nil {
		for i := range *lists {
			if list := &(*lists)[i]; list.labels == both {
				return list.byValue
			}
		}
	}
	return nil
}

// firstFor returns the index of the first one that was opened at that time or later.
func (c *claimer) firstFor(wants []candidate, at time.Time) int {
	n, _ := slices.BinarySearchFunc(wants, at, func(x candidate, at time.Time) int {
		return c.incidents[x.incident].CreatedAt.Compare(at)
	})
	return n
}

// soonestAfter returns the first incident that was opened after the alert began, or
// else the last before: the one that beats the others.
func (c *claimer) soonestAfter(wants []candidate, began time.Time) int {
	at := c.firstFor(wants, began)
	if at == len(wants) {
		at = c.firstFor(wants, c.incidents[wants[at-1].incident].CreatedAt)
	}
	return int(wants[at].incident)
}

// nameAndService returns the hash for finding similar alerts.
func nameAndService(name, service string) uint64 {
	return labelset.HashPair(name, strings.ToLower(service))
}
