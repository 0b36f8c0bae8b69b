package slo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

const day = 24 * time.Hour

func number(v float64) Value { return Value{Number: v} }

func TestCompute(t *testing.T) {
	o := Objective{Name: "checkout", Target: 0.999, Window: 30 * day}
	for name, c := range map[string]struct {
		now, whole Value
		budget     string
		burn       string
	}{
		"half is left":            {number(0.0005), number(0.0005), "50 % of the budget left", "0.5 now"},
		"burns":                   {number(0.0144), number(0.0005), "50 % of the budget left, at this rate gone in 1 d 1 h", "14 now"},
		"burns slowly":            {number(0.002), number(0.0002), "80 % of the budget left, at this rate gone in 12 d", "2 now"},
		"used up":                 {number(0.002), number(0.0012), "budget used up, 120 % of it", "2 now"},
		"exactly used up":         {number(0), number(0.001), "budget used up, 100 % of it", "0 now"},
		"all is left":             {number(0), number(0), "100 % of the budget left", "0 now"},
		"all fails":               {number(1), number(0), "100 % of the budget left, at this rate gone in 43 m", "1000 now"},
		"no requests now":         {number(math.NaN()), number(0.0005), "50 % of the budget left", "? now (there were no requests)"},
		"no requests at all":      {number(math.NaN()), number(math.NaN()), "budget not known: there were no requests", "? now (there were no requests)"},
		"no data":                 {Unknown("there is no data"), Unknown("there is no data"), "budget not known: there is no data", "? now (there is no data)"},
		"infinite":                {number(math.Inf(1)), number(0.0005), "50 % of the budget left", "? now (the ratio is infinite)"},
		"hardly burns":            {number(0.00001), number(0.00001), "99 % of the budget left", "< 0.1 now"},
		"less than nothing fails": {number(-0.0001), number(-0.0001), "budget not known: its ratio is negative: more succeeded than was asked for", "? now (its ratio is negative: more succeeded than was asked for)"},
	} {
		r := Compute(o, time.Time{}, []Value{c.now}, c.whole)
		if r.Budget() != c.budget || r.BurnRates() != c.burn {
			t.Errorf("%s: %q, %q, want %q, %q", name, r.Budget(), r.BurnRates(), c.budget, c.burn)
		}
	}
	for _, target := range []float64{0, 1, -1, 2} {
		o.Target = target
		if r := Compute(o, time.Time{}, []Value{number(0.1)}, number(0.1)); r.Left.Read() || r.Burn[0].Read() || r.Gone != 0 {
			t.Errorf("with an objective of %v: %+v", target, r)
		}
	}
}

func TestBurnRatesShareAReason(t *testing.T) {
	r := Compute(Objective{Target: 0.99, Window: 28 * day}, time.Time{}, []Value{number(0.1), Unknown("x"), Unknown("x"), Unknown("y")}, number(0))
	if want := "10 now, ? over 1 h (x), ? over 6 h, ? over 3 d (y)"; r.BurnRates() != want {
		t.Errorf("%q, want %q", r.BurnRates(), want)
	}
}

// The arithmetic agrees with counting: requests arrive evenly, each bad one takes its
// part of the budget away, and minutes are counted until none is left.
func TestComputeAgreesWithCounting(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		window := time.Duration(1+random.IntN(40)) * day
		o := Objective{Target: 1 - math.Pow(10, -1-3*random.Float64()), Window: window}
		const perMinute = 1000.0
		minutes := window.Minutes()
		allowed := (1 - o.Target) * perMinute * minutes
		bad := allowed * random.Float64() * 1.2
		now := random.Float64() * 20 * (1 - o.Target)
		r := Compute(o, time.Time{}, []Value{number(now)}, number(bad/(perMinute*minutes)))
		if left := 1 - bad/allowed; math.Abs(r.Left.Number-left) > 1e-9 {
			t.Fatalf("left is %v, counted %v", r.Left.Number, left)
		}
		counted := 0
		for used := bad; used < allowed && now > 0 && counted < 60*24*365; counted++ {
			used += now * perMinute
		}
		switch {
		case bad >= allowed || r.Burn[0].Number <= 1:
			if r.Gone != 0 {
				t.Fatalf("it is gone in %v, left %v, burn rate %v", r.Gone, r.Left, r.Burn[0])
			}
		case math.Abs(r.Gone.Minutes()-float64(counted)) > 1.01:
			t.Fatalf("it is gone in %v minutes, counted %v", r.Gone.Minutes(), counted)
		}
	}
}

