package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"firstline/internal/triage"
	"firstline/internal/wanted"
	"firstline/internal/wording"
	"firstline/runbooks"
)

// findRunbook finds the runbook of a group and the labels to fill it with,
// else that of an alert or service by that name, else the page of an address or
// a path: a runbook is also read when nothing fires.
func (a *app) findRunbook(ctx context.Context, s *setup, target string) (runbooks.Match, map[string]string, error) {
	none := map[string]string{}
	if r, ok := runbooks.ReferenceTo(target); ok {
		m, err := referredRunbook(ctx, s, r)
		return m, none, err
	}
	if len(s.readers) == 0 {
		m, err := namedRunbook(ctx, s, target)
		if m.Runbook == nil && err == nil {
			err = s.needSource()
		}
		return m, none, err
	}
	l := s.readBriefly(ctx)
	a.sayFailed(l)
	var g triage.Group
	t, unknown := parseTarget(target)
	if unknown == nil {
		g, unknown = l.openGroup(t)
	}
	if unknown == nil {
		m, err := groupRunbook(ctx, s, g)
		return m, triage.CommonLabels(g.Alerts), err
	}
	if m, labels, found, err := a.firingRunbook(ctx, s, l, target); found || err != nil {
		return m, labels, err
	}
	m, err := namedRunbook(ctx, s, target)
	if m.Runbook == nil && err == nil {
		err = unknown
	}
	return m, none, err
}

// referredRunbook finds the runbook at an address or a path.
func referredRunbook(ctx context.Context, s *setup, r runbooks.Reference) (runbooks.Match, error) {
	m, ok, err := s.library.Lookup(ctx, runbooks.Query{References: []runbooks.Reference{r}})
	switch {
	case err != nil || ok:
		return m, err
	case r.URL != "":
		return m, fmt.Errorf("no directory of [runbooks] has the page of %s, and fetch = false forbids reading it there", oneLine(r.Text))
	case len(m.Suggestions) > 0:
		return m, errors.New(severalRunbooks(r.Text, m.Suggestions))
	}
	return m, fmt.Errorf("no directory of [runbooks] has %s", oneLine(r.Text))
}

// namedRunbook finds the runbook of an alert, else of a service, by its name.
func namedRunbook(ctx context.Context, s *setup, name string) (runbooks.Match, error) {
	m, ok, err := s.library.Lookup(ctx, runbooks.Query{Alerts: []string{name}})
	switch {
	case err != nil || ok:
		return m, err
	case len(m.Suggestions) > 0:
		return m, errors.New(severalRunbooks(name, m.Suggestions))
	}
	m, _, err = s.library.Lookup(ctx, runbooks.Query{Service: name})
	return m, err
}

// groupRunbook finds the runbook of a group.
func groupRunbook(ctx context.Context, s *setup, g triage.Group) (runbooks.Match, error) {
	q := wanted.Of(g)
	m, ok, err := s.library.Lookup(ctx, q)
	if err != nil || ok {
		return m, err
	}
	why := fmt.Sprintf("there is no runbook yet for %q", g.Headline())
	for _, r := range m.Missing {
		why += fmt.Sprintf("; the alert refers to %s (%s), which no directory of [runbooks] has", oneLine(r.Text), oneLine(r.From))
	}
	if len(m.Suggestions) > 0 {
		return m, errors.New(why + "; " + severalRunbooks(firstOf(q.Alerts), m.Suggestions))
	}
	return m, errors.New(why + ": put a Markdown file named after the alert or the service into a directory of [runbooks]")
}

func firstOf(names []string) string {
	if len(names) == 0 {
		return "it"
	}
	return names[0]
}

// firingRunbook finds the runbook of the groups in which an alert of that name
// fires. It is filled with the labels that all of them share.
func (a *app) firingRunbook(ctx context.Context, s *setup, l reading, name string) (m runbooks.Match, labels map[string]string, found bool, err error) {
	groups := slices.DeleteFunc(slices.Clone(l.groups), func(g triage.Group) bool {
		return !slices.ContainsFunc(g.AlertNames(), func(n string) bool { return strings.EqualFold(n, name) })
	})
	for i := range groups {
		g := &groups[i]
		of, err := groupRunbook(ctx, s, *g)
		if err != nil {
			return m, nil, true, err
		}
		shared := triage.CommonLabels(g.Alerts)
		if i == 0 {
			m, labels = of, shared
			continue
		}
		if of.Runbook.Path != m.Runbook.Path {
			return m, nil, true, fmt.Errorf("%s fires in %s with different runbooks: give the id of one, such as %s or %s",
				oneLine(name), wording.Count(len(groups), "group"), oneLine(groups[0].ID), oneLine(g.ID))
		}
		maps.DeleteFunc(labels, func(label, value string) bool { return shared[label] != value })
	}
	if len(groups) > 1 {
		a.sayf("%s fires in %s; what they share fills the runbook", oneLine(name), wording.Count(len(groups), "group"))
	}
	return m, labels, len(groups) > 0, nil
}

// severalRunbooks says whose runbooks have a name, and how to read one of them.
func severalRunbooks(name string, all []runbooks.Suggestion) string {
	paths := make([]string, len(all))
	for i, s := range all {
		paths[i] = fmt.Sprintf("%s (of %s)", oneLine(s.Runbook.Path), oneLine(s.Owner))
	}
	return fmt.Sprintf("others have a runbook named %s, which may not fit: %s. Read one with firstline runbook PATH", oneLine(name), strings.Join(paths, ", "))
}
