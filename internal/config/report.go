package config

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"firstline/internal/clean"
	"firstline/internal/report"
)

// Report has the limits of `firstline report`.
type Report struct {
	// RunWork is the part of a working week that engaged time may take, from 0 to 1.
	RunWork float64
	// Week is how long a person works in a week.
	Week time.Duration
}

// hoursOfWeek is how many hours a week has.
const hoursOfWeek = 7 * 24

func (b *builder) report(f fileReport) Report {
	r := Report{RunWork: report.RunWorkLimit, Week: report.WorkingWeek}
	if path := []string{"report", "run_work_limit"}; b.positions.has(path...) {
		r.RunWork = f.RunWorkLimit / 100
		if f.RunWorkLimit < 1 || f.RunWorkLimit > 100 {
			b.fault(path, "run_work_limit is %v: write a percentage from 1 to 100, such as run_work_limit = 20", f.RunWorkLimit)
		}
	}
	if path := []string{"report", "week_hours"}; b.positions.has(path...) {
		r.Week = time.Duration(f.WeekHours * float64(time.Hour))
		if f.WeekHours < 1 || f.WeekHours > hoursOfWeek {
			b.fault(path, "week_hours is %v: write the hours of a working week, from 1 to %d, such as week_hours = 40", f.WeekHours, hoursOfWeek)
		}
	}
	return r
}

// longestUnit is the most that a time is rounded up to.
const longestUnit = 24 * time.Hour

func (b *builder) compensation(f fileCompensation) report.Compensation {
	c := report.Compensation{
		Currency: strings.TrimSpace(f.Currency), OnCall: f.OnCallHour, Level2: f.Level2Hour, CalledOut: f.CalledOutHour, OutsideBusiness: f.OutsideBusinessHours,
	}
	at := func(key string) []string { return []string{"compensation", key} }
	rates := false
	for key, rate := range map[string]float64{"on_call_hour": c.OnCall, "level_2_hour": c.Level2, "called_out_hour": c.CalledOut} {
		rates = rates || rate > 0
		if rate < 0 {
			b.fault(at(key), "%s is %v: write what an hour is paid", key, rate)
		}
	}
	switch named := c.Currency != ""; {
	case rates && !named:
		b.fault([]string{"compensation"}, "currency is missing: write what the rates are in, such as currency = \"EUR\"")
	case named && !rates:
		b.fault(at("currency"), "there is no rate: set on_call_hour, level_2_hour or called_out_hour")
	case len(c.Currency) > 8 || clean.Line(c.Currency) != c.Currency:
		b.fault(at("currency"), "write a short currency, such as EUR")
	}
	for key, unit := range map[string]struct {
		text string
		to   *time.Duration
	}{"on_call_unit": {f.OnCallUnit, &c.OnCallUnit}, "called_out_unit": {f.CalledOutUnit, &c.CalledOutUnit}} {
		if unit.text == "" {
			continue
		}
		d, err := model.ParseDuration(strings.TrimSpace(unit.text))
		if *unit.to = time.Duration(d); err != nil || *unit.to < time.Minute || *unit.to > longestUnit {
			b.fault(at(key), "%q is no unit from 1m to 24h: write it like 15m or 1h", clean.Line(unit.text))
		}
	}
	return c
}
