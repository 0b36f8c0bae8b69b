package silencing

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/labelset"
	"firstline/internal/matcher"
	"firstline/internal/triage"
	"firstline/sources"
)

// alertName is the label that names an alert's rule.
const alertName = "alertname"

// targetLabels distinguish the targets of a rule, in addition to the labels
// that name an alert's service. They do not include those of a whole
// environment (cluster, region, prometheus), nor those of a rule (severity).
var targetLabels = []string{
	"service", "app", "application", "component", "namespace",
	"instance", "node", "nodename", "host", "hostname", "server", "address", "ip",
	"pod", "container", "deployment", "statefulset", "daemonset", "replicaset", "job_name", "cronjob",
	"persistentvolumeclaim", "persistentvolume", "volume", "device", "disk", "mountpoint", "interface",
	"url", "target", "domain", "database", "datname", "db", "table", "queue", "topic", "partition",
	"vhost", "broker", "consumergroup", "check",
}

// exporterLabels name whoever measures where one program measures for many
// targets.
var exporterLabels = []string{"service", "app", "application", "component", "job", "container"}

// measures reports whether a value of exporterLabels is a program that measures
// others: what it is called by says nothing of the target.
func measures(value string) bool {
	value = strings.ToLower(value)
	return strings.Contains(value, "exporter") || slices.Contains([]string{
		"node", "kube-state-metrics", "kubelet", "cadvisor", "pushgateway", "blackbox", "snmp", "telegraf", "statsd", "collectd",
	}, value)
}

// Matching chooses the matchers of silences by what the configuration says of
// labels.
type Matching struct{ service, ignored []string }

// By returns the Matching for the options of the join.
func By(o triage.Options) Matching {
	o = o.WithDefaults()
	return Matching{o.ServiceLabels, o.IgnoreLabels}
}

// identifies reports whether the labels name a target, so that what matches
// them is of that target alone. Where an exporter measures, its namespace is
// its own.
func (m Matching) identifies(labels map[string]string) bool {
	exporter := false
	for _, name := range exporterLabels {
		exporter = exporter || measures(labels[name]) && !givesNamespace(labels[name])
	}
	for name, value := range labels {
		switch {
		case value == "" || !m.target(name):
		case slices.Contains(exporterLabels, name) && measures(value):
		case name == "namespace" && exporter:
		default:
			return true
		}
	}
	return false
}

// givesNamespace reports whether the program's namespace label is that of its
// targets instead of its own.
func givesNamespace(program string) bool {
	return slices.Contains([]string{"kube-state-metrics", "kubelet", "cadvisor"}, strings.ToLower(program))
}

func (m Matching) target(name string) bool {
	return slices.Contains(m.service, name) || slices.Contains(targetLabels, name)
}

// significant returns labels without those that differ between replicas.
func (m Matching) significant(labels map[string]string) map[string]string {
	rest := maps.Clone(labels)
	maps.DeleteFunc(rest, func(name, value string) bool { return value == "" || slices.Contains(m.ignored, name) })
	return rest
}

// Exact are matchers, one list for each silence, that together match own and
// nothing of others. What the alerts of a rule have in common serves where it
// identifies a target and catches no other, so that the silence also holds for
// its next replica; else the label in which they differ is matched by its
// values; else each alert has a silence.
func (m Matching) Exact(own []*sources.Alert, others []map[string]string) [][]sources.Matcher {
	byName := map[string][]map[string]string{}
	for _, a := range own {
		labels := m.significant(a.Labels)
		same := slices.ContainsFunc(byName[a.Name()], func(b map[string]string) bool { return maps.Equal(labels, b) })
		if !same {
			byName[a.Name()] = append(byName[a.Name()], labels)
		}
	}
	var all [][]sources.Matcher
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, m.ofOneRule(byName[name], others)...)
	}
	return all
}

func (m Matching) ofOneRule(alerts, others []map[string]string) [][]sources.Matcher {
	common := labelset.Common(alerts, func(labels *map[string]string) map[string]string { return *labels })
	if len(alerts) > 1 && m.identifies(common) {
		if matchers := pinned(common); !AnyMatch(matchers, others) {
			return [][]sources.Matcher{matchers}
		}
	}
	differ := describe.Differing(alerts, common)
	if len(differ) == 1 || len(alerts) > SilenceLimit {
		if matchers := append(pinned(common), oneOf(alerts, differ)...); !AnyMatch(matchers, others) && !AnyMatch(matchers, []map[string]string{nil}) {
			return [][]sources.Matcher{matchers}
		}
	}
	all := make([][]sources.Matcher, len(alerts))
	for i, labels := range alerts {
		all[i] = m.onlyThis(labels, slices.Concat(others, alerts))
	}
	return all
}

// pinned demands these labels and, where they name no rule, that none is named:
// what has no alertname is matched by its other labels alone.
func pinned(labels map[string]string) []sources.Matcher {
	matchers := equals(labels)
	if labels[alertName] == "" {
		matchers = append([]sources.Matcher{{Name: alertName, Equal: true}}, matchers...)
	}
	return matchers
}

