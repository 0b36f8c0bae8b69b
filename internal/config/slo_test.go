package config

import (
	"strings"
	"testing"
	"time"
)

func TestSLO(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[[service]]\nname = \"shop\"\nslo = { objective = 99, window = \"4w\", errors = 'a[$window]' }\n"+
		"[[service]]\nname = \"till\"\n[service.slo]\nobjective = 99.95\nwindow = \"30d\"\ngood = 'rate(a[$window])'\ntotal = 'rate(b[$window])'\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.SLOs) != 2 || c.SLOs[0].Target != 0.99 || c.SLOs[0].Window != 28*24*time.Hour || c.SLOs[1].Service != "till" || c.SLOs[1].Good != "rate(a[$window])" {
		t.Errorf("%+v", c.SLOs)
	}
}

func TestWrongSLOs(t *testing.T) {
	clearEnvironment(t)
	for slo, want := range map[string]string{
		`objective = 100, window = "30d", errors = 'a[$window]'`:                       "config.toml:3:9: objective is missing or no percentage",
		`objective = 0.999, window = "30d", errors = 'a[$window]'`:                     "write it as a percentage, such as objective = 99.9",
		`window = "30d", errors = 'a[$window]'`:                                        ": objective is missing",
		`objective = "99.9", window = "30d", errors = 'a[$window]'`:                    `"objective" in [service.slo] must be a number without quotes`,
		`objective = 99.9, errors = 'a[$window]'`:                                      `"" is not a duration`,
		`objective = 99.9, window = "a month", errors = 'a[$window]'`:                  `:27: "a month" is not a duration`,
		`objective = 99.9, window = "5m", errors = 'a[$window]'`:                       "must be from 1h to 366d",
		`objective = 99.9, window = "30d"`:                                             "good: the query is missing",
		`objective = 99.9, window = "30d", good = 'a[$window]'`:                        "total: the query is missing",
		`objective = 99.9, window = "30d", errors = 'a[5m]'`:                           "errors: the query has no $window",
		`objective = 99.9, window = "30d", errors = 'sum(a[$window]'`:                  "errors: this is not PromQL",
		`objective = 99.9, window = "30d", errors = 'a[$window]', good = 'a[$window]'`: "write either errors",
		`objective = 99.9, window = "30d", error = 'a[$window]'`:                       `"error" is not known in [service.slo]`,
	} {
		_, err := Load(write(t, "[[service]]\nname = \"shop\"\nslo = { "+slo+" }\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", slo, err, want)
		}
	}
}
