package triage

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"firstline/sources"
)

// Two clusters of Alertmanagers with the same configuration send the same alert
// to PagerDuty with the same key. Only the address in its events, or the time
// at which their alerts began, proves from which of them an incident comes.

// findSenders determines for each event which cluster sent it. earlier are the
// results of earlier joins, by senderKey.
func (c *claimer) findSenders(earlier map[string]string) {
	if !c.SeveralClusters {
		return
	}
	addresses := c.addresses()
	for i := range c.incidents {
		in := &c.incidents[i]
		for e := range in.events {
			ev := &in.events[e]
			if ev.cluster = c.senderOf(ev, addresses); ev.cluster >= 0 {
				continue
			}
			name := earlier[senderKey(in, ev)]
			for cluster, n := range c.ClusterName {
				if n == name {
					ev.cluster = cluster
				}
			}
		}
	}
	c.sentUnder = map[string][]sentEvent{}
	for i := range c.incidents {
		in := &c.incidents[i]
		for e := range in.events {
			if ev := &in.events[e]; ev.Key != "" && ev.Status != sources.Resolved {
				c.sentUnder[ev.Key] = append(c.sentUnder[ev.Key], sentEvent{in, ev})
			}
		}
	}
	c.exclude()
}

// senderKey identifies an event between joins.
func senderKey(in *joinedIncident, ev *event) string { return in.ID + " " + ev.Key }

// addresses are the clusters by the addresses of their members; -1 where two
// claim one.
func (c *claimer) addresses() map[string]int {
	found := map[string]int{}
	for i, cluster := range c.ClusterOf {
		if cluster < 0 {
			continue
		}
		for _, link := range c.Snapshots[i].Data.Addresses {
			address := addressOf(link)
			if other, taken := found[address]; taken && other != cluster {
				found[address] = -1
				continue
			}
			found[address] = cluster
		}
	}
	return found
}

// senderOf is the cluster that an event is proven to come from, or -1.
func (c *claimer) senderOf(ev *event, addresses map[string]int) int {
	for _, link := range ev.Links {
		if link.Href == "" || link.Image != "" {
			continue
		}
		if cluster, ok := addresses[addressOf(link.Href)]; ok && cluster >= 0 {
			return cluster
		}
	}
	if ev.Details == nil {
		return -1
	}
	d := c.read(ev)
	for f := range d.Fired {
		fired := &d.Fired[f]
		if fired.StartsAt.IsZero() || len(fired.Labels) == 0 {
			continue
		}
		begun := map[int]bool{}
		for _, at := range c.WithHash(fired.Hash(c.Comparer)) {
			if !c.Alerts[at].Routed {
				continue
			}
			for i, cluster := range c.ClusterOf {
				if cluster >= 0 && c.Alerts[at].From.Has(i) && c.began(at, fired.StartsAt) {
					begun[cluster] = true
				}
			}
		}
		if len(begun) == 1 { // otherwise they began at once, which proves nothing
			for cluster := range begun {
				return cluster
			}
		}
	}
	return -1
}

// began reports whether a copy of the alert in an Alertmanager began then. The
// API reports milliseconds.
func (c *claimer) began(at int32, then time.Time) bool {
	k := &c.Alerts[at]
	same := func(a *sources.Alert) bool { return a.ActiveSince.Sub(then).Abs() < time.Millisecond }
	return same(k.Base) || slices.ContainsFunc(k.Also, same)
}

// exclude determines from which clusters an incident does not come: PagerDuty
// opens one incident for a key that one integration sends. So if a cluster
// sends a key to one integration and another incident, on another service, is
// proven to be that one, this one does not come from the cluster.
func (c *claimer) exclude() {
	for i := range c.incidents {
		in := &c.incidents[i]
		for e := range in.events {
			ev := &in.events[e]
			if ev.cluster >= 0 {
				continue
			}
			for _, other := range c.sentUnder[ev.Key] {
				cluster := other.ev.cluster
				if cluster >= 0 && other.in.Source == in.Source && other.in.Service.ID != in.Service.ID &&
					c.sendsOnce(ev.Key, cluster) && !slices.Contains(ev.notOf, cluster) {
					ev.notOf = append(ev.notOf, cluster)
				}
			}
		}
	}
}

