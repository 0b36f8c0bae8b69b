package config

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"firstline/internal/clean"
	"firstline/internal/slo"
)

// The window of an SLO.
const (
	leastWindow = time.Hour
	mostWindow  = 366 * 24 * time.Hour
)

// slo returns the SLO of a [[service]].
func (b *builder) slo(i int, service string, f fileSLO) slo.Objective {
	at := func(key string) []string { return []string{"service", strconv.Itoa(i), "slo", key} }
	o := slo.Objective{
		Name: service, Service: service, Origin: slo.Configured, Target: math.Round(f.Objective*1e9) / 1e11, // 99.9 is 0.999
		Good: strings.TrimSpace(f.Good), Total: strings.TrimSpace(f.Total), Errors: strings.TrimSpace(f.Errors),
	}
	switch {
	case f.Objective > 0 && f.Objective <= 1:
		b.fault(at("objective"), "objective is %v %%: write it as a percentage, such as objective = %v", f.Objective, math.Round(f.Objective*1e9)/1e7)
	case f.Objective <= 0 || f.Objective >= 100:
		b.fault(at("objective"), "objective is missing or no percentage between 0 and 100: write which part has to succeed, such as objective = 99.9")
	}
	switch window, err := model.ParseDuration(strings.TrimSpace(f.Window)); {
	case err != nil || strings.TrimSpace(f.Window) == "":
		b.fault(at("window"), "%q is not a duration: write over how long the objective holds, such as window = \"30d\"", clean.Line(f.Window))
	case time.Duration(window) < leastWindow || time.Duration(window) > mostWindow:
		b.fault(at("window"), "window is %s, but must be from 1h to 366d", clean.Line(f.Window))
	default:
		o.Window = time.Duration(window)
	}
	queries := map[string]string{"good": f.Good, "total": f.Total}
	switch errors := b.positions.has(at("errors")...); {
	case errors && (f.Good != "" || f.Total != ""):
		b.fault(at("errors"), "write either errors, the ratio of what fails, or good and total")
		return o
	case errors:
		queries = map[string]string{"errors": f.Errors}
	}
	for key, query := range queries {
		if wrong := slo.CheckQuery(query); wrong != "" {
			b.fault(at(key), "%s: %s", key, clean.Line(wrong))
		}
	}
	return o
}
