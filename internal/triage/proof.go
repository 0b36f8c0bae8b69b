package triage

import (
	"strings"

	"github.com/prometheus/common/model"

	"firstline/sources"
)

// proveFired finds an alert that an event told of: by its fingerprint and,
// unless the event's key has found its group, by its labels.
func (c *claimer) proveFired(d *eventDetails, f *firedAlert, byKey bool, give func(int32, claim)) {
	if f.fingerprint != "" {
		if at, ok := c.byFingerprint[f.fingerprint]; ok {
			give(at, claim{rule: ByFingerprint, proof: f.fingerprint})
			return
		}
	}
	if len(f.labels) == 0 {
		if at, ok := c.ownFingerprint(f.fingerprint); ok {
			give(at, claim{rule: ByFingerprint, proof: f.fingerprint})
		}
		return
	}
	if byKey && f.fingerprint == "" {
		return
	}
	at := c.find(c.hash(f.labels, nil))
	if at < 0 {
		at = c.subset(f.labels)
	}
	if at >= 0 {
		if f.fingerprint != "" && !c.alerts[at].routed && c.fingerprintIs(at, f.fingerprint) {
			give(at, claim{rule: ByFingerprint, proof: f.fingerprint})
		} else {
			give(at, claim{rule: ByLabelSet, labels: f.labels})
		}
		return
	}
	if d.text == "" {
		return
	}
	for _, at := range c.withBreaks() {
		if firingTextHas(d.text, c.alerts[at].Labels) {
			give(at, claim{rule: ByLabelSet, labels: c.alerts[at].Labels})
		}
	}
}

// fingerprintIs reports whether Alertmanager would give an alert that only a
// Prometheus reports this fingerprint, with or without the replica's label.
func (c *claimer) fingerprintIs(at int32, fingerprint string) bool {
	k := &c.alerts[at]
	return fingerprintOf(k.Labels) == fingerprint ||
		fingerprintOf(sources.MergeLabels(k.external, k.base.Labels)) == fingerprint
}

// fingerprintOf is Alertmanager's hash of a label set.
func fingerprintOf(labels map[string]string) string {
	set := make(model.LabelSet, len(labels))
	for name, value := range labels {
		if value != "" {
			set[model.LabelName(name)] = model.LabelValue(value)
		}
	}
	return set.Fingerprint().String()
}

func (c *claimer) ownFingerprint(fingerprint string) (int32, bool) {
	if c.byOwnFingerprint == nil {
		c.byOwnFingerprint = map[string]int32{}
		for i := range c.alerts {
			if k := &c.alerts[i]; !k.routed {
				c.byOwnFingerprint[fingerprintOf(k.Labels)] = int32(i)
				c.byOwnFingerprint[fingerprintOf(sources.MergeLabels(k.external, k.base.Labels))] = int32(i)
			}
		}
	}
	at, ok := c.byOwnFingerprint[fingerprint]
	return at, ok
}

// subset finds the one alert that only a Prometheus reports and whose labels all
// stand in the set; what it lacks are external labels that could not be read.
func (c *claimer) subset(set map[string]string) int32 {
	c.indexNames()
	at, most := none, 0
	for _, i := range c.ownByName[set["alertname"]] {
		k := &c.alerts[i]
		n := len(k.Labels)
		if n < most || !c.within(k.Labels, set) {
			continue
		}
		if n == most {
			at = several
			continue
		}
		at, most = i, n
	}
	return at
}

// withBreaks are the alerts whose label values have line breaks: the text form
// does not tell where those values end.
func (c *claimer) withBreaks() []int32 {
	if !c.brokenKnown {
		c.brokenKnown = true
		for i := range c.alerts {
			for _, value := range c.alerts[i].Labels {
				if strings.ContainsRune(value, '\n') {
					c.broken = append(c.broken, int32(i))
					break
				}
			}
		}
	}
	return c.broken
}
