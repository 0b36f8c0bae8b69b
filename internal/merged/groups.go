package merged

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/labelset"
	"firstline/internal/parallel"
	"firstline/internal/routing"
	"firstline/sources"
)

// NotificationGroup is the alerts that an Alertmanager sends together to one
// receiver. It is read from the Alertmanager or, for alerts that it does not
// have (yet), found by its routes.
type NotificationGroup struct {
	Manager  int // index of the snapshot
	Receiver string
	Labels   map[string]string
	Name     string // labels in canonical form
	// ID is the name and, where it is not the first, the cluster.
	ID      string
	Members []int32
	// Routes are those that may have made the group, nearly always one.
	Routes []*routing.Route
	// ToPagerDuty means that the receiver has pagerduty_configs, RoutesRead that
	// the configuration was read.
	ToPagerDuty, RoutesRead bool
	// Predicted means that no alert of it is at the Alertmanager.
	Predicted bool
	// MutedBy are the time intervals that mute it now.
	MutedBy []string
}

// Wait returns how long the group's first notification may take.
func (p *NotificationGroup) Wait() time.Duration {
	var d time.Duration
	for _, r := range p.Routes {
		d = max(d, r.GroupWait)
	}
	return d
}

// Grouped is alerts with the notification groups of Alertmanagers.
type Grouped struct {
	*List
	NotificationGroups []NotificationGroup
	// Trees are the routes by the index of the Alertmanager's snapshot.
	Trees map[int]*routing.Tree
	// at finds the notification group with a key.
	at map[groupKey]int32
	// room has the indexes of groups for alerts with only one, as nearly all have.
	room []int32
}

// groupKey identifies a notification group.
type groupKey struct {
	manager        int
	receiver, name string
}

// Group finds the notification groups of each alert. trees are the routes by the
// index of the Alertmanager's snapshot.
func Group(m *List, trees map[int]*routing.Tree) *Grouped {
	n := 0
	for i := range m.Snapshots {
		n += len(m.Snapshots[i].Data.Groups)
	}
	p := &Grouped{
		List: m, Trees: trees, at: make(map[groupKey]int32, n), NotificationGroups: make([]NotificationGroup, 0, n), room: make([]int32, len(m.Alerts)),
	}
	for i := range m.Snapshots {
		if m.Snapshots[i].Source.Kind != sources.Alertmanager {
			continue
		}
		groups := m.Snapshots[i].Data.Groups
		read := make([]readGroup, len(groups))
		parallel.Do(len(groups), func(g int) { read[g] = p.readGroup(i, &groups[g]) })
		for g := range groups {
			p.addGroup(i, &groups[g], &read[g])
		}
	}
	p.predict()
	for i := range m.Alerts {
		m.Alerts[i].ShownIn = p.shownIn(&m.Alerts[i])
	}
	return p
}

// readGroup is the members, the name and the routes of a group that an
// Alertmanager reports.
type readGroup struct {
	members []int32
	name    string
	routes  []*routing.Route
}

func (p *Grouped) readGroup(manager int, g *sources.NotificationGroup) readGroup {
	fingerprints := g.Fingerprints
	if !slices.IsSorted(fingerprints) {
		fingerprints = slices.Sorted(slices.Values(fingerprints))
	}
	read := readGroup{members: make([]int32, 0, len(fingerprints)), name: labelset.Canonical(g.Labels)}
	for _, f := range fingerprints {
		at, ok := p.ByFingerprint[f]
		for _, twin := range p.samePrint[f] {
			if p.Alerts[twin].From.Has(manager) {
				at = twin
			}
		}
		if ok && !slices.Contains(read.members[max(0, len(read.members)-1):], at) {
			read.members = append(read.members, at)
		}
	}
	if tree := p.Trees[manager]; tree != nil && len(read.members) > 0 {
		read.routes = p.routesOf(tree, g, read.members)
	}
	return read
}

func (p *Grouped) addGroup(manager int, g *sources.NotificationGroup, read *readGroup) {
	if len(read.members) == 0 {
		return
	}
	at := p.groupWith(groupKey{manager, g.Receiver, read.name}, g.Labels, read.routes)
	p.NotificationGroups[at].MutedBy = g.MutedBy
	for _, i := range read.members {
		p.add(i, at)
	}
}

// routesOf finds the routes that a group of this receiver under these labels
// can come from: those that all its alerts reach.
func (p *Grouped) routesOf(tree *routing.Tree, g *sources.NotificationGroup, members []int32) []*routing.Route {
	labels := p.Alerts[members[0]].Base.Labels
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
		others := tree.Reach(p.Alerts[i].Base.Labels)
		both := slices.DeleteFunc(slices.Clone(routes), func(r *routing.Route) bool { return !slices.Contains(others, r) })
		if len(both) > 0 {
			routes = both
		}
	}
	return routes
}