func TestRatio(t *testing.T) {
	both := Objective{Origin: Configured, Good: `sum(rate(a{code!~"5.."}[$window]))`, Total: "sum(rate(a[$window]))"}
	for want, c := range map[string]struct {
		o    Objective
		span time.Duration
	}{
		`1 - (sum(rate(a{code!~"5.."}[5m]))) / (sum(rate(a[5m])))`: {both, 5 * time.Minute},
		"(x[3d])": {Objective{Origin: Configured, Errors: "x[$window]"}, 72 * time.Hour},
		`slo:sli_error:ratio_rate6h{sloth_id="shop-a"}`: {Objective{Origin: Sloth, ID: "shop-a"}, 6 * time.Hour},
		`http_requests:burnrate1h{slo="a\"b"}`:          {Objective{Origin: Pyrra, ID: `a"b`, Metric: "http_requests", Window: 28 * day}, time.Hour},
		`1 - pyrra_availability{slo="a"}`:               {Objective{Origin: Pyrra, ID: "a", Window: 28 * day}, 28 * day},
	} {
		if got, why := c.o.Ratio(c.span); got != want || why != "" {
			t.Errorf("%q (%s), want %q", got, why, want)
		}
	}
	if both.Presence() != "(sum(rate(a[1h])))" {
		t.Errorf("%q", both.Presence())
	}
}

func TestCheckQuery(t *testing.T) {
	for query, part := range map[string]string{
		"sum(rate(a[$window]))": "", "": "is missing", "sum(rate(a[5m]))": "has no $window", "sum(rate(a[$window])": "not PromQL",
	} {
		if got := CheckQuery(query); !strings.Contains(got, part) || (part == "") != (got == "") {
			t.Errorf("%q: %q", query, got)
		}
	}
}

func TestTheSLOOfAnAlert(t *testing.T) {
	sloth := `max(slo:sli_error:ratio_rate5m{sloth_id="shop-requests", sloth_service="shop", sloth_slo="requests"} > (14.4 * 0.001)) without (sloth_window)`
	pyrra := `http_requests:burnrate5m{job="shop",slo="shop-errors"} > (14 * (1-0.99)) and http_requests:burnrate1h{job="shop",slo="shop-errors"} > (14 * (1-0.99))`
	for name, c := range map[string]struct {
		labels map[string]string
		query  string
		want   Reference
		is     bool
	}{
		"labels of Sloth":       {map[string]string{"sloth_id": "shop-requests", "sloth_slo": "requests", "sloth_service": "shop"}, "", Reference{Origin: Sloth, ID: "shop-requests", Name: "requests", Service: "shop"}, true},
		"a query of Sloth's":    {nil, sloth, Reference{Origin: Sloth, ID: "shop-requests", Name: "shop-requests"}, true},
		"a query of Pyrra's":    {map[string]string{"slo": "shop-errors"}, pyrra, Reference{Origin: Pyrra, ID: "shop-errors", Name: "shop-errors", Metric: "http_requests", Target: 0.99}, true},
		"labels of Pyrra":       {map[string]string{"slo": "shop-errors", "long": "1h", "short": "5m"}, "", Reference{Origin: Pyrra, ID: "shop-errors", Name: "shop-errors"}, true},
		"a label slo of others": {map[string]string{"slo": "gold"}, "up == 0", Reference{}, false},
		"another alert":         {map[string]string{"alertname": "Up"}, "up == 0", Reference{}, false},
	} {
		if got, is := Of(c.labels, c.query); got != c.want || is != c.is {
			t.Errorf("%s: %+v, %v", name, got, is)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add(`x:burnrate5m{slo="a"} > (14 * (1-0.99))`)
	f.Add(`slo:sli_error:ratio_rate5m{sloth_id="a"}`)
	f.Fuzz(func(t *testing.T, query string) {
		if r, is := Of(nil, query); is && (r.ID == "" || r.Target < 0 || r.Target >= 1) {
			t.Errorf("%q: %+v", query, r)
		}
	})
}

// The budget, what is left of it and what was attained are the same, rounded to the
// worse side: who computes one of them from another gets no better one.
func TestRoundedAlike(t *testing.T) {
	f := func(permille int16) bool {
		left := float64(permille) / 10000
		r := Reading{Objective: Objective{Target: 0.995, Window: 30 * 24 * time.Hour}, Left: Value{Number: left}}
		percent := r.LeftPercent()
		want := fmt.Sprintf("budget used up, %d %% of it", 100-percent)
		switch {
		case left >= 0.01:
			want = fmt.Sprintf("%d %% of the budget left", percent)
		case left > 0:
			want = "less than 1 % of the budget left"
		}
		return r.Budget() == want && float64(percent) <= left*100+1e-6 && left*100 < float64(percent)+1
	}
	if err := quick.Check(f, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
	if r := (Reading{Objective: Objective{Target: 0.995}, Left: Value{Number: -0.809}}); r.LeftPercent() != -81 || r.Budget() != "budget used up, 181 % of it" {
		t.Errorf("%d, %s", r.LeftPercent(), r.Budget())
	}
}
