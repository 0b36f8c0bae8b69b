package cli

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"firstline/internal/config"
	"firstline/internal/firstrun"
	"firstline/internal/keyring"
	"firstline/internal/slo"
	"firstline/internal/slo/measure"
	"firstline/internal/wanted"
	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/pagerduty"
	"firstline/sources/prometheus"
)

// tryTime bounds each try.
const tryTime = 20 * time.Second

// tries asks the servers that a first configuration names.
type tries struct {
	present config.Config
	version string
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	say     func(string)
}

var _ firstrun.Tries = (*tries)(nil)

func (t *tries) agent() string { return "firstline/" + t.version }

// Token finds the token that a configuration names.
func (t *tries) Token(ctx context.Context, p config.PagerDuty) (string, error) {
	return p.Token(sources.ReportWaits(ctx, t.say))
}

// Account asks PagerDuty.
func (t *tries) Account(ctx context.Context, p config.PagerDuty, token, email string) (firstrun.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*tryTime)
	defer cancel()
	from, _ := p.TokenFrom()
	client, err := pagerduty.New(pagerduty.Options{
		Name: p.Name, URL: p.URL, Region: p.Region, Token: token, TokenType: p.TokenType, TokenFrom: from, Email: email,
		UserAgent: t.agent(), Now: t.now, Sleep: t.wait, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return firstrun.Account{}, err
	}
	report, err := client.Check(ctx)
	if err != nil {
		return firstrun.Account{}, err
	}
	account := firstrun.Account{Host: report.Host, Person: report.Token == pagerduty.UserToken, Me: report.Me, Missing: report.Missing}
	snap := sources.ReadOnce(ctx, client)
	if !snap.OK() {
		return account, snap.Err
	}
	account.Data = snap.Data
	return account, nil
}

// Server asks a Prometheus or an Alertmanager.
func (t *tries) Server(ctx context.Context, kind sources.Kind, s config.Server) (sources.Data, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	if err := s.Usable(ctx); err != nil {
		return sources.Data{}, err
	}
	options := prometheus.Options{Name: s.Name, URL: s.URL, HTTP: s.HTTP, UserAgent: t.agent(), MaxAlerts: s.MaxAlerts, Log: slog.New(slog.DiscardHandler)}
	var client interface {
		sources.Reader
		CloseIdleConnections()
	}
	var err error
	if kind == sources.Alertmanager {
		client, err = alertmanager.New(options)
	} else {
		client, err = prometheus.New(options)
	}
	if err != nil {
		return sources.Data{}, err
	}
	defer client.CloseIdleConnections()
	snap := sources.ReadOnce(ctx, client)
	return snap.Data, snap.Err
}

// SLOs finds those that a Prometheus records.
func (t *tries) SLOs(ctx context.Context, s config.Server) ([]slo.Objective, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	client, err := prometheus.New(prometheus.Options{Name: s.Name, URL: s.URL, HTTP: s.HTTP, UserAgent: t.agent(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	return (&measure.Reader{Metrics: []sources.Metrics{client}, Now: t.now}).Recorded(ctx, client)
}

// KeyringMissing says why there is no keyring.
func (t *tries) KeyringMissing() error { return keyring.Available() }

// Directories are those with Markdown among the usual ones: beside the configuration,
// here, at the root of this checkout, in the home directory.
func (t *tries) Directories() []string {
	var candidates []string
	add := func(base string) {
		for _, below := range []string{"runbooks", "docs/runbooks", "runbook"} {
			candidates = append(candidates, filepath.Join(base, filepath.FromSlash(below)))
		}
	}
	add(filepath.Dir(t.present.WantedPath))
	if here, err := os.Getwd(); err == nil {
		for at := here; ; at = filepath.Dir(at) {
			if _, err := os.Stat(filepath.Join(at, ".git")); err == nil || at == here {
				add(at)
			}
			if at == filepath.Dir(at) {
				break
			}
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		add(home)
		add(filepath.Join(home, "src"))
	}
	var found []string
	for _, c := range candidates {
		if hasMarkdown(c) && !slices.Contains(found, c) {
			found = append(found, c)
		}
	}
	return found
}

// hasMarkdown looks at some of the files of a directory.
func hasMarkdown(directory string) (has bool) {
	left := 2000
	_ = filepath.WalkDir(directory, func(path string, d fs.DirEntry, err error) error {
		left--
		switch {
		case err != nil || left < 0:
			return fs.SkipAll
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != directory:
			return fs.SkipDir
		case !d.IsDir() && strings.EqualFold(filepath.Ext(path), ".md"):
			has = true
			return fs.SkipAll
		}
		return nil
	})
	return has
}

// Runbooks checks directories with runbooks.
func (t *tries) Runbooks(directories []string, rules []sources.Rule) (found firstrun.Findings) {
	library := runbooks.Open(runbooks.Options{Directories: directories})
	for _, p := range library.Problems() {
		verdict := firstrun.Mind
		if slices.Contains(directories, p.Path) {
			verdict = firstrun.Wrong
		}
		found = append(found, firstrun.Finding{Verdict: verdict, Sentence: p.Sentence})
	}
	n := len(library.Runbooks())
	if n == 0 {
		return append(found, firstrun.Finding{Verdict: firstrun.Mind, Sentence: "There are no runbooks in " + strings.Join(directories, ", ") + " yet."})
	}
	sentence := wording.Count(n, "runbook") + " found"
	if len(rules) > 0 {
		without := withoutRunbook(library, rules, t.present)
		alerts := wording.Count(len(rules), "alerting rule")
		sentence += fmt.Sprintf("; %d of %s have one", len(rules)-without, alerts)
	}
	return append(found, firstrun.Finding{Verdict: firstrun.Fine, Sentence: sentence + ". `firstline runbook lint` checks them in detail."})
}

// withoutRunbook counts the rules for which a library has no runbook.
func withoutRunbook(library *runbooks.Library, rules []sources.Rule, c config.Config) int {
	queryOf := wanted.OfRules(c.Triage())
	without := 0
	for _, rule := range rules {
		r := runbooks.AlertRule{Name: rule.Name, Labels: rule.Labels, Annotations: rule.Annotations, Expression: rule.Query}
		if _, is := library.Find(queryOf(r)); !is {
			without++
		}
	}
	return without
}
