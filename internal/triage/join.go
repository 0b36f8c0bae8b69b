package triage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"firstline/internal/crash"
	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/internal/parallel"
	"firstline/internal/reference"
	"firstline/internal/routing"
	"firstline/sources"
)

// Join makes the ranked list of groups from the last snapshots of the sources.
// It is pure: the same input gives the same groups, whatever the order of
// snapshots, alerts and incidents in it. No alert and no incident is lost, and
// no alert is in two groups. now has the location for times in texts.
func Join(snapshots []sources.Snapshot, o Options, now time.Time) []Group {
	var j Joiner
	return j.Join(snapshots, o, now)
}

// Joiner is Join with a cache of costly results: Alertmanager's configuration, the
// hashes of labels, the events sent to PagerDuty, and which [[service]] matches. It
// also remembers which sources were read wholly before, so that its statements do
// not waver while PagerDuty is read again, and when alerts began to fire and were
// gone. The zero Joiner is ready. Options.Services and the lists of snapshots must
// not be changed in place between its joins. It is not safe for concurrent use.
type Joiner struct {
	// trees are by the text of the configuration, nil for one that can't be read.
	trees   map[string]*routing.Tree
	alerts  merged.Memory
	texts   events.Memory
	named   nameMemory
	owner   *owner
	history history
	// senders are the clusters of Alertmanagers that sent events to PagerDuty, as
	// far as joins have proven it; see findSenders.
	senders map[string]string
	// resembled are the alerts that incidents took by resemblance in the last
	// join.
	resembled []resembled
	// whole are the sources that were read wholly once. A later read that is not done
	// adds to that, so that nothing is missing.
	whole map[sources.Source]bool
}

// Join is the package's Join.
func (j *Joiner) Join(snapshots []sources.Snapshot, o Options, now time.Time) []Group {
	o = o.WithDefaults()
	snapshots = j.asWhole(ordered(snapshots))
	c := proveAlerts(j.merge(snapshots, &o), &o, j.owner, distinctIncidents(snapshots), &j.texts, &j.named, j.senders)
	c.resemble(j.resembled)
	j.senders, j.resembled = c.senders(), c.resembled()
	return newBuilder(c, &j.history, now).groups()
}

// merge merges the alerts, puts them into the groups of Alertmanagers and finds
// their owners.
func (j *Joiner) merge(snapshots []sources.Snapshot, o *Options) *ownedAlerts {
	m := merged.Merge(snapshots, labelset.Comparer{Ignored: o.IgnoreLabels}, o.Alertmanagers, &j.alerts)
	if !j.owner.valid(o) {
		j.owner = newOwner(o)
	}
	owned := make([]owned, len(m.Alerts))
	var owners crash.Group // where alerts are placed does not depend on their owners
	owners.Go(func() {
		parallel.Do(len(owned), func(i int) { owned[i] = j.owner.of(m.Alerts[i].Labels) })
	})
	defer owners.Wait()
	j.texts.Next(m.Comparer)
	j.named.next(j.owner)
	return &ownedAlerts{merged.Group(m, j.routing(snapshots)), owned}
}

// ownedAlerts are alerts in the groups of Alertmanagers, with their owners.
type ownedAlerts struct {
	*merged.Grouped
	owned []owned // by alert
}

// ordered returns the snapshots in an order that does not depend on theirs:
// Alertmanagers, PagerDuty, Prometheus, each by name.
func ordered(snapshots []sources.Snapshot) []sources.Snapshot {
	s := slices.Clone(snapshots)
	slices.SortStableFunc(s, func(a, b sources.Snapshot) int {
		return cmp.Or(
			cmp.Compare(a.Source.Kind, b.Source.Kind),
			cmp.Compare(a.Source.Name, b.Source.Name),
			b.AsOf.Compare(a.AsOf),
		)
	})
	return s
}