// sendsOnce reports whether the cluster sends the key to one PagerDuty
// integration at most.
func (c *claimer) sendsOnce(key string, cluster int) bool {
	n := 0
	manager := -1
	for _, k := range c.byKey[key] {
		p := &c.NotificationGroups[k.group]
		if c.ClusterOf[p.Manager] != cluster || manager >= 0 && p.Manager != manager {
			continue // members of a cluster send for one another
		}
		manager = p.Manager
		if tree := c.Trees[p.Manager]; tree != nil {
			n += tree.Integrations[p.Receiver]
		}
	}
	return n <= 1
}

// maySend reports whether the event may be about the alert, as far as it is
// known which cluster sent it.
func (c *claimer) maySend(in *joinedIncident, ev *event, alert int32) bool {
	if ev.cluster < 0 && len(ev.notOf) == 0 || !c.Alerts[alert].Routed {
		return true
	}
	for i, cluster := range c.ClusterOf {
		if cluster >= 0 && c.Alerts[alert].From.Has(i) && c.mayComeFrom(in, ev, cluster) {
			return true
		}
	}
	return false
}

// mayComeFrom reports whether the cluster may have sent the event. What a second
// cluster sends to the same integration under the same key PagerDuty adds to the
// incident that is open; so another cluster is ruled out only where another
// incident on another service may be its own.
func (c *claimer) mayComeFrom(in *joinedIncident, ev *event, cluster int) bool {
	if ev.cluster < 0 {
		return !slices.Contains(ev.notOf, cluster)
	}
	if ev.cluster == cluster {
		return true
	}
	return !slices.ContainsFunc(c.sentUnder[ev.Key], func(other sentEvent) bool {
		return other.in.Source == in.Source && other.in.Service.ID != in.Service.ID &&
			(other.ev.cluster == cluster || other.ev.cluster < 0 && !slices.Contains(other.ev.notOf, cluster))
	})
}

// sentEvent is an event of an incident that is not resolved.
type sentEvent struct {
	in *joinedIncident
	ev *event
}

// judges reports whether the source may report alerts of the incident. An
// Alertmanager of another cluster has none.
func (c *claimer) judges(snapshot int, in *joinedIncident) bool {
	cluster := c.ClusterOf[snapshot]
	if cluster < 0 || !c.SeveralClusters {
		return true
	}
	for e := range in.events {
		if c.mayComeFrom(in, &in.events[e], cluster) {
			return true
		}
	}
	return false
}

// senders are the clusters that are known to have sent events, by senderKey.
func (c *claimer) senders() map[string]string {
	if !c.SeveralClusters {
		return nil
	}
	found := map[string]string{}
	for i := range c.incidents {
		in := &c.incidents[i]
		for e := range in.events {
			if ev := &in.events[e]; ev.cluster >= 0 {
				found[senderKey(in, ev)] = c.ClusterName[ev.cluster]
			}
		}
	}
	return found
}

// clusterOf is the name of the cluster that sent all of the incident's events,
// or empty where that is not known.
func (c *claimer) clusterOf(in *joinedIncident) string {
	name := ""
	for e := range in.events {
		ev := &in.events[e]
		if !c.SeveralClusters || ev.cluster < 0 || name != "" && name != c.ClusterName[ev.cluster] {
			return ""
		}
		name = c.ClusterName[ev.cluster]
	}
	return name
}

// addressOf is where a link leads, without what follows "#" or "?".
func addressOf(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.ToLower(u.Host) + strings.TrimRight(u.Path, "/")
}
