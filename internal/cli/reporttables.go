package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"firstline/internal/clean"
	"firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// tickedBefore is how long before the time of a report a step may be ticked in an
// incident that ends in it.
const tickedBefore = 30 * 24 * time.Hour

// The time for reading the SLOs of a report, and how many services are asked about at
// the same time.
const (
	reportSLOTime   = 10 * time.Second
	servicesAtATime = 4
)

// addToReport reads what the tables need besides the history.
func (s *setup) addToReport(ctx context.Context, h *past.History, o *report.Options, f reportFlags) error {
	if s.demo {
		if err := recordDemo(ctx, s, h); err != nil {
			return err
		}
	}
	recorded, err := s.feedbackFacts(ctx, o.Span.Since.Add(-tickedBefore))
	if err != nil {
		return err
	}
	o.Recorded = &recorded
	if f.list == "" && f.person == "" && (f.table == "" && f.format != "csv" || f.table == report.SLOTable) {
		s.readReportSLOs(ctx, h, o)
	}
	return nil
}

// readReportSLOs reads the SLOs of the services in a report, at the end of its time.
func (s *setup) readReportSLOs(ctx context.Context, h *past.History, o *report.Options) {
	reader := &measure.Reader{Metrics: s.metrics, Configured: s.config.SLOs, Now: func() time.Time { return o.Span.Until }}
	if !reader.Any() {
		o.SLOsUnread = "no Prometheus is configured"
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reportSLOTime)
	defer cancel()
	services := report.ServicesOf(h, *o)
	if o.Team == "" {
		for _, c := range s.config.SLOs {
			if (o.Service == "" || strings.EqualFold(o.Service, c.Service)) && !slices.ContainsFunc(services, func(n past.Name) bool { return slices.Contains(s.namesOf(n), c.Service) }) {
				services = append(services, past.Name{Name: c.Service})
			}
		}
	}
	o.SLOs = make([]report.ServiceSLOs, len(services))
	slots := make(chan struct{}, servicesAtATime)
	var group sync.WaitGroup
	for n, service := range services {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			one := report.ServiceSLOs{Service: service, Team: s.teamOf(service)}
			for _, name := range s.namesOf(service) {
				found := reader.Of(ctx, triage.Group{Service: name}, func(triage.Alert) string { return "" })
				one.Readings = append(one.Readings, found.Readings...)
				one.Missing = append(one.Missing, found.Missing...)
			}
			slices.Sort(one.Missing)
			one.Missing = slices.Compact(one.Missing)
			o.SLOs[n] = one
		})
	}
	group.Wait()
}

// namesOf returns the names of a PagerDuty service in alerts and in the configuration.
func (s *setup) namesOf(service past.Name) []string {
	names := []string{service.Name}
	for name, acting := range s.config.Acting {
		if of := cmp.Or(acting.PagerDuty, name); name != service.Name && (of == service.ID || strings.EqualFold(of, service.Name)) {
			names = append(names, name)
		}
	}
	slices.Sort(names[1:])
	return names
}

// teamOf returns the team of a service in the configuration or in PagerDuty, or "".
func (s *setup) teamOf(service past.Name) string {
	names := s.namesOf(service)
	for _, rule := range s.triage.Services {
		if slices.Contains(names, rule.Name) && rule.Team != "" {
			return rule.Team
		}
	}
	for _, one := range s.directory.Services {
		if slices.Contains(names, one.Name) && len(one.Teams) > 0 {
			return one.Teams[0].Name
		}
	}
	return ""
}

// followUpsTable lists the open follow-ups of postmortems.
func (s *setup) followUpsTable() report.Table {
	t := report.NewTable(report.FollowUpsTable)
	all, unread, err := s.openFollowUps()
	if err != nil {
		t.Unknown = oneLine(err.Error())
		return t
	}
	overdue := 0
	for _, f := range all {
		until, late := "?", ""
		if !f.Due.IsZero() {
			until = wallclock.In(time.UTC).FileDay(f.Due)
		}
		if f.Overdue(s.now()) {
			overdue++
			late = "yes"
		}
		t.Rows = append(t.Rows, []string{clean.Line(f.Text), cmp.Or(clean.Line(f.Owner), "nobody"), until, late, clean.Line(f.File)})
	}
	if len(all) > 0 {
		t.Title += fmt.Sprintf(": %d, %d of them overdue", len(all), overdue)
	}
	if len(unread) > 0 {
		t.Doubt = wording.Count(len(unread), "file") + " could not be read: " + clean.Line(unread[0].Error())
	}
	return t
}

// compareReport sets what PagerDuty's Analytics says beside a report.
func (s *setup) compareReport(ctx context.Context, h past.History, o report.Options) report.Table {
	t := report.NewTable(report.CompareTable)
	if s.account == nil {
		t.Unknown = "no PagerDuty is configured"
		return t
	}
	services := report.ServicesOf(&h, o)
	if len(services) == 0 {
		t.Unknown = "there was no incident in this time"
		return t
	}
	ids := make([]string, len(services))
	for n, service := range services {
		ids[n] = service.ID
	}
	theirs, extent, err := s.account.AnalyzedIncidents(ctx, o.Span, ids)
	if err != nil {
		t.Unknown = oneLine(sources.Sentence(err))
		return t
	}
	return report.Compare(h, o, theirs, extent)
}
