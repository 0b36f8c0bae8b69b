// Package routing reads the routes of an Alertmanager's configuration: which
// receivers an alert reaches, in which notification group, and under which key
// PagerDuty gets it.
package routing

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"firstline/internal/matcher"
)

// defaultGroupWait is Alertmanager's, for a tree that sets none.
const defaultGroupWait = 30 * time.Second

// Tree is the routes of an Alertmanager, which lead alerts to receivers.
type Tree struct {
	root *Route
	// Integrations is how many pagerduty_configs a receiver has, by its name.
	Integrations map[string]int
	// intervals are the time intervals by name.
	intervals map[string][]timeinterval.TimeInterval
}

// Route is one node of the tree, with what it inherits filled in.
type Route struct {
	Receiver  string
	GroupWait time.Duration
	// Active are the names of the time intervals in which alone it notifies,
	// muted of those in which it does not. They are not inherited.
	Active, muted []string
	parent        *Route
	matchers      labels.Matchers
	groupBy       map[string]bool
	groupAll      bool
	// goesOn: siblings after this one are tried too ("continue").
	goesOn bool
	routes []*Route
	// key is the route's part of the group key: the matchers of the nodes that
	// lead to it. Joins read it on several processors, so it is set at once.
	key string
}

// writtenConfig is the part of Alertmanager's configuration that leads to the
// dedup keys; everything else in it is ignored. /api/v2/status does not give
// the file but what Alertmanager made of it, so that an empty group_by is
// missing.
type writtenConfig struct {
	Route     *writtenRoute `yaml:"route"`
	Receivers []struct {
		Name      string      `yaml:"name"`
		PagerDuty []yaml.Node `yaml:"pagerduty_configs"`
		// Grafana are the integrations of a contact point of Grafana's.
		Grafana []struct {
			Type string `yaml:"type"`
		} `yaml:"grafana_managed_receiver_configs"`
	} `yaml:"receivers"`
	Intervals    []writtenInterval `yaml:"time_intervals"`
	OldIntervals []writtenInterval `yaml:"mute_time_intervals"` // until 0.23
}

type writtenInterval struct {
	Name      string                      `yaml:"name"`
	Intervals []timeinterval.TimeInterval `yaml:"time_intervals"`
}

type writtenRoute struct {
	Receiver string             `yaml:"receiver"`
	GroupBy  []string           `yaml:"group_by"`
	Match    map[string]*string `yaml:"match"`
	MatchRE  map[string]*string `yaml:"match_re"`
	Matchers []string           `yaml:"matchers"`
	// Objects are Grafana's matchers: name, operator, value.
	Objects   [][]string      `yaml:"object_matchers"`
	Continue  bool            `yaml:"continue"`
	Muted     []string        `yaml:"mute_time_intervals"`
	Active    []string        `yaml:"active_time_intervals"`
	GroupWait string          `yaml:"group_wait"`
	Routes    []*writtenRoute `yaml:"routes"`
}

// Read reads the route tree out of Alertmanager's configuration.
func Read(configuration string) (*Tree, error) {
	var written writtenConfig
	if err := yaml.Unmarshal([]byte(configuration), &written); err != nil {
		return nil, fmt.Errorf("reading Alertmanager's configuration: %w", err)
	}
	if written.Route == nil {
		return nil, fmt.Errorf("reading Alertmanager's configuration: it has no route")
	}
	tree := &Tree{Integrations: map[string]int{}, intervals: map[string][]timeinterval.TimeInterval{}}
	for _, i := range slices.Concat(written.OldIntervals, written.Intervals) {
		tree.intervals[i.Name] = i.Intervals
	}
	for _, r := range written.Receivers {
		tree.Integrations[r.Name] += len(r.PagerDuty)
		for _, g := range r.Grafana {
			if g.Type == "pagerduty" {
				tree.Integrations[r.Name]++
			}
		}
	}
	root, err := newRoute(written.Route, nil)
	if err != nil {
		return nil, fmt.Errorf("reading Alertmanager's routes: %w", err)
	}
	tree.root = root
	return tree, nil
}

func newRoute(written *writtenRoute, parent *Route) (*Route, error) {
	r := &Route{parent: parent, GroupWait: defaultGroupWait, goesOn: written.Continue, muted: written.Muted, Active: written.Active}
	if parent != nil {
		r.Receiver, r.groupBy, r.groupAll, r.GroupWait = parent.Receiver, parent.groupBy, parent.groupAll, parent.GroupWait
	}
	if written.Receiver != "" {
		r.Receiver = written.Receiver
	}
	if d, err := model.ParseDuration(written.GroupWait); written.GroupWait != "" && err == nil {
		r.GroupWait = time.Duration(d)
	}
	if written.GroupBy != nil {
		r.groupBy, r.groupAll = make(map[string]bool, len(written.GroupBy)), false
		for _, name := range written.GroupBy {
			if name == "..." {
				r.groupAll = true
				continue
			}
			r.groupBy[name] = true
		}
	}
	if err := r.addMatchers(written); err != nil {
		return nil, err
	}
	r.key = r.matchers.String()
	if parent != nil {
		r.key = parent.key + "/" + r.key
	}
	for _, w := range written.Routes {
		if w == nil {
			continue
		}
		child, err := newRoute(w, r)
		if err != nil {
			return nil, err
		}
		r.routes = append(r.routes, child)
	}
	return r, nil
}

