package syncing

import (
	"strings"
	"time"

	"firstline/internal/events"
	"firstline/internal/history/past"
	"firstline/internal/reference"
	"firstline/sources"
)

// details reads what the first alert of an incident sent.
type details struct {
	finder *reference.Finder
	texts  events.Memory
}

// The longest texts that are stored, in bytes.
const (
	longestTitle     = 200
	longestReference = 300
)

// incident returns an incident as it is stored, without its log.
func (d *details) incident(i *sources.Incident, readAt time.Time) past.Incident {
	out := past.Incident{
		ID: i.ID, ReadAt: readAt, Number: i.Number, Title: limited(i.Title, longestTitle),
		Service: nameOf(i.Service), Policy: nameOf(i.Policy), Status: i.Status, Urgency: i.Urgency,
		CreatedAt: i.CreatedAt.UTC().Truncate(time.Second), ChangedAt: i.ChangedAt.UTC().Truncate(time.Second), MergedInto: i.MergedInto,
	}
	for _, t := range i.Teams {
		out.Teams = append(out.Teams, nameOf(t))
	}
	if i.Priority != nil {
		out.Priority = i.Priority.Name
	}
	if len(i.Alerts) > 0 && i.Alerts[0].Details != nil {
		out.DetailsRead = true
		out.Alert, out.Runbook = d.read(&i.Alerts[0])
	}
	return out
}

// read returns the name of an alert, and the first reference to a runbook in what
// it sent.
func (d *details) read(a *sources.IncidentAlert) (alert, runbook string) {
	read := d.texts.Read(a.Details)
	found := &reference.Collector{Finder: d.finder}
	for _, f := range read.Fired {
		if alert == "" {
			alert = f.Labels["alertname"]
		}
		found.Find(f.Annotations)
		found.Find(f.Labels)
	}
	found.Find(read.Keys)
	if len(found.Found) > 0 {
		return limited(alert, longestTitle), limited(found.Found[0].Text, longestReference)
	}
	for _, l := range a.Links {
		if strings.Contains(strings.ToLower(l.Text+" "+l.Href), "runbook") {
			return limited(alert, longestTitle), limited(l.Href, longestReference)
		}
	}
	return limited(alert, longestTitle), ""
}

func nameOf(r sources.Reference) past.Name {
	return past.Name{ID: r.ID, Name: limited(r.Name, longestTitle)}
}

func limited(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
