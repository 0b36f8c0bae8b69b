package measure

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"firstline/internal/realservers"
	"firstline/internal/slo"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/prometheus"
)

// history has three days of requests to a service: one in a thousand fails, and one
// in fifty within the last hour. Nobody asks another service. The series that Pyrra
// records are as old.
func history(now time.Time) string {
	var b strings.Builder
	from := now.Add(-72 * time.Hour).Truncate(time.Minute)
	const last = 72*60 - 1 // rules are evaluated after the last sample
	write := func(series string, value func(n int) float64) {
		for n := range last {
			fmt.Fprintf(&b, "%s %v %d\n", series, value(n), from.Unix()+int64(n)*60)
		}
	}
	bad := func(n int) float64 {
		late := float64(max(n-(72*60-60), 0))
		return float64(n)*1 + late*19 // of 1000 a minute
	}
	b.WriteString("# TYPE http_requests counter\n")
	write(`http_requests_total{service="shop",code="500"}`, bad)
	write(`http_requests_total{service="shop",code="200"}`, func(n int) float64 { return float64(n)*1000 - bad(n) })
	write(`http_requests_total{service="quiet",code="200"}`, func(int) float64 { return 7 })
	b.WriteString("# TYPE http_requests:burnrate1h gauge\n")
	write(`http_requests:burnrate1h{slo="shop-errors"}`, func(int) float64 { return 0.02 })
	return b.String()
}

// recording are rules as Sloth and Pyrra make them.
const recording = `groups:
- name: sloth
  interval: 1s
  rules:
  - record: slo:sli_error:ratio_rate5m
    expr: (sum(rate(http_requests_total{service="shop",code=~"5.."}[5m]))) / (sum(rate(http_requests_total{service="shop"}[5m])))
    labels: {sloth_id: shop-requests, sloth_service: shop, sloth_slo: requests, sloth_window: 5m}
  - record: slo:sli_error:ratio_rate1h
    expr: (sum(rate(http_requests_total{service="shop",code=~"5.."}[1h]))) / (sum(rate(http_requests_total{service="shop"}[1h])))
    labels: {sloth_id: shop-requests, sloth_service: shop, sloth_slo: requests, sloth_window: 1h}
  - record: slo:sli_error:ratio_rate6h
    expr: (sum(rate(http_requests_total{service="shop",code=~"5.."}[6h]))) / (sum(rate(http_requests_total{service="shop"}[6h])))
    labels: {sloth_id: shop-requests, sloth_service: shop, sloth_slo: requests, sloth_window: 6h}
  - record: slo:objective:ratio
    expr: vector(0.9990000000000001)
    labels: {sloth_id: shop-requests, sloth_service: shop, sloth_slo: requests}
  - record: slo:time_period:days
    expr: vector(2)
    labels: {sloth_id: shop-requests, sloth_service: shop, sloth_slo: requests}
- name: shop-errors
  interval: 1s
  rules:
  - record: http_requests:burnrate5m
    expr: sum(rate(http_requests_total{service="shop",code=~"5.."}[5m])) / sum(rate(http_requests_total{service="shop"}[5m]))
    labels: {slo: shop-errors}
- name: shop-errors-generic
  interval: 1s
  rules:
  - record: pyrra_objective
    expr: "0.99"
    labels: {slo: shop-errors}
  - record: pyrra_window
    expr: "172800"
    labels: {slo: shop-errors}
  - record: pyrra_availability
    expr: 1 - sum(increase(http_requests_total{service="shop",code=~"5.."}[2d]) or vector(0)) / sum(increase(http_requests_total{service="shop"}[2d]))
    labels: {slo: shop-errors}
`

func near(t *testing.T, what string, v slo.Value, want float64) {
	t.Helper()
	if !v.Read() || math.Abs(v.Number-want) > 0.03*math.Abs(want)+0.03 {
		t.Errorf("%s is %+v, want about %v", what, v, want)
	}
}