func (r *Route) addMatchers(written *writtenRoute) error {
	add := func(kind labels.MatchType, name, value string) error {
		m, err := labels.NewMatcher(kind, name, value)
		if err != nil {
			return fmt.Errorf("the matcher of %q: %w", name, err)
		}
		r.matchers = append(r.matchers, m)
		return nil
	}
	for name, value := range written.Match {
		if err := add(labels.MatchEqual, name, orEmpty(value)); err != nil {
			return err
		}
	}
	for name, value := range written.MatchRE {
		// Alertmanager anchors these when it reads them and again when it makes
		// the matcher; the first anchoring shows in the key.
		if err := add(labels.MatchRegexp, name, "^(?:"+orEmpty(value)+")$"); err != nil {
			return err
		}
	}
	for _, line := range written.Matchers {
		more, err := matcher.ParseLine(line)
		if err != nil {
			return err
		}
		r.matchers = append(r.matchers, more...)
	}
	for _, o := range written.Objects {
		if len(o) != 3 {
			return fmt.Errorf("a matcher of Grafana's has %d parts, but must have a name, an operator and a value", len(o))
		}
		kind, ok := operators[o[1]]
		if !ok {
			return fmt.Errorf("the matcher of %q: %q is no operator", o[0], o[1])
		}
		if err := add(kind, o[0], o[2]); err != nil {
			return err
		}
	}
	sort.Sort(r.matchers)
	return nil
}

var operators = map[string]labels.MatchType{
	"=": labels.MatchEqual, "!=": labels.MatchNotEqual, "=~": labels.MatchRegexp, "!~": labels.MatchNotRegexp,
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Reach returns the routes at which an alert with these labels ends, first to
// last: down into the first child that matches, into further ones where that
// child goes on, and a node itself where no child matches.
func (t *Tree) Reach(set map[string]string) []*Route {
	return t.root.reach(set, nil)
}

func (r *Route) reach(set map[string]string, found []*Route) []*Route {
	for _, m := range r.matchers {
		if !m.Matches(set[m.Name]) {
			return found
		}
	}
	before := len(found)
	for _, child := range r.routes {
		n := len(found)
		found = child.reach(set, found)
		if len(found) > n && !child.goesOn {
			break
		}
	}
	if len(found) == before {
		found = append(found, r)
	}
	return found
}

// GroupLabels returns the grouping labels of the route for such an alert.
func (r *Route) GroupLabels(set map[string]string) map[string]string {
	group := make(map[string]string, len(r.groupBy))
	if r.groupAll {
		for name, value := range set {
			group[name] = value
		}
		return group
	}
	for name := range r.groupBy {
		if value, ok := set[name]; ok {
			group[name] = value
		}
	}
	return group
}

// Groups reports whether the route groups such an alert under these labels.
func (r *Route) Groups(set, under map[string]string) bool {
	n := 0
	for name, value := range set {
		if !r.groupAll && !r.groupBy[name] {
			continue
		}
		if got, ok := under[name]; !ok || got != value {
			return false
		}
		n++
	}
	return n == len(under)
}

// MutedAt returns the time intervals that mute the route at that time: those
// that mute it, or else all active ones when none is active.
func (t *Tree) MutedAt(r *Route, now time.Time) []string {
	is := timeinterval.NewIntervener(t.intervals)
	if len(r.muted) > 0 {
		if muted, by, err := is.Mutes(r.muted, now.UTC()); err == nil && muted {
			return by
		}
	}
	if len(r.Active) > 0 {
		if active, _, err := is.Mutes(r.Active, now.UTC()); err == nil && !active {
			return r.Active
		}
	}
	return nil
}

// GroupKeys are the keys that Alertmanager may use for a group of this route,
// whose labels are given with their canonical form: one key, or two where
// versions sort the labels differently.
func (r *Route) GroupKeys(group map[string]string, name string) []string {
	keys := []string{r.key + ":" + name}
	if sortsByPair(group) {
		keys = append(keys, r.key+":"+canonicalByPair(group))
	}
	return keys
}

// DedupKey is what Alertmanager sends to PagerDuty as dedup_key for a group.
func DedupKey(groupKey string) string {
	sum := sha256.Sum256([]byte(groupKey))
	return hex.EncodeToString(sum[:])
}

// canonicalByPair is labelset.Canonical as Alertmanager wrote it until common v0.45: the
// finished pairs are sorted, which puts a1="…" before a="…".
func canonicalByPair(labels map[string]string) string {
	pairs := make([]string, 0, len(labels))
	for name, value := range labels {
		pairs = append(pairs, name+"="+strconv.Quote(value))
	}
	slices.Sort(pairs)
	return "{" + strings.Join(pairs, ", ") + "}"
}

// sortsByPair reports whether canonicalByPair may differ from the canonical form: one
// name goes on where another ends, with a character that sorts before "=".
func sortsByPair(labels map[string]string) bool {
	for a := range labels {
		for b := range labels {
			if len(b) > len(a) && b[len(a)] < '=' && strings.HasPrefix(b, a) {
				return true
			}
		}
	}
	return false
}
