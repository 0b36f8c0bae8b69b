package triage

import (
	"strings"

	"firstline/internal/clean"
	"firstline/internal/reference"
	"firstline/sources"
)

// setReferences collects the references: of the alerts, the gravest first, else of
// the events. Annotations come before labels.
func (b *builder) setReferences(g *Group, members []int32, events []event) {
	f := &reference.Collector{Finder: b.references}
	refers := false
	for i, at := range members {
		k := &b.Alerts[at]
		f.Find(g.Alerts[i].Annotations)
		if i == 0 || k.NamesHash != b.Alerts[members[i-1]].NamesHash {
			refers = b.references.MayRefer(k.Labels, k.NamesHash)
		}
		if refers {
			f.Find(k.Labels)
		}
		if f.Full() {
			break
		}
	}
	if len(f.Found) == 0 {
		b.eventReferences(events, f)
	}
	g.References = f.Found
	for i := range g.References {
		if g.References[i].URL != "" {
			g.RunbookURL = g.References[i].URL
			break
		}
	}
}

// eventReferences adds the references in events.
func (b *builder) eventReferences(events []event, found *reference.Collector) {
	for i := range events {
		ev := &events[i]
		d := b.read(ev)
		for _, f := range d.Fired {
			found.Find(f.Annotations)
			found.Find(f.Labels)
		}
		found.Find(d.Keys)
		for _, l := range ev.Links {
			if isRunbookLink(l) {
				if r, ok := reference.Parse(l.Href, false); ok {
					r.From = "link"
					found.Add(r)
				}
			}
		}
	}
}

func isRunbookLink(l sources.Link) bool {
	if clean.URL(l.Href) == "" {
		return false
	}
	for _, word := range []string{"runbook", "playbook", "sop"} {
		if hasWord(l.Text, word) {
			return true
		}
	}
	return strings.Contains(strings.ToLower(l.Href), "runbook")
}

// notCompared yields the names of labels that alerts may have or lack whatever the
// hash of their names.
func (o *Options) notCompared(yield func(string) bool) {
	for _, name := range o.IgnoreLabels {
		if !yield(name) {
			return
		}
	}
	for _, labels := range o.Alertmanagers {
		for name := range labels {
			if !yield(name) {
				return
			}
		}
	}
}