// asWhole removes the mark of a partial read from sources that were whole before.
// It changes the snapshots in place.
func (j *Joiner) asWhole(snapshots []sources.Snapshot) []sources.Snapshot {
	whole := make(map[sources.Source]bool, len(snapshots))
	for i := range snapshots {
		s := &snapshots[i]
		s.Partial = s.Partial && !j.whole[s.Source]
		whole[s.Source] = !s.Partial && !s.AsOf.IsZero()
	}
	j.whole = whole
	return snapshots
}

// routing reads each Alertmanager's configuration, where it has changed.
func (j *Joiner) routing(snapshots []sources.Snapshot) map[int]*routing.Tree {
	trees := map[int]*routing.Tree{}
	byText := map[string]*routing.Tree{}
	for i := range snapshots {
		text := snapshots[i].Data.Routing
		if text == "" || snapshots[i].Source.Kind != sources.Alertmanager {
			continue
		}
		tree, ok := j.trees[text]
		if !ok {
			if tree, ok = byText[text]; !ok {
				// Without a configuration that can be read, the alerts still have
				// their groups.
				tree, _ = routing.Read(text)
			}
		}
		byText[text] = tree
		if tree != nil {
			trees[i] = tree
		}
	}
	j.trees = byText
	return trees
}

// distinctIncidents returns all incidents, each once, by id. If two reads differ the
// later change counts.
func distinctIncidents(snapshots []sources.Snapshot) []*sources.Incident {
	var all []*sources.Incident
	for i := range snapshots {
		incidents := snapshots[i].Data.Incidents
		for k := range incidents {
			all = append(all, &incidents[k])
		}
	}
	slices.SortStableFunc(all, func(a, b *sources.Incident) int {
		read := func(in *sources.Incident) int {
			if in.AlertsRead {
				return 0
			}
			return 1
		}
		return cmp.Or(
			cmp.Compare(a.ID, b.ID),
			b.UpdatedAt.Compare(a.UpdatedAt),
			b.ChangedAt.Compare(a.ChangedAt),
			cmp.Compare(read(a), read(b)),
			cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Status, b.Status),
			cmp.Compare(a.Title, b.Title),
		)
	})
	return slices.CompactFunc(all, func(a, b *sources.Incident) bool { return a.ID == b.ID })
}

// builder makes groups of incidents and alerts that are joined.
type builder struct {
	*claimer
	history   *history
	now       time.Time
	directory directory
	overview  overview
	silences  map[string]*sources.Silence
	// silentNow is the result of Silent for each snapshot. Many alerts need it.
	silentNow []string
	// references finds references to runbooks.
	references *reference.Finder
	// ungrouped are active alerts, by name, that may be in the notification
	// group of any incident; anyUngrouped is the name of one that fires.
	ungrouped    map[string][]int32
	anyUngrouped string
	// unreadWhy is why it is unknown whether somebody was notified when alerts
	// are not read. It is set first, because groups are filled in parallel.
	unreadWhy NotifiedUnknown
}

func newBuilder(c *claimer, h *history, now time.Time) *builder {
	b := &builder{
		claimer: c, history: h, now: now,
		directory: newDirectory(c.Snapshots, c.o.Services),
		overview:  newOverview(c.Snapshots, now),
		silences:  silencesByID(c.Snapshots),

		references: reference.NewFinder(c.o.References, c.o.notCompared),
	}
	for i := range b.Snapshots {
		b.silentNow = append(b.silentNow, b.silent(&b.Snapshots[i]))
	}
	if b.unread > 0 {
		b.unreadWhy = b.alertsUnread(nil)
	}
	b.indexUngrouped()
	return b
}