func why(t *testing.T, what string, v slo.Value, part string) {
	t.Helper()
	if v.Read() || !strings.Contains(v.Why, part) {
		t.Errorf("%s is %+v, want it unknown because %q", what, v, part)
	}
}

func TestARealPrometheus(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	s := realservers.StartPrometheus(t, realservers.Options{History: history(time.Now()), Rules: recording})
	m, err := prometheus.New(prometheus.Options{Name: "prom", URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.CloseIdleConnections)
	realservers.Eventually(t, "the rules are evaluated", func() bool {
		answer, err := m.Query(t.Context(), `count({__name__=~"slo:time_period:days|pyrra_availability|slo:sli_error:ratio_rate6h|http_requests:burnrate5m"})`, time.Now())
		return err == nil && len(answer.Series) == 1 && answer.Series[0].Points[0].Value == 4
	})
	objective := func(service string, window time.Duration) slo.Objective {
		return slo.Objective{
			Name: service, Service: service, Origin: slo.Configured, Target: 0.999, Window: window,
			Good:  fmt.Sprintf(`sum(rate(http_requests_total{service=%q,code!~"5.."}[$window]))`, service),
			Total: fmt.Sprintf(`sum(rate(http_requests_total{service=%q}[$window]))`, service),
		}
	}
	r := &Reader{Metrics: []sources.Metrics{m}, Now: time.Now, Configured: []slo.Objective{
		objective("shop", 48*time.Hour), objective("shop", 30*24*time.Hour), objective("quiet", 48*time.Hour), objective("gone", 48*time.Hour),
	}}
	nothing := func(triage.Alert) string { return "" }
	shop := r.Of(t.Context(), triage.Group{Service: "shop"}, nothing)
	if len(shop.Readings) != 3 || len(shop.Missing) > 0 {
		t.Fatalf("%d readings, missing %q", len(shop.Readings), shop.Missing)
	}
	two, thirty, sloth := shop.Readings[0], shop.Readings[1], shop.Readings[2]
	near(t, "the burn rate now", two.Burn[0], 20)
	near(t, "the burn rate over 1 h", two.Burn[1], 20)
	near(t, "the burn rate over 6 h", two.Burn[2], (1*300+20*60)/360.0)
	near(t, "what is left of 2 days", two.Left, 1-(47+20)/48.0)
	why(t, "what is left of 30 days", thirty.Left, "its data begins less than 3 d ago, and the window is 30d")
	if sloth.Origin != slo.Sloth || sloth.Title() != "requests: 99.9 % over 2d" {
		t.Errorf("Sloth's is %s %s", sloth.Origin, sloth.Title())
	}
	near(t, "Sloth's burn rate now", sloth.Burn[0], 20)
	why(t, "Sloth's burn rate over 3 d", sloth.Burn[3], "Sloth does not record it")
	why(t, "what is left of Sloth's", sloth.Left, "its data begins less than 4")
	for service, reason := range map[string]string{"quiet": "there were no requests", "gone": "there is no data"} {
		reading := r.Of(t.Context(), triage.Group{Service: service}, nothing).Readings[0]
		why(t, service+" now", reading.Burn[0], reason)
		why(t, service+" left", reading.Left, reason)
	}
	pyrra := r.Of(t.Context(), triage.Group{Service: "elsewhere", Alerts: []triage.Alert{{}}}, func(triage.Alert) string {
		return `http_requests:burnrate5m{slo="shop-errors"} > (14 * (1-0.99)) and http_requests:burnrate1h{slo="shop-errors"} > (14 * (1-0.99))`
	})
	if len(pyrra.Readings) != 1 || pyrra.Readings[0].Title() != "shop-errors: 99 % over 2d" {
		t.Fatalf("Pyrra's are %+v", pyrra)
	}
	near(t, "Pyrra's burn rate now", pyrra.Readings[0].Burn[0], 2)
	near(t, "what is left of Pyrra's", pyrra.Readings[0].Left, 1-(47+20)/480.0)
}
