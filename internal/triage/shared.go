package triage

import "maps"

// Shared are labels in which groups do not differ: most groups have them, all with the same
// value, such as the one cluster of a small company. Titles in a list are without them.
// The zero value has none.
type Shared struct {
	// values are those that all groups have.
	values map[string]string
	// differs are the labels with two values so far. They stay in titles from then on,
	// which otherwise would change back and forth while groups come and go.
	differs map[string]bool
}

// leastSharing is how many groups have a label before it can be a shared one:
// two groups may share anything by chance.
const leastSharing = 3

// namesOfTitles are labels that say what is wrong. They are never left out.
var namesOfTitles = map[string]bool{"alertname": true, "alertgroup": true}

// With is what is shared once groups are known too. A label is shared from then on until
// a group has another value.
func (s Shared) With(groups []Group) Shared {
	next := Shared{values: maps.Clone(s.values), differs: maps.Clone(s.differs)}
	if next.differs == nil {
		next.values, next.differs = map[string]string{}, map[string]bool{}
	}
	seen := maps.Clone(next.values)
	having, labelled := map[string]int{}, 0
	for i := range groups {
		g := &groups[i]
		next.learn(seen, g.SentLabels)
		for k := range g.Alerts {
			next.learn(seen, g.Alerts[k].Labels)
		}
		labels := g.SentLabels
		if len(g.Alerts) > 0 {
			labels = g.Alerts[0].Labels
		}
		if len(labels) == 0 {
			continue
		}
		labelled++
		for name := range labels {
			if !next.differs[name] {
				having[name]++
			}
		}
	}
	for name, value := range seen {
		if n := having[name]; !next.differs[name] && n >= leastSharing && 2*n > labelled {
			next.values[name] = value
		}
	}
	maps.DeleteFunc(next.values, func(name, _ string) bool { return next.differs[name] })
	return next
}

// learn compares labels with what was seen of others.
func (s Shared) learn(seen, labels map[string]string) {
	for name, value := range labels {
		if s.differs[name] {
			continue
		}
		if before, found := seen[name]; !found {
			seen[name] = value
		} else if before != value {
			s.differs[name] = true
		}
	}
}

// has reports whether a value of a group's labels is only of labels that are shared.
func (s Shared) has(value string, labels map[string]string) bool {
	found := false
	for name, v := range labels {
		if v != value {
			continue
		}
		if shared, is := s.values[name]; !is || shared != v || namesOfTitles[name] {
			return false
		}
		found = true
	}
	return found
}
