package demo

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestValuesAreWrittenAsPrometheusDoes(t *testing.T) {
	h := byHand(t)
	var answer struct {
		Data struct {
			Alerts []struct {
				Labels map[string]string
				Value  string
			}
		}
	}
	get(t, h.Prometheus.URL()+"/api/v1/alerts", &answer)
	values := map[string]string{}
	for _, a := range answer.Data.Alerts {
		values[a.Labels["alertname"]] = a.Value
	}
	for name, want := range map[string]string{
		"CertificateExpiresSoon": "5.112e+05", "VolumeFillingUp": "-8.2e+09", "NodeDiskPressure": "1e+00", "SearchLatencyP99": "1.31e+00",
	} {
		if values[name] != want {
			t.Errorf("%s = %q, want %q", name, values[name], want)
		}
	}
}

func TestQueries(t *testing.T) {
	h := byHand(t)
	root := h.Prometheus.URL() + "/api/v1/"
	errors := url.QueryEscape(newScript().errors.query)
	for _, c := range []struct {
		query  string
		status int
		says   string
	}{
		{"query?query=" + errors, 200, `"resultType":"vector"`},
		{"query?query=" + errors + "&time=2026-11-20T02:29:00Z", 200, `"value":[1795141740,`},
		{"query?query=nosuch", 200, `"result":[]`},
		{"query?query=up{", 400, "parse error"},
		{"query?query=topk(1,up)", 400, "does not know topk"},
		{"query?query=1%2B1", 200, `"resultType":"scalar"`},
		{"query?query=up&time=soon", 400, "cannot parse"},
		{"query_range?query=" + errors + "&start=1&end=3&step=1", 200, `"resultType":"matrix"`},
		{"query_range?query=nosuch&start=2026-11-20T02:00:00Z&end=2026-11-20T03:00:00.5Z&step=15s", 200, `"result":[]`},
		{"query_range?query=up&start=1&end=2&step=0", 400, "zero or negative"},
		{"query_range?query=up&start=1&end=200000&step=1", 400, "exceeded maximum resolution"},
		{"query_range?query=up&start=5&end=2&step=1", 400, "must not be before start"},
		{"query_range?query=up&start=x&end=2&step=1", 400, "valid timestamp"},
		{"query_range?query=up&start=Inf&end=Inf&step=1", 400, "valid timestamp"},
		{"query_range?query=up&start=1&end=2&step=NaN", 400, "valid duration"},
		{"query_range?query=up", 400, "valid timestamp"},
	} {
		if status, text := ask(t, "GET", root+c.query); status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s", c.query, status, text)
		}
	}
	if status, _ := ask(t, "POST", root+"query_range?query=up&start=1&end=2&step=1"); status != 200 {
		t.Errorf("by POST: %d", status)
	}
}

// Each rule of the story evaluates to the alerts that are active, and began to when
// the alert did.
func TestRulesAgreeWithTheirAlerts(t *testing.T) {
	for _, hours := range []time.Duration{0, 5, 11, 17, 31, 1000} {
		at := time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC).Add(hours * time.Hour)
		rulesAgree(t, byHandOf(t, at, Options{Past: hours%2 == 1}))
		rulesAgree(t, byHandOf(t, at, Options{Story: QuietNight}))
	}
}

func rulesAgree(t *testing.T, h *hand) {
	t.Helper()
	root := h.Prometheus.URL() + "/api/v1/"
	labelsAt := func(query string, at time.Time) []map[string]string {
		var answer struct {
			Data struct {
				Result []struct{ Metric map[string]string }
			}
		}
		get(t, root+"query?"+url.Values{"query": {query}, "time": {at.Format(time.RFC3339)}}.Encode(), &answer)
		var all []map[string]string
		for _, r := range answer.Data.Result {
			delete(r.Metric, "__name__")
			all = append(all, r.Metric)
		}
		return all
	}
	within := func(result map[string]string, labels map[string]string) bool {
		for name, value := range result {
			if labels[name] != value {
				return false
			}
		}
		return true
	}
	check := func() {
		t.Helper()
		active := map[*rule][]*activeAlert{}
		for _, a := range h.cluster.active {
			active[a.rule] = append(active[a.rule], a)
		}
		for _, r := range h.cluster.rules {
			found := labelsAt(r.query, h.now())
			if len(found) != len(active[r]) {
				t.Errorf("%s: %d series and %d alerts: %v", r.name, len(found), len(active[r]), found)
			}
			for _, a := range active[r] {
				is := func(result map[string]string) bool { return within(result, a.labels) }
				if !slices.ContainsFunc(found, is) {
					t.Errorf("%s: none of %v is %v", r.name, found, a.labels)
				}
				if slices.ContainsFunc(labelsAt(r.query, a.since.Add(-90*time.Second)), is) {
					t.Errorf("%s: %v before it began", r.name, a.labels)
				}
				if !slices.ContainsFunc(labelsAt(r.query, a.since.Add(90*time.Second)), is) && a.since.Add(90*time.Second).Before(h.now()) {
					t.Errorf("%s: nothing for %v when it had begun", r.name, a.labels)
				}
			}
		}
	}
	check()
	h.turn(4 * time.Minute) // the newsletter and the search recover
	check()
}

// What fired before is in the series ALERTS.
func TestAlertsOfThePast(t *testing.T) {
	h := byHandOf(t, time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC), Options{Past: true})
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Values [][]any
			}
		}
	}
	query := url.Values{"query": {`ALERTS{alertname="HighErrorRate",alertstate="firing"}`}, "step": {"300"}}
	query.Set("start", h.now().Add(-30*24*time.Hour).Format(time.RFC3339))
	query.Set("end", h.now().Format(time.RFC3339))
	get(t, h.Prometheus.URL()+"/api/v1/query_range?"+query.Encode(), &answer)
	before, now := 0, 0
	for _, r := range answer.Data.Result {
		if slices.Contains(oldPods, r.Metric["pod"]) {
			before += len(r.Values)
		} else {
			now++
		}
	}
	if before < 15 || before > 25 || now != 3 {
		t.Errorf("%d times before, %d alerts now", before, now)
	}
}

func FuzzSpan(f *testing.F) {
	f.Add("1", "3", "1")
	f.Add("Inf", "Inf", "1")
	f.Add("2026-11-20T02:00:00Z", "1e18", "1m")
	f.Fuzz(func(t *testing.T, start, end, step string) {
		_, width, points, err := span(url.Values{"start": {start}, "end": {end}, "step": {step}})
		if err == nil && (points < 1 || points > maxPoints+1 || width <= 0) {
			t.Errorf("%d points of %v", points, width)
		}
	})
}
