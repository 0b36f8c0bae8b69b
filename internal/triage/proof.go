package triage

import (
	"cmp"
	"slices"
	"strings"

	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/internal/parallel"
)

// proveFired finds the alert of an event: by its fingerprint and, unless the
// event's key has found its group, by its labels.
func (c *claimer) proveFired(d *events.Details, f *events.Alert, byKey bool, give func(int32, claim)) {
	if f.Fingerprint != "" {
		all := c.WithFingerprint(f.Fingerprint)
		for _, at := range all {
			give(at, claim{rule: ByFingerprint, proof: f.Fingerprint})
		}
		if len(all) > 0 {
			return
		}
	}
	if len(f.Labels) == 0 {
		if at, ok := c.ownFingerprint(f.Fingerprint); ok {
			give(at, claim{rule: ByFingerprint, proof: f.Fingerprint})
		}
		return
	}
	if byKey && f.Fingerprint == "" {
		return
	}
	all := c.withLabels(f)
	for _, at := range all {
		if f.Fingerprint != "" && !c.Alerts[at].Routed && c.fingerprintIs(at, f.Fingerprint) {
			give(at, claim{rule: ByFingerprint, proof: f.Fingerprint})
		} else {
			give(at, claim{rule: ByLabelSet, labels: f.Labels})
		}
	}
	if len(all) > 0 {
		return
	}
	if d.Text == "" {
		return
	}
	for _, at := range c.withBreaks(f.Labels["alertname"]) {
		if events.TextHas(d.Text, c.Alerts[at].Labels) {
			give(at, claim{rule: ByLabelSet, labels: c.Alerts[at].Labels})
		}
	}
}

// withLabels returns the alerts with the labels of an alert in an event or, if there
// are none, the one that has a part of them.
func (c *claimer) withLabels(f *events.Alert) []int32 {
	all := c.WithHash(f.Hash(c.Comparer))
	if len(all) > 0 {
		return all
	}
	if at := c.subset(f.Labels); at >= 0 {
		return []int32{at}
	}
	return nil
}

// fingerprintIs reports whether Alertmanager would give an alert that only a
// Prometheus reports this fingerprint, with or without the replica's label.
func (c *claimer) fingerprintIs(at int32, fingerprint string) bool {
	k := &c.Alerts[at]
	return labelset.Fingerprint(k.Labels) == fingerprint ||
		labelset.Fingerprint(k.Sent()) == fingerprint
}

func (c *claimer) ownFingerprint(fingerprint string) (int32, bool) {
	at, ok := c.byOwnFingerprint()[fingerprint]
	return at, ok
}

func (c *claimer) indexOwnFingerprints() map[string]int32 {
	found := map[string]int32{}
	for i := range c.Alerts {
		if k := &c.Alerts[i]; !k.Routed {
			found[labelset.Fingerprint(k.Labels)] = int32(i)
			found[labelset.Fingerprint(k.Sent())] = int32(i)
		}
	}
	return found
}

// shape is a set of names of labels, sorted.
type shape []string

// subset finds the one alert that only a Prometheus reports and whose labels are all
// in the set, if no alert has the whole set. The missing ones are external labels
// that could not be read. Of several alerts it returns the one with most labels.
func (c *claimer) subset(set map[string]string) int32 {
	at := merged.None
	shapes := c.ownShapes()[set["alertname"]]
	for i, names := range shapes {
		if at != merged.None && len(names) < len(shapes[i-1]) {
			break // those that follow have fewer labels
		}
		if len(names) >= len(set) {
			continue // no alert has the whole set
		}
		found := c.inShape(names, set)
		switch {
		case found < 0:
		case at == merged.None:
			at = found
		default:
			at = merged.Ambiguous
		}
	}
	return at
}

// inShape finds the alert that has the labels of these names with the values of
// the set, and no others.
func (c *claimer) inShape(names shape, set map[string]string) int32 {
	var h uint64
	for _, name := range names {
		value := set[name]
		if value == "" {
			return merged.None
		}
		h += labelset.HashPair(name, value)
	}
	if at := c.Find(h); at >= 0 && !c.Alerts[at].Routed {
		return at
	}
	return merged.None
}

func (c *claimer) indexShapes() map[string][]shape {
	type named struct {
		name  string
		names uint64
	}
	seen, found := map[named]bool{}, map[string][]shape{}
	var last named // most alerts are as the one before
	for i := range c.Alerts {
		k := &c.Alerts[i]
		name := k.Name()
		this := named{name, k.NamesHash}
		if k.Routed || name == "" || this == last || seen[this] {
			continue
		}
		last = this
		seen[this] = true
		var names shape
		for label, value := range k.Labels {
			if value != "" && !c.Ignores(label) {
				names = append(names, label)
			}
		}
		slices.Sort(names)
		found[name] = append(found[name], names)
	}
	for _, shapes := range found {
		slices.SortFunc(shapes, func(a, b shape) int {
			return cmp.Or(cmp.Compare(len(b), len(a)), slices.Compare(a, b))
		})
	}
	return found
}

// withBreaks returns the alerts of that name, or of one that continues over
// several lines from it, whose label values have line breaks: the text form
// does not mark the end of such values.
func (c *claimer) withBreaks(alertname string) []int32 { return c.broken()[firstLine(alertname)] }

func (c *claimer) indexBroken() map[string][]int32 {
	if !c.LineBreaks() {
		return nil
	}
	broken := make([]bool, len(c.Alerts))
	parallel.Do(len(c.Alerts), func(i int) {
		for _, value := range c.Alerts[i].Labels {
			broken[i] = broken[i] || strings.ContainsRune(value, '\n')
		}
	})
	found := map[string][]int32{}
	for i := range broken {
		if broken[i] {
			name := firstLine(c.Alerts[i].Name())
			found[name] = append(found[name], int32(i))
		}
	}
	return found
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
