package report

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/race"
	"firstline/internal/weekhours"
	"firstline/sources"
)

// slow computes figures in the slowest and most obvious way: it asks of each minute,
// each night and each pair whether it counts.
type slow struct {
	h past.History
	o Options
}

func (s *slow) in(t time.Time) bool {
	return !t.Before(s.o.Span.Since) && t.Before(s.o.Span.Until)
}

func (s *slow) zone(who string) *time.Location {
	name := s.h.People[who].Zone
	if name == "" {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// disturbed returns all times at which a person was notified, but by e-mail.
func (s *slow) disturbed(i *past.Incident, who string) (all []time.Time) {
	for _, e := range i.Entries {
		if e.Kind == past.Notify && slices.Contains(e.To, who) && (e.Way == past.Push || e.Way == past.SMS || e.Way == past.Phone || e.Way == past.OtherWay) {
			all = append(all, e.At)
		}
	}
	return all
}

// interruptions returns the times at which a person was interrupted.
func (s *slow) interruptions(who string) (all []time.Time) {
	for n := range s.h.Incidents {
		if d := s.disturbed(&s.h.Incidents[n], who); len(d) > 0 && s.in(d[0]) {
			all = append(all, d[0])
		}
	}
	return all
}

// eachDay calls f with the dates around the span.
func (s *slow) eachDay(f func(year int, month time.Month, day int)) {
	for d := s.o.Span.Since.AddDate(0, 0, -2); d.Before(s.o.Span.Until.AddDate(0, 0, 2)); d = d.AddDate(0, 0, 1) {
		f(d.Year(), d.Month(), d.Day())
	}
}

func (s *slow) person(who string) map[string]float64 {
	out := map[string]float64{}
	all := s.interruptions(who)
	out["interruptions"] = float64(len(all))
	for n := range s.h.Incidents {
		i := &s.h.Incidents[n]
		if d := s.disturbed(i, who); len(d) > 0 && s.in(d[0]) && i.DetailsRead && i.Runbook == "" {
			out["no_runbook"]++
		}
		if slices.ContainsFunc(i.Entries, func(e past.Entry) bool { return s.in(e.At) && (e.By == who || slices.Contains(e.To, who)) }) {
			out["incidents"]++
		}
	}
	addPercentiles(out, "person_ack", s.personAcks(who))
	zone := s.zone(who)
	if zone != nil {
		for _, at := range all {
			switch key := at.In(zone).Format("Mon 15"); {
			case key[4:] < "08" || key[4:] >= "22":
				out["sleep"]++
			case key[:1] == "S" || key[4:] >= "18":
				out["off"]++
			default:
				out["business"]++
			}
		}
		row := 0
		s.eachDay(func(y int, m time.Month, d int) {
			from, until := time.Date(y, m, d, 22, 0, 0, 0, zone), time.Date(y, m, d+1, 8, 0, 0, 0, zone)
			night := false
			for n := range s.h.Incidents {
				for _, at := range s.disturbed(&s.h.Incidents[n], who) {
					night = night || s.in(at) && !at.Before(from) && at.Before(until)
				}
			}
			if !night {
				row = 0
				return
			}
			row++
			out["nights"]++
			out["nights_in_row"] = max(out["nights_in_row"], float64(row))
		})
		s.eachDay(func(y int, m time.Month, d int) {
			for _, hour := range []int{8, 20} {
				from, until, n := time.Date(y, m, d, hour, 0, 0, 0, zone), time.Date(y, m, d, hour+12, 0, 0, 0, zone), 0
				for _, at := range all {
					if !at.Before(from) && at.Before(until) {
						n++
					}
				}
				if n > 2 {
					out["busy_shifts"]++
				}
				out["most_in_shift"] = max(out["most_in_shift"], float64(n))
			}
		})
	}
	weeks, acked := map[string]float64{}, s.ackedBy(who)
	for at := s.o.Span.Since; at.Before(s.o.Span.Until); at = at.Add(time.Minute) {
		engagements := 0
		for _, i := range acked {
			if s.isEngaged(i, who, at) {
				engagements++
			}
		}
		if engagements > 0 {
			monday := at
			for monday.Weekday() != time.Monday {
				monday = monday.AddDate(0, 0, -1)
			}
			weeks[monday.Format(time.DateOnly)]++
		}
		out["engaged"] += 60 * float64(engagements)
		if s.isOnCall(who, at, func(t past.Turn) bool { return t.Level == 1 }) {
			out["on_call_1"] += 60
		}
		if s.isOnCall(who, at, func(t past.Turn) bool { return t.Level > 1 }) {
			out["on_call_2"] += 60
		}
	}
	for _, minutes := range weeks {
		part := minutes / s.o.Week.Minutes()
		out["run_work"] = max(out["run_work"], part)
		if part > s.o.RunWork {
			out["run_work_weeks"]++
		}
	}
	return out
}

func (s *slow) isOnCall(who string, at time.Time, counts func(past.Turn) bool) bool {
	return slices.ContainsFunc(s.h.Turns, func(t past.Turn) bool {
		return t.Person == who && counts(t) && !at.Before(t.Start) && at.Before(t.End)
	})
}

// isEngaged reports whether the person acknowledged and it was not resolved since.
func (s *slow) isEngaged(i *past.Incident, who string, at time.Time) bool {
	has := false
	for _, e := range i.Entries {
		if e.At.After(at) {
			break
		}
		has = has && e.Kind != past.Resolve || e.Kind == past.Acknowledge && e.By == who
	}
	return has
}

// personAcks returns how long a person took to acknowledge each incident.
func (s *slow) personAcks(who string) (all []float64) {
	for n := range s.h.Incidents {
		entries := s.h.Incidents[n].Entries
		assigned := slices.IndexFunc(entries, func(e past.Entry) bool {
			return slices.Contains(e.To, who) && (e.Kind == past.Assign || e.Kind == past.Escalate)
		})
		if assigned < 0 {
			continue
		}
		later := entries[assigned:]
		if k := slices.IndexFunc(later, func(e past.Entry) bool { return e.Kind == past.Acknowledge && e.By == who }); k >= 0 && s.in(later[k].At) {
			all = append(all, later[k].At.Sub(later[0].At).Seconds())
		}
	}
	return all
}

func addPercentiles(out map[string]float64, id string, list []float64) {
	delete(out, id+"_p50")
	delete(out, id+"_p90")
	if x, ok := least(list, 0.5); ok {
		out[id+"_p50"] = x
	}
	if x, ok := least(list, 0.9); ok {
		out[id+"_p90"] = x
	}
}

// least returns the smallest number that a part of all do not exceed.
func least(all []float64, part float64) (float64, bool) {
	best, found := math.Inf(1), false
	for _, x := range all {
		n := 0
		for _, y := range all {
			if y <= x {
				n++
			}
		}
		if float64(n) >= part*float64(len(all))-1e-9 && x < best {
			best, found = x, true
		}
	}
	return best, found
}

func (s *slow) total(of map[string]map[string]float64) map[string]float64 {
	out := map[string]float64{}
	for _, figures := range of {
		for id, n := range figures {
			if id == "nights_in_row" || id == "most_in_shift" || id == "run_work" {
				out[id] = max(out[id], n)
			} else {
				out[id] += n
			}
		}
		out["top_share"] = max(out["top_share"], figures["interruptions"])
	}
	out["top_share"] /= max(out["interruptions"], 1)
	out["incidents"] = 0
	var personAcks []float64
	for who := range of {
		personAcks = append(personAcks, s.personAcks(who)...)
	}
	var acks, ends []float64
	handled, contained := 0.0, 0.0
	for n := range s.h.Incidents {
		i := &s.h.Incidents[n]
		if s.in(i.CreatedAt) || slices.ContainsFunc(i.Entries, func(e past.Entry) bool { return s.in(e.At) && (e.By != "" || len(e.To) > 0) }) {
			out["incidents"]++
		}
		firstAck := -1
		for k, e := range i.Entries {
			if e.Kind != past.Acknowledge || e.By == "" {
				continue
			}
			if firstAck < 0 {
				firstAck = k
				if s.in(e.At) {
					acks = append(acks, e.At.Sub(i.CreatedAt).Seconds())
				}
			}
		}
		last := -1
		for k, e := range i.Entries {
			if e.Kind == past.Resolve {
				last = k
			}
		}
		ended := i.Status == sources.Resolved && last >= 0 && i.MergedInto == ""
		if ended && s.in(i.Entries[last].At) {
			ends = append(ends, i.Entries[last].At.Sub(i.CreatedAt).Seconds())
		}
		first := func(who string, at time.Time) bool {
			return s.isOnCall(who, at, func(t past.Turn) bool { return t.Policy.ID == s.o.FirstLine })
		}
		was, other, sides := false, false, []bool{}
		for _, e := range i.Entries {
			if len(e.To) > 0 && e.Kind != past.Notify {
				is := slices.ContainsFunc(e.To, func(who string) bool { return first(who, e.At) })
				was, other = was || is, other || !is
				if n := len(sides); n > 0 && sides[n-1] != is {
					if s.in(e.At) {
						out[map[bool]string{true: "to_first_line", false: "to_owner"}[is]]++
						if n > 1 {
							out["returned"]++
						}
						if hours, found := s.o.Hours(i.Service); found && !is && !hours.Covers(e.At) {
							out["exceptions"]++
						}
					}
					sides = append(sides, is)
				} else if n == 0 {
					sides = append(sides, is)
				}
			}
			if e.By != "" && (e.Kind == past.Acknowledge || e.Kind == past.Resolve) && !first(e.By, e.At) {
				other = true
			}
		}
		if was && ended && s.in(i.Entries[last].At) {
			handled++
			if !other {
				contained++
			}
		}
	}
	for id, list := range map[string][]float64{"person_ack": personAcks, "ack": acks, "resolve": ends} {
		addPercentiles(out, id, list)
	}
	if handled > 0 {
		out["contained"] = contained / handled
	}
	flaps, alone, alerts := map[string]bool{}, map[string]bool{}, map[string]int{}
	for n := range s.h.Incidents {
		i := &s.h.Incidents[n]
		if !s.in(i.CreatedAt) {
			continue
		}
		key := i.Service.ID + " " + i.Alert
		near := 0
		for m := range s.h.Incidents {
			j := &s.h.Incidents[m]
			if away := j.CreatedAt.Sub(i.CreatedAt); j.Service.ID+" "+j.Alert == key && s.in(j.CreatedAt) && away >= 0 && away <= time.Hour {
				near++
			}
		}
		flaps[key] = flaps[key] || near >= 3
		acted := i.Status != sources.Resolved || i.MergedInto != "" || slices.ContainsFunc(i.Entries, func(e past.Entry) bool { return e.By != "" })
		if alerts[key] == 0 {
			alone[key] = true
		}
		alerts[key]++
		alone[key] = alone[key] && !acted
	}
	for key := range alerts {
		if flaps[key] {
			out["flapping"]++
		}
		if alone[key] && alerts[key] >= 2 {
			out["never_actionable"]++
		}
	}
	return out
}

// The report is what a slow and obvious computation says, whatever the history.
func TestAgainstSlowComputation(t *testing.T) {
	race.Skip(t)
	hours, err := weekhours.Parse("Mon-Fri 09:00-17:00 Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	begins := []string{"2026-10-23T07:13Z", "2026-03-27T22:00Z", "2026-10-30T00:00Z", "2026-03-06T12:00Z", "2026-10-02T12:00Z"}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		from := instant(t, begins[seed%uint64(len(begins))])
		o := Options{
			Span: sources.Span{Since: from, Until: from.Add(3 * 24 * time.Hour)}, FirstLine: "first", By: ByPerson, RunWork: 0.1, Week: 30 * time.Hour,
			Compensation: Compensation{OnCallUnit: 15 * time.Minute, CalledOutUnit: 20 * time.Minute, OutsideBusiness: seed%2 == 0},
			Hours:        func(service past.Name) (weekhours.Hours, bool) { return hours, service.ID != "v" },
		}
		h, people := made(r, o.Span)
		report := New(h, o)
		s := &slow{h, o}
		check := func(key string, want map[string]float64) {
			t.Helper()
			row := report.row(key)
			if row == nil {
				row = &Row{Values: make([]Value, len(figures))}
			}
			for n, f := range Figures() {
				v := row.Values[n]
				if v.Unknown != "" || !v.Applies {
					v.Number = 0
				}
				if key != "all" && (f.noPerson || f.onlyTotal) {
					continue
				}
				if math.Abs(v.Number-want[f.ID]) > 1e-6 {
					t.Fatalf("seed %d: %s of %s is %v (%s), the slow computation says %v: %s", seed, f.ID, key, v.Number, v.Unknown, want[f.ID], behind(v))
				}
			}
		}
		of := map[string]map[string]float64{}
		for _, who := range people {
			of[who] = s.person(who)
			check(who, of[who])
		}
		total := s.total(of)
		check("all", total)
		s.checkEscalations(t, &report, total)
		s.checkFairness(t, *tableOf(report, FairnessTable), of)
		s.checkCompensation(t, *tableOf(report, CompensationTable))
		s.checkCompare(t)
		s.checkLoads(t, of)
	}
}
