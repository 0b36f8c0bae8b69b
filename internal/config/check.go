package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/graph"
	"firstline/internal/matcher"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/internal/weekhours"
)

// lookup returns the value of an environment variable.
type lookup func(name string) (string, bool)

// build makes a configuration from a document and the environment.
func build(path string, document []byte, env lookup) (Config, error) {
	positions := findPositions(document)
	f, faults := decode(path, document, positions)
	if len(faults) > 0 {
		return Config{}, join(faults)
	}
	b := &builder{path: path, positions: positions, origin: map[string]string{}}
	b.overlay(&f, env)
	c := b.config(f, env)
	if len(b.faults) > 0 {
		return Config{}, join(b.faults)
	}
	return c, nil
}

// join joins the faults into one error, in the order of the file.
func join(faults []*Error) error {
	slices.SortStableFunc(faults, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if len(faults) == 1 {
		return faults[0]
	}
	all := make([]error, len(faults))
	for i, f := range faults {
		all[i] = f
	}
	return errors.Join(all...)
}

// builder checks the decoded file and collects the faults.
type builder struct {
	path      string
	positions *positions
	// origin maps a path to the environment variable that set its value.
	origin map[string]string
	faults []*Error
}

func (b *builder) fault(path []string, format string, a ...any) {
	sentence := fmt.Sprintf(format, a...)
	if variable, ok := b.origin[pathKey(path...)]; ok {
		b.faults = append(b.faults, &Error{File: "environment variable " + variable, Sentence: sentence})
		return
	}
	at := b.positions.of(path...)
	b.faults = append(b.faults, &Error{File: b.path, Line: at.line, Column: at.column, Sentence: sentence})
}

func (b *builder) config(f file, env lookup) Config {
	c := Config{WantedPath: b.path, written: f}
	for _, list := range []string{"prometheus", "alertmanager", "grafana", "service", "change"} {
		if b.positions.tables[pathKey(list)] {
			b.fault([]string{list}, "there may be several of these: write [[%s]] with two brackets", list)
		}
	}
	c.Me = b.me(f.Me)
	names := map[string]bool{}
	c.PagerDuty = b.accounts(f, c.Me, env, names)
	names[PagerDutyName] = true // no server is called so
	c.Prometheus = b.servers("prometheus", f.Prometheus, names)
	c.Alertmanager = b.alertmanagers(f.Alertmanager, names)
	c.Grafana = b.grafanas(f.Grafana, names)
	c.FirstLine = FirstLine{Name: clean.Line(f.FirstLine.Name), EscalationPolicy: strings.TrimSpace(f.FirstLine.EscalationPolicy), Service: strings.TrimSpace(f.FirstLine.Service)}
	c.Runbooks = b.runbooks(f.Runbooks)
	c.Postmortems = b.absolute(cmp.Or(strings.TrimSpace(f.Postmortems.Directory), "postmortems"))
	c.Report = b.report(f.Report)
	c.Compensation = b.compensation(f.Compensation)
	c.Readiness = b.readiness(f.Readiness)
	c.Labels = Labels{
		Service: b.labels("service", f.Labels.Service),
		Team:    b.labels("team", f.Labels.Team),
		Ignore:  b.labels("ignore", f.Labels.Ignore),

		Heartbeats: b.labels("heartbeats", f.Labels.Heartbeats),
		Severities: b.severities(f.Labels.Severity),
	}
	c.Sparklines, c.Columns = f.List.Sparkline, b.columns(f.List.Columns)
	c.Screen = b.screen(f.Screen)
	c.Keys = b.keys(f.Keys)
	c.Theme, c.ASCII = b.theme(f.Theme), f.Theme.ASCII
	c.Filters = b.filters(f.Filters)
	c.Attention = b.attention(f.Attention, c.SavedFilters())
	c.Changes = b.changes(f.Change)
	for i, s := range f.Service {
		c.Services = append(c.Services, b.service(i, s))
		if s.SLO != nil {
			c.SLOs = append(c.SLOs, b.slo(i, s.Name, *s.SLO))
		}
		if c.Acting == nil {
			c.Acting, c.Graphs = map[string]respond.ServiceSettings{}, map[string][]graph.Configured{}
		}
		if _, twice := c.Acting[s.Name]; !twice { // as triage takes the first
			c.Acting[s.Name] = b.acting(i, s, c.FirstLine)
			c.Graphs[s.Name] = b.graphs(i, s.Graph)
		} else if s.Stage != "" && s.Stage != string(c.Acting[s.Name].Stage) {
			b.fault([]string{"service", strconv.Itoa(i), "stage"}, "another [[service]] above is called %s too, and its stage holds: set the stage there", clean.Line(s.Name))
		}
	}
	return c
}

// The shares that [screen] split may give to the list.
const leastSplit, mostSplit = 20, 80

func (b *builder) screen(f fileScreen) Screen {
	s := Screen{Mouse: f.Mouse, Plain: f.Plain}
	if f.Split != nil {
		if s.Split = *f.Split; s.Split < leastSplit || s.Split > mostSplit {
			b.fault([]string{"screen", "split"}, "split is %d, but must be a percentage from %d to %d", s.Split, leastSplit, mostSplit)
		}
	}
	return s
}

func (b *builder) me(f fileMe) Me {
	role, err := respond.ParseRole(f.Role)
	if err != nil {
		b.fault([]string{"me", "role"}, "%v", err)
	}
	if f.Email != "" {
		b.checkEmail([]string{"me", "email"}, f.Email)
	}
	zone := wallclock.Zone(f.TimeZone)
	if zone == nil && f.TimeZone != "" {
		b.fault([]string{"me", "time_zone"}, "%q is no time zone: write its name, such as \"Europe/Berlin\" or \"UTC\"", clean.Line(f.TimeZone))
	}
	return Me{Email: f.Email, Role: role, Zone: zone}
}

func (b *builder) servers(kind string, list []fileServer, names map[string]bool) []Server {
	var all []Server
	for i, f := range list {
		at := func(key ...string) []string { return append([]string{kind, strconv.Itoa(i)}, key...) }
		s := Server{Name: f.Name, Interval: DefaultServerInterval, InsecurePlain: f.InsecurePlain, MaxAlerts: DefaultMaxAlerts}
		if s.Name == "" {
			s.Name = kind
		}
		b.sourceName(at("name"), s.Name, names)
		if f.URL == "" {
			b.fault(at("url"), "url is missing: write the address of this %s, such as url = %q", kind, exampleURL(kind))
		} else {
			s.URL = b.address(at("url"), f.URL, false)
		}
		if f.Interval != "" {
			s.Interval = b.interval(at("interval"), f.Interval, time.Second)
		}
		s.HTTP, s.http = b.httpOptions(at("http"), f.HTTP), f.HTTP
		if b.positions.has(at("max_alerts")...) {
			s.MaxAlerts = b.maxAlerts(at("max_alerts"), f.MaxAlerts)
		}
		all = append(all, s)
	}
	return all
}

func (b *builder) alertmanagers(list []fileAlertmanager, names map[string]bool) []Server {
	servers := make([]fileServer, len(list))
	for i, f := range list {
		servers[i] = f.server()
	}
	all := b.servers("alertmanager", servers, names)
	for i, f := range list {
		for _, name := range slices.Sorted(maps.Keys(f.Labels)) {
			at := []string{"alertmanager", strconv.Itoa(i), "labels", name}
			switch {
			case strings.TrimSpace(name) == "":
				b.fault(at, "the name of a label is missing here")
			case f.Labels[name] == "":
				b.fault(at, "the label %s has no value: write a value that distinguishes the alerts of this Alertmanager from those of others", clean.Line(name))
			}
		}
		all[i].Labels = maps.Clone(f.Labels)
	}
	return all
}

// grafanas reads the Grafanas. Each is two sources.
func (b *builder) grafanas(list []fileGrafana, names map[string]bool) []Server {
	servers := make([]fileServer, len(list))
	for i, f := range list {
		servers[i] = fileServer(f)
	}
	all := b.servers("grafana", servers, names)
	for i, s := range all {
		rules := strings.ToLower(s.RulesName())
		if names[rules] {
			b.fault([]string{"grafana", strconv.Itoa(i), "name"}, "there is another source called %s, which is the name of this Grafana's rules: give it another name", s.RulesName())
		}
		names[rules] = true
	}
	return all
}

func exampleURL(kind string) string {
	switch kind {
	case "alertmanager":
		return "http://alertmanager.example.com:9093"
	case "grafana":
		return "https://grafana.example.com"
	}
	return "http://prometheus.example.com:9090"
}

// interval parses the time between two reads.
func (b *builder) interval(path []string, text string, least time.Duration) time.Duration {
	d, err := time.ParseDuration(strings.TrimSpace(text))
	switch {
	case err != nil:
		b.fault(path, "%q is not a duration: write a number with s, m or h, such as \"15s\"", clean.Line(text))
	case d < least:
		b.fault(path, "%s is too short: the shortest is %s", clean.Line(text), least)
	case d > time.Hour:
		b.fault(path, "%s is too long to see anything in time: the longest is 1h", clean.Line(text))
	}
	return d
}

func (b *builder) maxAlerts(path []string, n int) int {
	if n < 1 || n > mostAlerts {
		b.fault(path, "max_alerts is %d, but must be from 1 to %d", n, mostAlerts)
	}
	return n
}

// mostAlerts bounds max_alerts, because more would fill the memory.
const mostAlerts = 1_000_000

func (b *builder) labels(key string, names []string) []string {
	for i, n := range names {
		if strings.TrimSpace(n) == "" {
			b.fault([]string{"labels", key, strconv.Itoa(i)}, "the name of a label is missing here")
		}
	}
	return slices.Clone(names)
}

// severities parses the meanings of additional severity words.
func (b *builder) severities(words map[string]string) map[string]triage.Severity {
	var severities map[string]triage.Severity
	for _, word := range slices.Sorted(maps.Keys(words)) {
		s := triage.Severity(strings.ToLower(strings.TrimSpace(words[word])))
		if !slices.Contains(triage.Severities(), s) {
			b.fault([]string{"labels", "severity", word}, "%q is not a severity: it is \"critical\", \"error\", \"warning\" or \"info\"", clean.Line(words[word]))
			continue
		}
		if severities == nil {
			severities = map[string]triage.Severity{}
		}
		severities[strings.ToLower(strings.TrimSpace(word))] = s
	}
	return severities
}

func (b *builder) service(i int, f fileService) triage.ServiceRule {
	at := func(key string) []string { return []string{"service", strconv.Itoa(i), key} }
	s := triage.ServiceRule{
		Name: f.Name, Team: f.Team, PagerDuty: strings.TrimSpace(f.PagerDuty),
		Runbook: expandHome(f.Runbook), Policy: strings.TrimSpace(f.EscalationPolicy),
	}
	if strings.TrimSpace(f.Name) == "" {
		b.fault(at("name"), "name is missing: write what this service is called")
	}
	if f.Match == "" && !b.positions.has(at("match")...) {
		return s
	}
	match, err := matcher.Parse(f.Match)
	switch {
	case err != nil:
		b.fault(at("match"), "%s (write label matchers such as 'service=\"checkout\", namespace=~\"prod-.*\"')", clean.Line(err.Error()))
	case match.Empty():
		b.fault(at("match"), "match is empty and would match nothing: write label matchers or leave it out")
	}
	s.Match = match
	return s
}

// acting returns the settings of a [[service]] for actions on its groups.
func (b *builder) acting(i int, f fileService, firstLine FirstLine) respond.ServiceSettings {
	at := func(key string) []string { return []string{"service", strconv.Itoa(i), key} }
	s := respond.ServiceSettings{PagerDuty: strings.TrimSpace(f.PagerDuty), Move: f.Move}
	var err error
	if f.DevelopersOnCall != "" {
		if s.Hours, err = weekhours.Parse(f.DevelopersOnCall); err != nil {
			b.fault(at("developers_on_call"), "%s", clean.Line(err.Error()))
		}
	}
	if s.Outside, err = respond.ParseOutside(f.Outside); err != nil {
		b.fault(at("outside"), "%s", clean.Line(err.Error()))
	}
	if f.Outside != "" && f.DevelopersOnCall == "" {
		b.fault(at("outside"), "outside applies outside of developers_on_call: set developers_on_call too")
	}
	s.Stage = b.stage(i, f, firstLine)
	return s
}

// absolute returns the path of the file as an absolute path.
func (b *builder) absolute(path string) string {
	path = expandHome(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(b.path), path)
}