func (b *builder) groups() []Group {
	taken := make([][]int32, len(b.incidents))
	type loose struct {
		*looseGroup
		members []int32
	}
	var names []string
	rest := map[string]*loose{}
	for i := range b.Alerts {
		if in := b.best[i].incident; in >= 0 {
			taken[in] = append(taken[in], int32(i))
			continue
		}
		if b.isHeartbeat(b.Alerts[i].Name()) {
			continue
		}
		group := b.looseGroup(int32(i))
		l := rest[group.name]
		if l == nil {
			l = &loose{looseGroup: group}
			rest[group.name] = l
			names = append(names, group.name)
		}
		if strength(group.rule) < strength(l.rule) {
			l.looseGroup = group
		}
		l.members = append(l.members, int32(i))
	}
	members := func(i int) []int32 {
		if i < len(b.incidents) {
			return taken[i]
		}
		return rest[names[i-len(b.incidents)]].members
	}
	shared := b.shared(taken)
	groups := make([]Group, len(b.incidents)+len(names))
	parallel.Do(len(groups), func(i int) {
		if i < len(b.incidents) {
			b.incidentGroup(&groups[i], i, b.withoutHeartbeats(shared.members(i)), shared)
			return
		}
		l := rest[names[i-len(b.incidents)]]
		b.alertGroup(&groups[i], l.looseGroup, l.members)
	})
	b.history.update(b, groups, members)
	groups = append(groups, b.missingHeartbeats()...)
	Sort(groups, ByRank)
	return groups
}

// shared maps incidents to alerts: if several incidents were opened for an alert, it
// is in the group of each.
type shared struct {
	taken   [][]int32
	claimed []joinedIncident
	// by are the incidents that have an alert in common with others, by alert.
	by map[int32][]int
}

func (b *builder) shared(taken [][]int32) *shared {
	s := &shared{taken: taken, claimed: b.incidents, by: map[int32][]int{}}
	for i := range b.incidents {
		for _, p := range b.incidents[i].open() {
			alert := p.alert
			if owner := b.best[alert].incident; owner != i {
				if len(s.by[alert]) == 0 {
					s.by[alert] = append(s.by[alert], owner)
				}
				if !slices.Contains(s.by[alert], i) {
					s.by[alert] = append(s.by[alert], i)
				}
			}
		}
	}
	return s
}

