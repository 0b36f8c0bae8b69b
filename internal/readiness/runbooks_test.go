package readiness

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"firstline/runbooks"
)

func TestRunbooksOf(t *testing.T) {
	library := runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"books": fstest.MapFS{
		"checkout/HighErrorRate.md": {Data: []byte("# HighErrorRate\n\nSee the [board](https://grafana.example.com/d/1).\n\n## Rolling back\n\n```sh\nkubectl rollout undo deploy/checkout\n```\n")},
		"checkout/QueueGrows.md":    {Data: []byte("# QueueGrows\n\nSee [it](missing.md) and [ours](#nowhere).\n\n## Background\n")},
	}}})
	rules := []runbooks.AlertRule{
		{Name: "HighErrorRate", Query: runbooks.Query{Alerts: []string{"HighErrorRate"}}},
		{Name: "QueueGrows", Query: runbooks.Query{Alerts: []string{"QueueGrows"}}},
		{Name: "NoRunbook", Query: runbooks.Query{Alerts: []string{"NoRunbook"}}},
		{Name: "OnTheWeb", Query: runbooks.Query{Alerts: []string{"OnTheWeb"}, References: []runbooks.Reference{{URL: "https://wiki.example.com/x", Text: "https://wiki.example.com/x"}}}},
	}
	got := RunbooksOf(library, rules, runbooks.LintOptions{Web: true})
	const path = "books/checkout/HighErrorRate.md"
	if r := got[0]; r.Path != path || r.Dashboard != path || r.Rollback != path || len(r.Findings) > 0 {
		t.Errorf("%+v", r)
	}
	if r := got[1]; !slices.Equal(r.Findings, []string{"dead link"}) || r.Dashboard != "" || r.Rollback != "" {
		t.Errorf("%+v", r)
	}
	if r := got[2]; r.Path != "" || r.Web {
		t.Errorf("%+v", r)
	}
	if r := got[3]; r.Path != "" || !r.Web {
		t.Errorf("%+v", r)
	}
	if r := RunbooksOf(library, rules, runbooks.LintOptions{})[3]; r.Web {
		t.Errorf("nothing is read from the web, and %+v", r)
	}
}
