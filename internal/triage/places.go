package triage

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/labelset"
	"firstline/internal/parallel"
	"firstline/internal/routing"
	"firstline/sources"
)

// place is a group of an Alertmanager: the alerts that it sends together to one
// receiver. It is read from the Alertmanager or, for alerts that it does not
// have (yet), found by its routes.
type place struct {
	manager  int // index of the snapshot
	receiver string
	labels   map[string]string
	name     string // labels in canonical form
	// id is the name and, where it is not the first, the cluster.
	id      string
	members []int32
	// routes are those that may have made the group; nearly always one.
	routes []*routing.Route
	// pages: the receiver has pagerduty_configs. routing: that is known.
	pages, routing bool
	// predicted: no alert of it is at the Alertmanager.
	predicted bool
	// mutedBy are the time intervals that mute it now.
	mutedBy []string
}

// wait is how long the group's first notification may take.
func (p *place) wait() time.Duration {
	var d time.Duration
	for _, r := range p.routes {
		d = max(d, r.GroupWait)
	}
	return d
}

// placer puts alerts into the groups of Alertmanagers.
type placer struct {
	*merger
	places []place
	trees  map[int]*routing.Tree
	// at finds the notification group with a key.
	at map[placeKey]int32
	// room holds the places of alerts that have only one, which nearly all do.
	room []int32
}

type placeKey struct {
	manager        int
	receiver, name string
}

// placeAlerts finds each alert's places. trees holds the route trees by the
// index of the Alertmanager's snapshot.
func placeAlerts(m *merger, trees map[int]*routing.Tree) *placer {
	n := 0
	for i := range m.snapshots {
		n += len(m.snapshots[i].Data.Groups)
	}
	p := &placer{
		merger: m, trees: trees, at: make(map[placeKey]int32, n), places: make([]place, 0, n), room: make([]int32, len(m.alerts)),
	}
	for i := range m.snapshots {
		if m.snapshots[i].Source.Kind != sources.Alertmanager {
			continue
		}
		groups := m.snapshots[i].Data.Groups
		read := make([]readGroup, len(groups))
		parallel.Do(len(groups), func(g int) { read[g] = p.readGroup(i, &groups[g]) })
		for g := range groups {
			p.addGroup(i, &groups[g], &read[g])
		}
	}
	p.predict()
	for i := range m.alerts {
		m.alerts[i].home = p.homeOf(&m.alerts[i])
	}
	return p
}

// readGroup is what is known of one of an Alertmanager's groups without the
// others.
type readGroup struct {
	members []int32
	name    string
	routes  []*routing.Route
}

func (p *placer) readGroup(manager int, g *sources.NotificationGroup) readGroup {
	fingerprints := g.Fingerprints
	if !slices.IsSorted(fingerprints) {
		fingerprints = slices.Sorted(slices.Values(fingerprints))
	}
	read := readGroup{members: make([]int32, 0, len(fingerprints)), name: labelset.Canonical(g.Labels)}
	for _, f := range fingerprints {
		at, ok := p.byFingerprint[f]
		for _, twin := range p.samePrint[f] {
			if p.alerts[twin].from.has(manager) {
				at = twin
			}
		}
		if ok && !slices.Contains(read.members[max(0, len(read.members)-1):], at) {
			read.members = append(read.members, at)
		}
	}
	if tree := p.trees[manager]; tree != nil && len(read.members) > 0 {
		read.routes = p.routesOf(tree, g, read.members)
	}
	return read
}

func (p *placer) addGroup(manager int, g *sources.NotificationGroup, read *readGroup) {
	if len(read.members) == 0 {
		return
	}
	at := p.place(placeKey{manager, g.Receiver, read.name}, g.Labels, read.routes)
	p.places[at].mutedBy = g.MutedBy
	for _, i := range read.members {
		p.put(i, at)
	}
}

// routesOf finds the routes that a group of this receiver under these labels
// can come from: those that all its alerts reach.
func (p *placer) routesOf(tree *routing.Tree, g *sources.NotificationGroup, members []int32) []*routing.Route {
	labels := p.alerts[members[0]].base.Labels
	reached := tree.Reach(labels)
	fits := func(strict bool) []*routing.Route {
		var fit []*routing.Route
		for _, r := range reached {
			if r.Receiver == g.Receiver && (!strict || r.Groups(labels, g.Labels)) {
				fit = append(fit, r)
			}
		}
		return fit
	}
	routes := fits(true)
	if len(routes) == 0 {
		// An empty group_by is missing in the configuration that Alertmanager
		// reports. The actual grouping is certain nevertheless.
		routes = fits(false)
	}
	for _, i := range members[1:] {
		if len(routes) < 2 {
			break
		}
		others := tree.Reach(p.alerts[i].base.Labels)
		both := slices.DeleteFunc(slices.Clone(routes), func(r *routing.Route) bool { return !slices.Contains(others, r) })
		if len(both) > 0 {
			routes = both
		}
	}
	return routes
}

