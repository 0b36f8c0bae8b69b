package pagerduty

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestAlertsThatFail: an incident whose alerts cannot be read does not stop the
// reading of others, as long as the account is not the cause.
func TestAlertsThatFail(t *testing.T) {
	const all = 12
	for name, tc := range map[string]struct {
		status int
		fails  []int // the incidents, the newest is 12
		unread int
		says   []string // in the extent
		asked  int      // at most, incidents
	}{
		"one fails":                 {500, []int{6}, 1, []string{"those of #6 could not be read: "}, all},
		"the first fails":           {503, []int{12}, 1, []string{"those of #12 could not be read: "}, all},
		"the last fails":            {500, []int{1}, 1, []string{"those of #1 could not be read: "}, all},
		"one is forbidden":          {403, []int{6}, 1, []string{"those of #6 could not be read: "}, all},
		"one is gone":               {404, []int{6}, 1, []string{"those of #6 could not be read: "}, all},
		"one is rejected":           {400, []int{6}, 1, []string{"those of #6 could not be read: "}, all},
		"every other one":           {500, []int{11, 9, 7, 5, 3, 1}, 6, []string{"those of #11 and 5 other incidents could not be read: "}, all},
		"two in a row":              {500, []int{12, 11}, 2, []string{"those of #12 and 1 other incident could not be read: "}, all},
		"the last three":            {500, []int{3, 2, 1}, 3, []string{"those of #3 and 2 other incidents could not be read: "}, all},
		"all":                       {500, []int{12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, all, []string{"3 incidents in a row failed", "not asked for", "those of #12 and 2 other incidents could not be read: "}, 3},
		"the token is no good":      {401, []int{10}, all - 2, []string{"given up", "those of #10 could not be read: "}, 3},
		"four in a row and no more": {500, []int{12, 11, 10, 9}, all, []string{"3 incidents in a row failed"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, all, nil)
			failing, asked := map[string]bool{}, map[string]bool{}
			for _, n := range tc.fails {
				failing[fmt.Sprintf("/incidents/P%06d/alerts", n)] = true
			}
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/incidents" {
					var incidents []any
					for n, i := range f.incidents {
						i.alerts = 2
						j := i.json()
						j["incident_number"] = all - n
						incidents = append(incidents, j)
					}
					f.page(w, r, "incidents", incidents)
					return true
				}
				if !strings.HasSuffix(r.URL.Path, "/alerts") {
					return false
				}
				asked[r.URL.Path] = true
				if !failing[r.URL.Path] {
					return false
				}
				writeJSON(w, tc.status, map[string]any{"error": map[string]any{"code": 2000, "message": "no"}})
				return true
			}
			d := readNow(t, c)
			if n := d.UnreadAlerts(); n != tc.unread {
				t.Errorf("the alerts of %d incidents are not read, want %d", n, tc.unread)
			}
			for _, say := range tc.says {
				if !strings.Contains(d.Extents.Alerts.Missing, say) {
					t.Errorf("it says %q, want %q in it", d.Extents.Alerts.Missing, say)
				}
			}
			if d.Extents.Alerts.Whole() || len(asked) > tc.asked || d.More {
				t.Errorf("%+v, asked for %d incidents, more %v", d.Extents.Alerts, len(asked), d.More)
			}
			for _, i := range d.Incidents {
				number := strings.TrimLeft(strings.TrimPrefix(i.ID, "P"), "0")
				named := strings.Contains(strings.Join(append(d.Warnings, d.Extents.Alerts.Missing), " ")+" ", "#"+number+" ")
				if named && (i.AlertsRead || !failing["/incidents/"+i.ID+"/alerts"]) {
					t.Errorf("#%s is named as one that failed", number)
				}
			}
		})
	}
}
