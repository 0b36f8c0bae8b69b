package pagerduty

import (
	"net/http"
	"slices"
	"testing"
)

// TestPoliciesByNameAreAskedForByID: a name is never sent as an id, whether or
// not the list of policies could be read.
func TestPoliciesByNameAreAskedForByID(t *testing.T) {
	for name, tc := range map[string]struct {
		typed string
		read  bool
		asked string
	}{
		"by id":                   {"PL00007", true, "PL00007"},
		"by name":                 {"Entry 7", true, "PL00007"},
		"in another case":         {" entry 7 ", true, "PL00007"},
		"none":                    {"Pay", true, ""},
		"an id that is not there": {"PGONE1", true, ""},
		"by id, not read":         {"PL00007", false, "PL00007"},
		"by name, not read":       {"Pay", false, ""},
		"by a word, not read":     {"Solo", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 1, func(o *Options) { o.Policies = []string{tc.typed} })
			all := many(f, "/escalation_policies", "escalation_policies", 60)
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/escalation_policies" && !tc.read {
					writeJSON(w, 403, map[string]any{})
					return true
				}
				return all(w, r)
			}
			d := readNow(t, c)
			want := []string{"PPOLICY"}
			if tc.asked != "" {
				want = append(want, tc.asked)
			}
			for id := range d.Extents.OnCalls {
				if !slices.Contains(want, id) {
					t.Errorf("%s was asked about", id)
				}
			}
			if len(d.Extents.OnCalls) != len(want) {
				t.Errorf("asked about %v, want %v", d.Extents.OnCalls, want)
			}
		})
	}
}