// place gives the index of the group, new or known.
func (p *placer) place(key placeKey, labels map[string]string, routes []*routing.Route) int32 {
	at, ok := p.at[key]
	if !ok {
		tree := p.trees[key.manager]
		at = int32(len(p.places))
		p.at[key] = at
		id := key.name
		if !p.plain(key.manager) {
			id += "\n" + p.name[p.of[key.manager]]
		}
		p.places = append(p.places, place{
			manager: key.manager, receiver: key.receiver, labels: labels, name: key.name, id: id,
			pages: tree != nil && tree.Integrations[key.receiver] > 0, routing: tree != nil,
		})
	}
	for _, r := range routes {
		if !slices.Contains(p.places[at].routes, r) {
			p.places[at].routes = append(p.places[at].routes, r)
		}
	}
	return at
}

func (p *placer) put(alert, at int32) {
	k := &p.alerts[alert]
	if slices.Contains(k.places, at) {
		return
	}
	if k.places == nil {
		k.places = p.room[alert : alert : alert+1]
	}
	k.places = append(k.places, at)
	p.places[at].members = append(p.places[at].members, alert)
}

// predict places the alerts that no Alertmanager lists in a group: where one
// has the alert, by its routes; else (pending ones, and those on their way) by
// the routes of the Alertmanagers that the alert's sources send to.
func (p *placer) predict() {
	if len(p.trees) == 0 {
		return
	}
	real := len(p.places)
	var senders map[int]map[int]bool
	for i := range p.alerts {
		k := &p.alerts[i]
		if len(k.places) > 0 || k.base.Dropped && !k.routed {
			continue
		}
		if senders == nil {
			senders = p.senders()
		}
		for manager := range p.snapshots {
			tree := p.trees[manager]
			if tree == nil || !p.mayHold(k, manager, senders) {
				continue
			}
			for _, r := range tree.Reach(k.Labels) {
				labels := r.GroupLabels(k.Labels)
				at := p.place(placeKey{manager, r.Receiver, labelset.Canonical(labels)}, labels, []*routing.Route{r})
				if int(at) >= real {
					p.places[at].predicted = true
				}
				p.put(int32(i), at)
			}
		}
	}
}

// mayHold reports whether the alert is at that Alertmanager or would come to it.
func (p *placer) mayHold(k *known, manager int, senders map[int]map[int]bool) bool {
	if k.routed {
		return k.from.has(manager)
	}
	told := false // whether it is known where the alert's sources send to
	for i := range p.snapshots {
		if k.from.has(i) && len(senders[i]) > 0 {
			if senders[i][manager] {
				return true
			}
			told = true
		}
	}
	return !told
}

// senders are, for each Prometheus, the Alertmanagers that have alerts of it.
func (p *placer) senders() map[int]map[int]bool {
	to := map[int]map[int]bool{}
	seen := map[uint64]bool{}
	for i := range p.alerts {
		from := &p.alerts[i].from
		if !p.alerts[i].routed || from.rest == nil && seen[from.low] {
			continue
		}
		seen[from.low] = true
		for a := range p.snapshots {
			if !from.has(a) || p.snapshots[a].Source.Kind != sources.Prometheus {
				continue
			}
			for b := range p.snapshots {
				if from.has(b) && p.snapshots[b].Source.Kind == sources.Alertmanager {
					if to[a] == nil {
						to[a] = map[int]bool{}
					}
					to[a][b] = true
				}
			}
		}
	}
	return to
}

// homeOf chooses the notification group that shows the alert: one that pages
// before one that does not, then by labels, receiver and Alertmanager.
func (p *placer) homeOf(k *known) int32 {
	if len(k.places) == 0 {
		return none
	}
	return slices.MinFunc(k.places, func(a, b int32) int {
		return p.compare(&p.places[a], &p.places[b])
	})
}

func (p *placer) compare(a, b *place) int {
	pages := func(x *place) int {
		if x.pages {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(pages(a), pages(b)),
		cmp.Compare(a.name, b.name),
		cmp.Compare(a.receiver, b.receiver),
		cmp.Compare(a.manager, b.manager),
	)
}