// members returns the alerts of an incident, also those that others have.
func (s *shared) members(i int) []int32 {
	claimed := s.claimed[i].open()
	if len(claimed) == 0 || len(s.by) == 0 {
		return s.taken[i]
	}
	all := slices.Clone(s.taken[i])
	for k := range claimed {
		all = append(all, claimed[k].alert)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// incidents returns all incidents that have an alert in common with this one, itself
// among them, the oldest first. It returns nil if there is no other.
func (s *shared) incidents(i int, members []int32) []*sources.Incident {
	var at []int
	for _, alert := range members {
		for _, other := range s.by[alert] {
			if !slices.Contains(at, other) {
				at = append(at, other)
			}
		}
	}
	if !slices.Contains(at, i) {
		return nil
	}
	list := make([]*sources.Incident, len(at))
	for k, other := range at {
		list[k] = s.claimed[other].Incident
	}
	slices.SortFunc(list, olderIncident)
	return list
}

func olderIncident(x, y *sources.Incident) int {
	return cmp.Or(x.CreatedAt.Compare(y.CreatedAt), cmp.Compare(x.ID, y.ID))
}

// incidentGroup makes the group of an incident with its alerts.
func (b *builder) incidentGroup(g *Group, i int, members []int32, shared *shared) {
	in := &b.incidents[i]
	*g = Group{
		ID: in.ID, Incident: in.Incident, Title: in.Title, Urgency: in.Urgency,
		State: incidentState(in.Status), Since: in.CreatedAt,
	}
	b.fill(g, members, in.events)
	for n, at := range members { // which fill has sorted
		cl := b.claimOf(in, i, at)
		g.Alerts[n].JoinedBy = cl.rule
		if n == 0 || strength(cl.rule) < strength(g.JoinedBy) {
			g.JoinedBy, g.Proof = cl.rule, b.proofText(at, cl)
		}
	}
	if len(g.Alerts) == 0 {
		g.SentNames, g.SentLabels = b.sentNames(in.events), b.sentLabels(in.events)
	}
	if g.SeverityName() == "" {
		g.Severity, g.SeverityText = b.sentSeverity(in)
	}
	if g.AlertsUnread = in.unread; in.unread {
		g.UnreadCount = max(in.AlertCount-len(in.Alerts), 0)
	}
	g.Cluster = b.clusterOf(in)
	g.Asked = b.overview.asked(in.Incident)
	g.Mine = b.overview.mine(in.Incident) || g.Asked != nil
	g.Incidents = shared.incidents(i, members)
	for _, other := range g.Incidents {
		if other.ID != g.ID {
			g.Shares = append(g.Shares, other.ID)
		}
	}
	slices.Sort(g.Shares)
	g.Over = b.over(in, members)
	b.setDeadlines(g)
}

// claimOf returns the claim of the incident on the alert: its best, when
// another incident's group shows the alert.
func (b *builder) claimOf(in *joinedIncident, i int, alert int32) *claim {
	if b.best[alert].incident == i {
		return &b.best[alert]
	}
	for k := range in.open() {
		if p := &in.proofs[k]; p.alert == alert {
			return &p.claim
		}
	}
	return &b.best[alert]
}

// alertGroup makes a group without an incident.
func (b *builder) alertGroup(g *Group, group *looseGroup, members []int32) {
	*g = Group{ID: groupID(group.name), Labels: group.labels, JoinedBy: group.rule}
	if group.rule == ByGroup {
		g.Proof, _, _ = strings.Cut(group.name, "\n") // without the cluster
	}
	b.fill(g, members, nil)
	g.State = alertsState(g.Alerts)
	g.Since = since(g.Alerts, g.State)
	g.Title = alertsTitle(g) + b.inCluster(members)
	g.Why = b.why(g, members)
	g.NotifiedUnknown = b.notifiedUnknown()
	g.Unpaged = g.NotifiedUnknown == NotifiedUnknown{}
	g.Over = b.doubted(members)
}

// inCluster returns " in am-eu" for alerts that another cluster has with the
// same labels: nothing else distinguishes their rows.
func (b *builder) inCluster(members []int32) string {
	for _, at := range members {
		if clusters := b.Alerts[at].Clusters(); len(clusters) > 0 && b.HasDouble(at) {
			return " in " + strings.Join(clusters, ", ")
		}
	}
	return ""
}

// fill sets the fields that groups with and without an incident have.
func (b *builder) fill(g *Group, members []int32, events []event) {
	b.sortMembers(members)
	g.Alerts = make([]Alert, len(members))
	parallel.Do(len(members), func(i int) { // one group may have all alerts
		at := members[i]
		k := &b.Alerts[at]
		b.show(at, &g.Alerts[i])
		g.Alerts[i].JoinedBy = b.best[at].rule
		if b.best[at].incident < 0 {
			g.Alerts[i].JoinedBy = looseRule(k)
		}
	})
	b.setOwner(g, members)
	b.setReferences(g, members, events)
	g.Severity, g.SeverityText = gravest(g.Alerts)
	g.Silences = b.silencesOf(g.Alerts)
	g.InhibitedBy = b.inhibitorsOf(g.Alerts)
	g.Stale = b.stale(g, members)
}

// show sets a to the alert as groups have it.
func (b *builder) show(at int32, a *Alert) {
	k := &b.Alerts[at]
	k.Fill(&a.Alert)
	a.Severity, a.Sources, a.Clusters, a.Originals = b.owned[at].severity, k.Sources(), k.Clusters(), k.Relabelled()
}

// stale returns the names of the group's sources whose last read failed.
func (b *builder) stale(g *Group, members []int32) []string {
	var names []string
	for i := range b.Snapshots {
		s := &b.Snapshots[i]
		if s.Err == nil {
			continue
		}
		in := g.Incident != nil && g.Incident.Source == s.Source.Name && s.Source.Kind == sources.PagerDuty
		if in || slices.ContainsFunc(members, func(at int32) bool { return b.Alerts[at].From.Has(i) }) {
			names = append(names, s.Source.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
