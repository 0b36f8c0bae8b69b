package triage

import (
	"cmp"
	"slices"
	"strings"

	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/parallel"
)

// proveFired finds the alert of an event: by its fingerprint and, unless the
// event's key has found its group, by its labels.
func (c *claimer) proveFired(d *events.Details, f *events.Alert, byKey bool, give func(int32, claim)) {
	if f.Fingerprint != "" {
		all := c.withFingerprint(f.Fingerprint)
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
		if f.Fingerprint != "" && !c.alerts[at].routed && c.fingerprintIs(at, f.Fingerprint) {
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
		if events.TextHas(d.Text, c.alerts[at].Labels) {
			give(at, claim{rule: ByLabelSet, labels: c.alerts[at].Labels})
		}
	}
}

// withLabels are the alerts with the labels of an alert in an event or, if there
// are none, the one that has a part of them.
func (c *claimer) withLabels(f *events.Alert) []int32 {
	all := c.withHash(f.Hash(c.Comparer))
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
	k := &c.alerts[at]
	return labelset.Fingerprint(k.Labels) == fingerprint ||
		labelset.Fingerprint(k.sent()) == fingerprint
}

func (c *claimer) ownFingerprint(fingerprint string) (int32, bool) {
	at, ok := c.byOwnFingerprint()[fingerprint]
	return at, ok
}

func (c *claimer) indexOwnFingerprints() map[string]int32 {
	found := map[string]int32{}
	for i := range c.alerts {
		if k := &c.alerts[i]; !k.routed {
			found[labelset.Fingerprint(k.Labels)] = int32(i)
			found[labelset.Fingerprint(k.sent())] = int32(i)
		}
	}
	return found
}

// shape is a set of names of labels, sorted.
type shape []string

// subset finds the one alert that only a Prometheus reports and whose labels
// are all in the set, which no alert has as a whole. The missing ones are external labels that could not be
// read. Of several alerts it returns the one with most labels.
func (c *claimer) subset(set map[string]string) int32 {
	at := none
	shapes := c.ownShapes()[set["alertname"]]
	for i, names := range shapes {
		if at != none && len(names) < len(shapes[i-1]) {
			break // those that follow have fewer labels
		}
		if len(names) >= len(set) {
			continue // no alert has the whole set
		}
		found := c.inShape(names, set)
		switch {
		case found < 0:
		case at == none:
			at = found
		default:
			at = several
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
			return none
		}
		h += labelset.HashPair(name, value)
	}
	if at := c.find(h); at >= 0 && !c.alerts[at].routed {
		return at
	}
	return none
}

func (c *claimer) indexShapes() map[string][]shape {
	type named struct {
		name  string
		names uint64
	}
	seen, found := map[named]bool{}, map[string][]shape{}
	var last named // most alerts are as the one before
	for i := range c.alerts {
		k := &c.alerts[i]
		name := k.Name()
		this := named{name, k.names}
		if k.routed || name == "" || this == last || seen[this] {
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
	if !c.memory.breaks {
		return nil
	}
	broken := make([]bool, len(c.alerts))
	parallel.Do(len(c.alerts), func(i int) {
		for _, value := range c.alerts[i].Labels {
			broken[i] = broken[i] || strings.ContainsRune(value, '\n')
		}
	})
	found := map[string][]int32{}
	for i := range broken {
		if broken[i] {
			name := firstLine(c.alerts[i].Name())
			found[name] = append(found[name], int32(i))
		}
	}
	return found
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
