package cli

import (
	"context"
	"errors"
	"reflect"
	"time"

	"firstline/internal/config"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/grafana"
	"firstline/sources/prometheus"
)

// makeSources makes a client of every configured source. This is the one place
// where they are made: a new kind of source is one more block here.
//
// A client that the setup before it made of the same is used again.
func (s *setup) makeSources(ctx context.Context, version string, before *setup) {
	agent := "firstline/" + version
	s.made = map[sources.Source]made{}
	s.makeAccounts(ctx, agent, before)
	for _, p := range s.config.Prometheus {
		if err := p.Usable(ctx); err != nil {
			s.addMisconfigured(sources.Source{Kind: sources.Prometheus, Name: p.Name}, err)
			continue
		}
		source := sources.Source{Kind: sources.Prometheus, Name: p.Name}
		client, err := clientOf(s, before, source, serverOptions(p), func() (*prometheus.Client, error) {
			return prometheus.New(prometheus.Options{Name: p.Name, URL: p.URL, HTTP: p.HTTP, UserAgent: agent, MaxAlerts: p.MaxAlerts, Log: s.log})
		})
		if err != nil {
			s.addBroken(source, err)
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
		source := sources.Source{Kind: sources.Alertmanager, Name: p.Name}
		client, err := clientOf(s, before, source, serverOptions(p), func() (*alertmanager.Client, error) {
			return alertmanager.New(alertmanager.Options{Name: p.Name, URL: p.URL, HTTP: p.HTTP, UserAgent: agent, MaxAlerts: p.MaxAlerts, Log: s.log})
		})
		if err != nil {
			s.addBroken(source, err)
			continue
		}
		s.silencers = append(s.silencers, client)
		s.add(client, p.Interval)
	}
	for _, g := range s.config.Grafana {
		s.addGrafana(ctx, g, agent, before)
	}
}

// grafanaClients are the clients of a Grafana: of its alerts, and of its rules.
type grafanaClients struct {
	*alertmanager.Client
	rules *prometheus.Client
}

// CloseIdleConnections closes those of both.
func (g grafanaClients) CloseIdleConnections() {
	g.Client.CloseIdleConnections()
	g.rules.CloseIdleConnections()
}

// addGrafana makes the two sources of a Grafana.
func (s *setup) addGrafana(ctx context.Context, g config.Server, agent string, before *setup) {
	all := []sources.Source{{Kind: sources.Alertmanager, Name: g.Name}, {Kind: sources.Prometheus, Name: g.RulesName()}}
	if err := g.Usable(ctx); err != nil {
		for _, source := range all {
			s.addMisconfigured(source, err)
		}
		return
	}
	clients, err := clientOf(s, before, all[0], serverOptions(g), func() (grafanaClients, error) {
		alerts, rules, err := grafana.New(grafana.Options{Name: g.Name, URL: g.URL, HTTP: g.HTTP, UserAgent: agent, MaxAlerts: g.MaxAlerts, Log: s.log}, g.RulesName())
		return grafanaClients{alerts, rules}, err
	})
	if err != nil {
		for _, source := range all {
			s.addBroken(source, err)
		}
		return
	}
	s.silencers = append(s.silencers, clients.Client)
	s.add(clients.Client, g.Interval)
	s.add(clients.rules, g.Interval)
}

// clientOf is the client of a source: the one that the setup before made of the same,
// else a new one.
func clientOf[C sources.Reader](s, before *setup, source sources.Source, of any, create func() (C, error)) (C, error) {
	m := before.made[source]
	client, again := m.client.(C)
	if again = again && reflect.DeepEqual(m.of, of); !again {
		var err error
		if client, err = create(); err != nil {
			return client, err
		}
	}
	s.made[source] = made{of, client}
	return client, nil
}

// closeUnused closes the connections of the clients that the setup in its place does not
// have.
func (s *setup) closeUnused(next *setup) {
	for source, m := range s.made {
		if c, ok := m.client.(interface{ CloseIdleConnections() }); ok && next.made[source].client != m.client {
			c.CloseIdleConnections()
		}
	}
}

// serverOptions is what the client of a server is made of: how often it reads is the
// poller's.
func serverOptions(p config.Server) config.Server {
	p.Interval = 0
	return p
}

func (s *setup) add(r sources.Reader, every time.Duration) {
	s.readers = append(s.readers, reader{r, every})
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
	s.add(broken{unusable(source, cause)}, config.DefaultServerInterval)
}

// unusable is why a source can't be asked, as its answer.
func unusable(source sources.Source, cause error) *sources.Error {
	reason := sources.ReasonOf(cause)
	if errors.Is(cause, config.ErrNoToken) {
		reason = sources.Unauthorized
	}
	return &sources.Error{Source: source, Doing: "preparing to read", Reason: reason, Sentence: sources.Sentence(cause), Err: cause}
}

// broken is a source that could not be made, such as one without a token. It
// appears among the others and gives the reason on every read.
type broken struct{ why *sources.Error }

func (b broken) Source() sources.Source { return b.why.Source }

func (b broken) Read(context.Context, func(sources.Data)) (sources.Data, error) {
	return sources.Data{}, b.why
}
