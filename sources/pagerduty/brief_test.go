package pagerduty

import (
	"net/http"
	"testing"
)

// TestBriefReadSaysWhyNobodyHasAnIncident: it asks who is on call when an
// incident is assigned to nobody, as a full Read does, and otherwise not.
func TestBriefReadSaysWhyNobodyHasAnIncident(t *testing.T) {
	for name, tc := range map[string]struct {
		assignments any
		asked       bool
	}{
		"nobody":   {[]any{}, true},
		"somebody": {[]any{map[string]any{"assignee": map[string]any{"id": "PU", "summary": "Ann"}}}, false},
		"not told": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 1, nil)
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/incidents" {
					return false
				}
				incident := f.incidents[0].json()
				incident["assignments"] = tc.assignments
				f.page(w, r, "incidents", []any{incident})
				return true
			}
			d, err := c.Brief().Read(t.Context(), nil)
			if err != nil || d.Extents.OnCalls["PPOLICY"].Whole() != tc.asked {
				t.Errorf("%+v, %v; want %v", d.Extents.OnCalls, err, tc.asked)
			}
		})
	}
}