// groupWith returns the index of the group with that key. It adds a new one.
func (p *Grouped) groupWith(key groupKey, labels map[string]string, routes []*routing.Route) int32 {
	at, ok := p.at[key]
	if !ok {
		tree := p.Trees[key.manager]
		at = int32(len(p.NotificationGroups))
		p.at[key] = at
		id := key.name
		if !p.plain(key.manager) {
			id += "\n" + p.ClusterName[p.ClusterOf[key.manager]]
		}
		p.NotificationGroups = append(p.NotificationGroups, NotificationGroup{
			Manager: key.manager, Receiver: key.receiver, Labels: labels, Name: key.name, ID: id,
			ToPagerDuty: tree != nil && tree.Integrations[key.receiver] > 0, RoutesRead: tree != nil,
		})
	}
	for _, r := range routes {
		if !slices.Contains(p.NotificationGroups[at].Routes, r) {
			p.NotificationGroups[at].Routes = append(p.NotificationGroups[at].Routes, r)
		}
	}
	return at
}

func (p *Grouped) add(alert, at int32) {
	k := &p.Alerts[alert]
	if slices.Contains(k.NotificationGroups, at) {
		return
	}
	if k.NotificationGroups == nil {
		k.NotificationGroups = p.room[alert : alert : alert+1]
	}
	k.NotificationGroups = append(k.NotificationGroups, at)
	p.NotificationGroups[at].Members = append(p.NotificationGroups[at].Members, alert)
}

// predict finds groups for the alerts that no Alertmanager lists in one: by its
// routes, if an Alertmanager has the alert; else (pending ones, and those on
// their way) by the routes of the Alertmanagers to which the alert's sources send.
func (p *Grouped) predict() {
	if len(p.Trees) == 0 {
		return
	}
	real := len(p.NotificationGroups)
	var senders map[int]map[int]bool
	for i := range p.Alerts {
		k := &p.Alerts[i]
		if len(k.NotificationGroups) > 0 || k.Base.Dropped && !k.Routed {
			continue
		}
		if senders == nil {
			senders = p.senders()
		}
		for manager := range p.Snapshots {
			tree := p.Trees[manager]
			if tree == nil || !p.mayHave(k, manager, senders) {
				continue
			}
			for _, r := range tree.Reach(k.Labels) {
				labels := r.GroupLabels(k.Labels)
				at := p.groupWith(groupKey{manager, r.Receiver, labelset.Canonical(labels)}, labels, []*routing.Route{r})
				if int(at) >= real {
					p.NotificationGroups[at].Predicted = true
				}
				p.add(int32(i), at)
			}
		}
	}
}

// mayHave reports whether the Alertmanager has the alert or would get it.
func (p *Grouped) mayHave(k *Alert, manager int, senders map[int]map[int]bool) bool {
	if k.Routed {
		return k.From.Has(manager)
	}
	found := false // whether it is known where the alert's sources send to
	for i := range p.Snapshots {
		if k.From.Has(i) && len(senders[i]) > 0 {
			if senders[i][manager] {
				return true
			}
			found = true
		}
	}
	return !found
}

// senders returns, for each Prometheus, the Alertmanagers that have alerts of it.
func (p *Grouped) senders() map[int]map[int]bool {
	to := map[int]map[int]bool{}
	seen := map[uint64]bool{}
	for i := range p.Alerts {
		from := &p.Alerts[i].From
		if !p.Alerts[i].Routed || from.rest == nil && seen[from.low] {
			continue
		}
		seen[from.low] = true
		for a := range p.Snapshots {
			if !from.Has(a) || p.Snapshots[a].Source.Kind != sources.Prometheus {
				continue
			}
			for b := range p.Snapshots {
				if from.Has(b) && p.Snapshots[b].Source.Kind == sources.Alertmanager {
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

// shownIn chooses the notification group that shows the alert: one that PagerDuty
// gets before one that it does not, then by labels, receiver and Alertmanager.
func (p *Grouped) shownIn(k *Alert) int32 {
	if len(k.NotificationGroups) == 0 {
		return None
	}
	return slices.MinFunc(k.NotificationGroups, func(a, b int32) int {
		return p.compare(&p.NotificationGroups[a], &p.NotificationGroups[b])
	})
}

func (p *Grouped) compare(a, b *NotificationGroup) int {
	pagerDuty := func(x *NotificationGroup) int {
		if x.ToPagerDuty {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(pagerDuty(a), pagerDuty(b)),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Receiver, b.Receiver),
		cmp.Compare(a.Manager, b.Manager),
	)
}
