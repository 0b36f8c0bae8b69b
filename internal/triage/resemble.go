package triage

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/internal/parallel"
	"firstline/sources"
)

// placeLabels say where something runs: alerts that differ in one of them are
// different alerts, however alike they are else.
var placeLabels = [7]string{"cluster", "namespace", "environment", "env", "region", "datacenter", "tenant"}

// placeHashes are the hashes of these names, which every alert is asked for.
var placeHashes = func() (hashes [len(placeLabels)]uint64) {
	for i, name := range placeLabels {
		hashes[i] = labelset.HashName(name)
	}
	return hashes
}()

// mappingSlack is how much later than the incident an alert may have begun that
// the incident is taken to be about: clocks differ, and a page may come from a
// monitor that is quicker than Prometheus.
const mappingSlack = 5 * time.Minute

// resemble makes the weak claims: of events without proof, and of proven ones
// on alerts that no Alertmanager has, if only one incident would have them. Its
// time is proportional to the content of events and to the alerts: events wait
// in lists by what they would take, in the order of time, and each alert looks
// up the one with the best claim.
//
// An incident takes nothing by resemblance for alerts of it that are not read,
// and none takes an alert that may be one of those: an alert that resembles it
// then may turn out to be another incident's. An incident retains only what it
// took while everything was read: that is earlier.
func (c *claimer) resemble(earlier []resembled) {
	unproven, proven := newWanted(c), newWanted(c)
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

// resembling are the events that may take alerts by resemblance, in the order in
// which their incidents were opened.
func (c *claimer) resembling() []telling {
	strays := c.anyStray()
	events := make([]telling, 0, len(c.incidents))
	for _, i := range c.byTime() {
		for e := range c.incidents[i].events {
			ev := &c.incidents[i].events[e]
			if ev.Status != sources.Resolved && !ev.unread && (strays || !ev.proven) {
				events = append(events, telling{incident: int32(i), event: ev})
			}
		}
	}
	return events
}

// bestOf is the best weak claim on an alert, of the incident -1 where there is
// none.
func (c *claimer) bestOf(alert int32, unproven, proven *wanted) claim {
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

// byTime are the incidents in the order in which they were opened, then by id.
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

// stray reports whether no Alertmanager knows of the alert.
func stray(k *merged.Alert) bool { return !k.Routed && len(k.NotificationGroups) == 0 }

// wanted are incidents by the alerts that they would take by resemblance.
type wanted struct {
	*claimer
	lists map[wantedKey]*wantedList
	// told are the labels that events in the lists contain.
	told placeSet
	// mapped: some list is for a configured service.
	mapped bool
}

// wantedKey is the common part of alerts and events: an alertname and a service
// or, with byService, only a [[service]]. mapped means that the configuration
// sets the service.
type wantedKey struct {
	nameAndService uint64
	mapped         bool
	byService      int32 // 1 more than the index; 0: by name
}

func (k wantedKey) rule() Rule {
	if k.mapped {
		return ByMapping
	}
	return ByNameAndService
}

// wantedList are the incidents for one key, by the labels of placeLabels that
// their events contain.
type wantedList struct{ parts []*wantedPart }

type wantedPart struct {
	told placeSet
	all  []want
	// alike are the lists that were asked for. Alerts ask on all processors; mu
	// is for those that add one.
	mu    sync.Mutex
	alike atomic.Pointer[[]alikeWants]
}

// alikeWants are the incidents of a part by the values of some of the labels.
type alikeWants struct {
	labels  placeSet
	byValue map[uint64][]want
}

// want is an incident with the location labels in its event. Wants are in the
// order in which the incidents were opened.
type want struct {
	incident int32
	where    whereabouts
}

// whereabouts are the placeLabels of labels: which of them have a value, and
// the hash of the values.
type whereabouts struct {
	labels map[string]string
	told   placeSet
	hash   uint64
}

// whereaboutsOf returns those of the labels that are in the set.
func whereaboutsOf(labels map[string]string, set placeSet) whereabouts {
	w := whereabouts{labels: labels}
	for i, name := range placeLabels {
		if set&(1<<i) == 0 {
			continue
		}
		if value := labels[name]; value != "" {
			w.told |= 1 << i
			w.hash += labelset.HashValue(placeHashes[i], value)
		}
	}
	return w
}

// hashOf returns the hash of the labels in the set, which all have values.
func (w *whereabouts) hashOf(set placeSet) uint64 {
	if set == w.told {
		return w.hash
	}
	var h uint64
	for i, name := range placeLabels {
		if set&(1<<i) != 0 {
			h += labelset.HashValue(placeHashes[i], w.labels[name])
		}
	}
	return h
}

// placeSet has a bit for each of placeLabels.
type placeSet uint8

// anyPlace is the set of all of them.
const anyPlace placeSet = 1<<len(placeLabels) - 1

func newWanted(c *claimer) *wanted { return &wanted{claimer: c, lists: map[wantedKey]*wantedList{}} }

// telling is an event with the alerts that it seems to be about.
type telling struct {
	incident int32
	event    *event
	rule     int // of the PagerDuty service, an index into Options.Services or -1
	told     []told
}

// read reads the event. It leaves titles to add: an index reads them, which is
// made when the first one asks.
func (t *telling) read(c *claimer) {
	t.rule = c.o.ruleOfPagerDuty(c.incidents[t.incident].Service)
	t.told = c.told(c.read(t.event))
}

// add takes in the alerts that an event seems to be about.
func (w *wanted) add(t *telling) {
	in := w.incidents[t.incident].Incident
	if len(t.told) == 0 {
		if t.event.proven {
			return
		}
		if t.told = w.toldByTitle(t.event, in); len(t.told) == 0 {
			if in.AlertsRead && t.rule >= 0 {
				w.put(wantedKey{mapped: true, byService: int32(t.rule) + 1}, want{t.incident, whereaboutsOf(w.read(t.event).Keys, anyPlace)})
			}
			return
		}
	}
	for i := range t.told {
		told := &t.told[i]
		if i > 0 && told.like(&t.told[i-1]) {
			continue // one event often has many alerts that differ in their pods
		}
		x := want{t.incident, told.whereabouts}
		for _, service := range told.services {
			w.put(wantedKey{nameAndService: nameAndService(told.name, service)}, x)
		}
		if service := in.Service.Name; service != "" && !containsFold(told.services, service) {
			w.put(wantedKey{nameAndService: nameAndService(told.name, service)}, x)
		}
		if t.rule >= 0 {
			w.put(wantedKey{nameAndService: nameAndService(told.name, w.o.Services[t.rule].Name), mapped: true}, x)
		}
	}
}

func (w *wanted) put(key wantedKey, x want) {
	list := w.lists[key]
	if list == nil {
		list = &wantedList{}
		w.lists[key] = list
		w.mapped = w.mapped || key.mapped
	}
	at := slices.IndexFunc(list.parts, func(p *wantedPart) bool { return p.told == x.where.told })
	if at < 0 {
		at = len(list.parts)
		list.parts = append(list.parts, &wantedPart{told: x.where.told})
		w.told |= x.where.told
	}
	part := list.parts[at]
	if n := len(part.all); n > 0 && part.all[n-1].incident == x.incident && part.all[n-1].where.hash == x.where.hash {
		return // several alerts or events of it are equal
	}
	part.all = append(part.all, x)
}

// best returns the best claim on an alert, with the incident -1 without one.
// severalWant means that more than one incident would have it.
func (w *wanted) best(alert int32) (best claim, severalWant bool) {
	best.incident = -1
	if len(w.lists) == 0 {
		return best, false
	}
	k, own := &w.Alerts[alert], &w.owned[alert]
	where := whereaboutsOf(k.Labels, w.told)
	look := func(key wantedKey) {
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
			severalWant = severalWant || wants[0].incident != wants[len(wants)-1].incident || best.incident >= 0 && best.incident != cl.incident
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
			look(wantedKey{nameAndService: h})
			look(wantedKey{nameAndService: h, mapped: true})
		}
	}
	if own.rule >= 0 && k.State != sources.AlertPending {
		look(wantedKey{mapped: true, byService: int32(own.rule) + 1})
	}
	return best, severalWant
}

// of returns the incidents whose events do not contradict the labels: the
// labels that both have are equal.
func (p *wantedPart) of(where *whereabouts) []want {
	both := p.told & where.told
	if both == 0 {
		return p.all
	}
	return p.alikeIn(both)[where.hashOf(both)]
}

func (p *wantedPart) alikeIn(both placeSet) map[uint64][]want {
	if byValue := p.lookUp(both); byValue != nil {
		return byValue
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if byValue := p.lookUp(both); byValue != nil {
		return byValue // of another that asked at the same time
	}
	byValue := make(map[uint64][]want, 1)
	for i := range p.all {
		x := &p.all[i]
		h := x.where.hashOf(both)
		if list := byValue[h]; len(list) == 0 || list[len(list)-1].incident != x.incident {
			byValue[h] = append(list, *x)
		}
	}
	lists := []alikeWants{{both, byValue}}
	if others := p.alike.Load(); others != nil {
		lists = append(lists, *others...)
	}
	p.alike.Store(&lists)
	return byValue
}

// lookUp returns the list for these labels, or nil.
func (p *wantedPart) lookUp(both placeSet) map[uint64][]want {
	if lists := p.alike.Load(); lists != nil {
		for i := range *lists {
			if list := &(*lists)[i]; list.labels == both {
				return list.byValue
			}
		}
	}
	return nil
}

// firstFor is where those begin that were opened at that time or later.
func (c *claimer) firstFor(wants []want, at time.Time) int {
	n, _ := slices.BinarySearchFunc(wants, at, func(x want, at time.Time) int {
		return c.incidents[x.incident].CreatedAt.Compare(at)
	})
	return n
}

// soonestAfter is the first incident that was opened after the alert began, or
// else the last before: the one that beats the others.
func (c *claimer) soonestAfter(wants []want, began time.Time) int {
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

// told is an alert in an event: its name, its possible services, and labels
// that say where it is.
type told struct {
	name     string
	services []string
	whereabouts
}

// like reports whether the same alerts resemble both.
func (t *told) like(other *told) bool {
	return t.name == other.name && t.told == other.told && t.hash == other.hash && slices.Equal(t.services, other.services)
}

// noService is for alerts without a service.
var noService = []string{""}

// told returns the alerts that the event names.
func (c *claimer) told(d *events.Details) []told {
	if d.Source == nil || slices.ContainsFunc(d.Fired, func(f events.Alert) bool { return f.Labels["alertname"] == "" }) {
		return c.owner.told(d.Fired, d.Keys)
	}
	return c.named.of(c.owner, d.Source)
}

// nameMemory remembers the alerts that texts name, of those texts that were
// asked for since the last call of next.
type nameMemory struct {
	owner     *owner
	mu        sync.Mutex // events are read in parallel
	last, now map[*events.Text][]told
}

// next forgets the texts that were not asked for since the last call, and all of
// them where alerts have other owners.
func (m *nameMemory) next(w *owner) {
	if m.owner != w {
		m.now = nil
	}
	m.owner = w
	m.last, m.now = m.now, make(map[*events.Text][]told, len(m.now))
}

// of returns the alerts that the text names, each with its name in it.
func (m *nameMemory) of(w *owner, text *events.Text) []told {
	m.mu.Lock()
	defer m.mu.Unlock()
	list, ok := m.now[text]
	if ok {
		return list
	}
	if list, ok = m.last[text]; !ok {
		m.mu.Unlock() // others read theirs meanwhile
		list = w.told(text.Fired, nil)
		m.mu.Lock()
	}
	m.now[text] = list
	return list
}

// told returns the alerts that an event with these alerts and texts names. Of
// alerts that follow each other and resemble the same ones it has the first.
func (w *owner) told(fired []events.Alert, keys map[string]string) []told {
	var list []told
	add := func(name string, services []string, labels map[string]string) {
		if len(services) == 0 {
			services = noService
		}
		t := told{name, services, whereaboutsOf(labels, anyPlace)}
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

// toldByTitle returns the alerts whose names are in the event's summary or, if
// there are none, in the incident's title, with the services named there.
func (c *claimer) toldByTitle(ev *event, in *sources.Incident) []told {
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
	places := []map[string]string{c.read(ev).Keys}
	if fired := c.read(ev).Fired; len(fired) > 0 {
		places = places[:0]
		for _, f := range fired {
			places = append(places, f.Labels)
		}
	}
	var list []told
	for _, name := range names {
		for _, labels := range places {
			list = append(list, told{name, services, whereaboutsOf(labels, anyPlace)})
		}
	}
	return list
}

// indexServices lets the words of titles be known for services.
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

// namesIn finds the alertnames in a title, such as in Alertmanager's
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

// words are the parts of s that could be alertnames.
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
