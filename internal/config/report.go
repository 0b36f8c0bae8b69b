package config

import (
	"time"

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
