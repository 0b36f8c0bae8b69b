package config

import (
	"strings"
	"testing"
	"time"
)

func TestReport(t *testing.T) {
	clearEnvironment(t)
	for text, want := range map[string]Report{
		"": {0.2, 40 * time.Hour},
		"[report]\nrun_work_limit = 12.5\nweek_hours = 37.5\n": {0.125, 37*time.Hour + 30*time.Minute},
	} {
		if c, err := Load(write(t, text)); err != nil || c.Report != want {
			t.Errorf("%q is %+v, %v", text, c.Report, err)
		}
	}
	for text, want := range map[string]string{
		"run_work_limit = 0.2":   "config.toml:2:1: run_work_limit is 0.2: write a percentage",
		"run_work_limit = 101":   "a percentage from 1 to 100",
		"week_hours = 0":         "config.toml:2:1: week_hours is 0: write the hours",
		"week_hours = 169":       "from 1 to 168",
		"run_work_limit = \"2\"": "must be a number without quotes",
		"week = 40":              "the nearest known name is week_hours",
	} {
		if _, err := Load(write(t, "[report]\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
