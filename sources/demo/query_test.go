package demo

import (
	"net/url"
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
		"CertificateExpiresSoon": "5.184e+05", "VolumeFillingUp": "-8.2e+09", "NodeDiskPressure": "1e+00", "SearchLatencyP99": "1.31e+00",
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
		{"query?query=" + errors + "&time=2026-11-20T02:00:00Z", 200, `"value":[1795140000,`},
		{"query?query=up", 200, `"result":[]`},
		{"query?query=up&time=soon", 400, "cannot parse"},
		{"query_range?query=" + errors + "&start=1&end=3&step=1", 200, `"resultType":"matrix"`},
		{"query_range?query=up&start=2026-11-20T02:00:00Z&end=2026-11-20T03:00:00.5Z&step=15s", 200, `"result":[]`},
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

// The graph should show when the alert began.
func TestCurveClimbsWhenTheAlertBegan(t *testing.T) {
	began := time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC)
	a := &activeAlert{since: began, value: "0.4"}
	before, after := a.curve(seconds(began.Add(-30*time.Minute))), a.curve(seconds(began.Add(30*time.Minute)))
	if before > 0.05 || after < 0.39 || after > 0.4 {
		t.Errorf("%v before and %v after", before, after)
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
