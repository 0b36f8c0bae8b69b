package config

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/report"
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

func TestCompensation(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[compensation]\ncurrency = \"EUR\"\non_call_hour = 3.5\nlevel_2_hour = 1\ncalled_out_hour = 60\non_call_unit = \"1h\"\ncalled_out_unit = \"30m\"\noutside_business_hours = true\n"))
	if want := (report.Compensation{Currency: "EUR", OnCall: 3.5, Level2: 1, CalledOut: 60, OnCallUnit: time.Hour, CalledOutUnit: 30 * time.Minute, OutsideBusiness: true}); err != nil || c.Compensation != want {
		t.Errorf("it is %+v, %v", c.Compensation, err)
	}
	if c, err := Load(write(t, "[compensation]\non_call_unit = \"1h\"\n")); err != nil || c.Compensation.Currency != "" {
		t.Errorf("without rates it is %+v, %v", c.Compensation, err)
	}
	for text, want := range map[string]string{
		"on_call_hour = 3":                                 "config.toml:1:2: currency is missing",
		"currency = \"EUR\"":                               "config.toml:2:1: there is no rate",
		"currency = \"EUR\"\non_call_hour = -3":            "config.toml:3:1: on_call_hour is -3",
		"currency = \"pieces of eight\"\non_call_hour = 3": "write a short currency",
		"called_out_unit = \"30\"":                         "config.toml:2:1: \"30\" is no unit",
		"on_call_unit = \"2d\"":                            "\"2d\" is no unit",
	} {
		if _, err := Load(write(t, "[compensation]\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