// oneOf demands of each label one of the values that it has among the alerts; a
// label that an alert lacks may be missing.
func oneOf(alerts []map[string]string, names []string) []sources.Matcher {
	var matchers []sources.Matcher
	for _, name := range names {
		values := map[string]bool{}
		for _, labels := range alerts {
			values[regexp.QuoteMeta(labels[name])] = true
		}
		matchers = append(matchers, sources.Matcher{
			Name: name, Value: strings.Join(slices.Sorted(maps.Keys(values)), "|"), Regex: true, Equal: true,
		})
	}
	return matchers
}

// onlyThis matches one alert by all its labels, and by the absence of those
// that others have on top of the same.
func (m Matching) onlyThis(labels map[string]string, others []map[string]string) []sources.Matcher {
	matchers := pinned(labels)
	absent := map[string]bool{}
	for _, other := range others {
		if !m.sameButMore(labels, other, absent) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(other)) {
			if labels[name] == "" && other[name] != "" && !slices.Contains(m.ignored, name) {
				matchers = append(matchers, sources.Matcher{Name: name, Equal: true})
				absent[name] = true
				break
			}
		}
	}
	return matchers
}

// sameButMore reports whether other has all the labels, and none of the absent
// ones.
func (m Matching) sameButMore(labels, other map[string]string, absent map[string]bool) bool {
	if labels[alertName] != other[alertName] {
		return false
	}
	for name, value := range labels {
		if other[name] != value {
			return false
		}
	}
	for name := range absent {
		if other[name] != "" {
			return false
		}
	}
	return true
}

func equals(labels map[string]string) []sources.Matcher {
	var m []sources.Matcher
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if labels[name] != "" {
			m = append(m, sources.Matcher{Name: name, Value: labels[name], Equal: true})
		}
	}
	return m
}

// AnyMatch reports whether the matchers match one of the label sets. Matchers
// that can't be read match nothing.
func AnyMatch(matchers []sources.Matcher, sets []map[string]string) bool {
	m, err := matcher.Of(matchers)
	return err == nil && slices.ContainsFunc(sets, m.Match)
}

// Later says which alerts the matchers would also silence that do not fire now:
// those with other values of the labels that the matchers leave open, or with
// labels besides. matched are alerts that they match now. It names all that the
// matchers demand, but where it speaks of all labels of an alert.
func (m Matching) Later(matchers []sources.Matcher, matched []*sources.Alert) string {
	demanded := map[string]string{} // by equality
	looser := false
	named := map[string]bool{}
	for _, one := range matchers {
		named[one.Name] = true
		if one.Equal && !one.Regex {
			demanded[one.Name] = one.Value
		} else {
			looser = true
		}
	}
	var open []string
	for _, name := range m.openLabels(matched) {
		if !named[name] {
			open = append(open, name)
		}
	}
	what := "alert"
	name, pinned := demanded[alertName]
	if name = clean.Line(name); name != "" {
		what = name
	} else if pinned {
		what = "alert without alertname"
	}
	subject, naming := m.subject(demanded)
	ofService := slices.ContainsFunc(m.service, func(label string) bool { return named[label] && !measures(demanded[label]) })
	if pinned && subject != "" && len(matched) > 0 && len(open) == 0 && !looser {
		return fmt.Sprintf("Later it also silences any %s that has all these labels and others besides.", what)
	}
	text := "Later it also silences any " + what
	switch {
	case subject != "":
		text += " of " + subject
	case pinned && !ofService:
		text += " of every service"
	}
	var with []string
	for _, one := range matchers {
		if one.Name != naming && (one.Name != alertName || !pinned) {
			with = append(with, clean.Line(one.String()))
		}
	}
	slices.Sort(with)
	if len(with) > 0 {
		text += " with " + describe.List(with)
	}
	switch {
	case !pinned, len(matched) == 0, subject == "" && (len(open) > 0 || !ofService):
		return text + ", whatever its other labels."
	case len(open) > 0:
		text += ", whatever its " + describe.List(cleaned(open))
	}
	return text + ", also with further labels."
}

// openLabels are the names of the labels of alerts, those of targets first,
// without the rule's name.
func (m Matching) openLabels(alerts []*sources.Alert) []string {
	seen := map[string]bool{}
	for _, a := range alerts {
		for name, value := range a.Labels {
			if value != "" && name != alertName {
				seen[name] = true
			}
		}
	}
	names := slices.Sorted(maps.Keys(seen))
	slices.SortStableFunc(names, func(a, b string) int {
		rank := map[bool]int{true: 0, false: 1}
		return rank[m.target(a)] - rank[m.target(b)]
	})
	return names
}

// subject is the target that the labels name, the service, else the first target
// label that is set, and the name of that label.
func (m Matching) subject(labels map[string]string) (value, name string) {
	for _, name := range slices.Concat(m.service, targetLabels) {
		if value := labels[name]; value != "" && m.identifies(map[string]string{name: value}) {
			return clean.Line(value), name
		}
	}
	return "", ""
}

func cleaned(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = clean.Line(name)
	}
	return out
}

// SilenceLimit is how many silences one group may take before it is refused.
const SilenceLimit = 20
