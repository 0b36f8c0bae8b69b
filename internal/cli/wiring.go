package cli

import (
	"cmp"
	"context"
	"errors"
	"time"

	"firstline/internal/config"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/grafana"
	"firstline/sources/pagerduty"
	"firstline/sources/prometheus"
)

// account is what is asked of PagerDuty besides reading.
type account interface {
	sources.Incidents
	sources.Past
	sources.ChangeEvents
	sources.PastIncidents
	sources.Analytics
	// IncidentByNumber reads one incident, open or not.
	IncidentByNumber(ctx context.Context, number int) (sources.Incident, error)
	Check(ctx context.Context) (pagerduty.Report, error)
	// Budget is what is left of the requests that PagerDuty allows.
	Budget() pagerduty.Budget
	// Overrides reads the overrides of a schedule from now until a time.
	Overrides(ctx context.Context, scheduleID string, until time.Time) ([]sources.Override, sources.Extent, error)
	// Log reads what happened to all incidents in a span of time.
	Log(ctx context.Context, since, until time.Time) ([]sources.LogEntry, sources.Extent, error)
}

// accountName is the name of the PagerDuty account among the sources.
const accountName = "pagerduty"

// makeSources makes a client of every configured source. This is the one place
// where they are made: a new kind of source is one more block here.
func (s *setup) makeSources(ctx context.Context, version string) {
	agent := "firstline/" + version
	if p := s.config.PagerDuty; p.Configured {
		source := sources.Source{Kind: sources.PagerDuty, Name: accountName}
		client, err := s.newPagerDuty(ctx, agent)
		if err != nil {
			s.addBroken(source, err)
		} else {
			s.account = client
			s.add(client, p.Interval)
		}
	}
	for _, p := range s.config.Prometheus {
		if err := p.Usable(ctx); err != nil {
			s.addMisconfigured(sources.Source{Kind: sources.Prometheus, Name: p.Name}, err)
			continue
		}
		client, err := prometheus.New(prometheus.Options{Name: p.Name, URL: p.URL, HTTP: p.HTTP, UserAgent: agent, MaxAlerts: p.MaxAlerts, Log: s.log})
		if err != nil {
			s.addBroken(sources.Source{Kind: sources.Prometheus, Name: p.Name}, err)
			continue
		}
		s.metrics = append(s.metrics, client)
		s.add(client, p.Interval)
	}
	for _, p := range s.config.Alertmanager {
		if err := p.Usable(ctx); err != nil {
			s.addMisconfigured(sources.Source{Kind: sources.Alertmanager, Name: p.Name}, err)
			continue
		}
		client, err := alertmanager.New(alertmanager.Options{Name: p.Name, URL: p.URL, HTTP: p.HTTP, UserAgent: agent, MaxAlerts: p.MaxAlerts, Log: s.log})
		if err != nil {
			s.addBroken(sources.Source{Kind: sources.Alertmanager, Name: p.Name}, err)
			continue
		}
		s.silencers = append(s.silencers, client)
		s.add(client, p.Interval)
	}
	for _, g := range s.config.Grafana {
		s.addGrafana(ctx, g, agent)
	}
}

// addGrafana makes the two sources of a Grafana.
func (s *setup) addGrafana(ctx context.Context, g config.Server, agent string) {
	all := []sources.Source{{Kind: sources.Alertmanager, Name: g.Name}, {Kind: sources.Prometheus, Name: g.RulesName()}}
	if err := g.Usable(ctx); err != nil {
		for _, source := range all {
			s.addMisconfigured(source, err)
		}
		return
	}
	alerts, rules, err := grafana.New(grafana.Options{Name: g.Name, URL: g.URL, HTTP: g.HTTP, UserAgent: agent, MaxAlerts: g.MaxAlerts, Log: s.log}, g.RulesName())
	if err != nil {
		for _, source := range all {
			s.addBroken(source, err)
		}
		return
	}
	s.silencers = append(s.silencers, alerts)
	s.add(alerts, g.Interval)
	s.add(rules, g.Interval)
}

func (s *setup) newPagerDuty(ctx context.Context, agent string) (*pagerduty.Client, error) {
	p := s.config.PagerDuty
	token, err := s.token(ctx)
	if err != nil {
		return nil, err
	}
	s.tokenDigest = digest(token)
	var policies, services []string
	if first := s.config.FirstLine.EscalationPolicy; first != "" {
		policies = append(policies, first)
	}
	for _, rule := range s.config.Services {
		if rule.Policy != "" {
			policies = append(policies, rule.Policy)
		} else {
			services = append(services, cmp.Or(rule.PagerDuty, rule.Name))
		}
	}
	o := pagerduty.Options{
		Name: accountName, URL: p.URL, Region: p.Region, Token: token, TokenType: p.TokenType, Email: s.config.Me.Email,
		UserAgent: agent, Teams: p.Teams, Policies: policies, Services: services, Now: s.now, Sleep: s.wait, Log: s.log,
	}
	position, renewable := p.TokenFrom()
	o.TokenFrom = position
	if renewable {
		o.RenewToken = s.token
	}
	return pagerduty.New(o)
}

func (s *setup) add(r sources.Reader, every time.Duration) {
	s.readers = append(s.readers, reader{r, every})
	if c, ok := r.(interface{ CloseIdleConnections() }); ok {
		s.atEnd(c.CloseIdleConnections)
	}
}

// addMisconfigured adds a source that must not be asked as it is configured.
func (s *setup) addMisconfigured(source sources.Source, cause error) {
	s.addBroken(source, &sources.Error{
		Source: source, Doing: "preparing to read", Reason: sources.Misconfigured, Err: cause,
		Sentence: "misconfigured: " + cause.Error(),
	})
}

func (s *setup) addBroken(source sources.Source, cause error) {
	s.log.Error("a source can't be used", "source", source.Name, "why", sources.Sentence(cause))
	reason := sources.ReasonOf(cause)
	if errors.Is(cause, config.ErrNoToken) {
		reason = sources.Unauthorized
	}
	s.add(broken{&sources.Error{
		Source: source, Doing: "preparing to read", Reason: reason, Sentence: sources.Sentence(cause), Err: cause,
	}}, config.DefaultServerInterval)
}

// broken is a source that could not be made, such as one without a token. It
// appears among the others and gives the reason on every read.
type broken struct{ why *sources.Error }

func (b broken) Source() sources.Source { return b.why.Source }

func (b broken) Read(context.Context, func(sources.Data)) (sources.Data, error) {
	return sources.Data{}, b.why
}
