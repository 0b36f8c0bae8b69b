package readiness

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/report"
	"firstline/internal/slo"
	"firstline/internal/wording"
)

// loadCriterion judges one measure of a load, which the criteria and the days before
// share.
type loadCriterion struct {
	title string
	of    func(*report.Load) *report.Measure
	// limit is for people.
	limit func(Limits) string
	// judge compares a measure with its limit.
	judge func(m *report.Measure, l Limits) (Verdict, string)
	// short is the number for people, and value the number with what it is made of.
	short, value func(m *report.Measure, l Limits) string
	fix          func(m *report.Measure) string
}

// weeks is how many weeks the window has.
func (l Limits) weeks() float64 { return l.Window.Hours() / (7 * 24) }

// atMostAWeek judges a count that may be at most so many a week.
func atMostAWeek(limit func(Limits) float64) func(*report.Measure, Limits) (Verdict, string) {
	return func(m *report.Measure, l Limits) (Verdict, string) {
		most := limit(l) * l.weeks()
		switch {
		case m.Unknown != "":
			return Unknown, m.Unknown
		case float64(m.Count) > most:
			return NotReady, ""
		case m.Partly != "":
			return Unknown, m.Partly
		case float64(m.Count+m.Open) > most:
			return Unknown, m.Doubt
		}
		return Ready, ""
	}
}

// fewest is how many there must be for their share to be beyond a limit: one incident is
// chance.
const fewest = 3

// share judges a share that must be at least or at most a limit. Where some are open it
// is judged only if no outcome of them changes the verdict.
func share(limit func(Limits) float64, least bool, none Verdict, noneBecause string) func(*report.Measure, Limits) (Verdict, string) {
	return func(m *report.Measure, l Limits) (Verdict, string) {
		all := float64(m.All + m.Open)
		switch {
		case m.Unknown != "":
			return Unknown, m.Unknown
		case m.Partly != "":
			return Unknown, m.Partly
		case all == 0:
			return none, noneBecause
		}
		low, high := float64(m.Count)/all, float64(m.Count+m.Open)/all
		fine := func(part float64) bool { return least && part >= limit(l) || !least && part <= limit(l) }
		switch {
		case fine(low) && fine(high):
			return Ready, ""
		case !fine(low) && !fine(high) && all < fewest:
			return Unknown, fmt.Sprintf("fewer than %d are too few to judge by", fewest)
		case !fine(low) && !fine(high):
			return NotReady, ""
		}
		return Unknown, m.Doubt
	}
}

func weekly(m *report.Measure, l Limits) string {
	return fmt.Sprintf("%s (%d in %s)", number(float64(m.Count)/l.weeks()), m.Count, slo.Length(l.Window))
}

func rate(m *report.Measure, l Limits) string { return number(float64(m.Count) / l.weeks()) }

func parts(noun string) func(*report.Measure, Limits) string {
	return func(m *report.Measure, _ Limits) string {
		if m.All == 0 {
			return "no " + noun
		}
		return fmt.Sprintf("%s (%d of %d)", percent(float64(m.Count)/float64(m.All)), m.Count, m.All)
	}
}

func part(m *report.Measure, _ Limits) string {
	return percent(float64(m.Count) / float64(max(m.All, 1)))
}

func number(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 0, 64) + " %" }

var (
	interruptionCriterion = loadCriterion{
		title: "interruptions a week", of: func(l *report.Load) *report.Measure { return &l.Interruptions },
		limit: func(l Limits) string { return "at most " + number(l.Interruptions) },
		judge: atMostAWeek(func(l Limits) float64 { return l.Interruptions }), short: rate, value: weekly,
		fix: func(m *report.Measure) string { return "Mend what interrupts most often: " + loudest(m) + "." },
	}
	sleepCriterion = loadCriterion{
		title: "in sleep hours a week", of: func(l *report.Load) *report.Measure { return &l.Asleep },
		limit: func(l Limits) string { return "at most " + number(l.Sleep) },
		judge: atMostAWeek(func(l Limits) float64 { return l.Sleep }), short: rate, value: weekly,
		fix: func(m *report.Measure) string {
			return "Mend what wakes people most often, or let it wait for the morning by a low urgency: " + loudest(m) + "."
		},
	}
	containedCriterion = loadCriterion{
		title: "contained by first line", of: func(l *report.Load) *report.Measure { return &l.Contained },
		limit: func(l Limits) string { return "at least " + percent(l.Contained) },
		judge: share(func(l Limits) float64 { return l.Contained }, true, NotAsked, ""), short: part, value: parts("incident"),
		fix: func(m *report.Measure) string {
			return fmt.Sprintf("Find out why others were assigned to %s of first line too, or answered, and write what they did into the runbooks.", wording.Count(m.All-m.Count, "incident"))
		},
	}
	unexplainedCriterion = loadCriterion{
		title: "unexplained escalations", of: func(l *report.Load) *report.Measure { return &l.Unexplained },
		limit: func(l Limits) string { return "at most " + percent(l.Unexplained) },
		judge: share(func(l Limits) float64 { return l.Unexplained }, false, Ready, ""), short: part, value: parts("escalation"),
		fix: func(m *report.Measure) string {
			timeOuts := 0
			for _, f := range m.Facts {
				if f.By == report.TimeOut {
					timeOuts++
				}
			}
			return fmt.Sprintf("Write a note with why each incident goes to the owner, and find out why nobody answered before a time-out (%d by a time-out, %d without a note).", timeOuts, m.Count-timeOuts)
		},
	}
	neverCriterion = loadCriterion{
		title: "nobody acts on", of: func(l *report.Load) *report.Measure { return &l.NeverActionable },
		limit: func(l Limits) string { return "at most " + percent(l.NeverActionable) },
		judge: share(func(l Limits) float64 { return l.NeverActionable }, false, Ready, ""), short: part, value: parts("incident"),
		fix: func(m *report.Measure) string {
			return "Delete or change the alerts that end without anybody: " + loudest(m) + "."
		},
	}
	loadCriteria = []*loadCriterion{&interruptionCriterion, &sleepCriterion, &containedCriterion, &unexplainedCriterion, &neverCriterion}
)

// loudest names the alerts with the most facts.
func loudest(m *report.Measure) string {
	counts := map[string]int{}
	for _, f := range m.Facts {
		counts[clean.Line(cmp.Or(f.Incident.Alert, f.Incident.Title, "without a name"))]++
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	for n, name := range names {
		names[n] = fmt.Sprintf("%s (%d)", name, counts[name])
	}
	return describe.Few(names, 3)
}

func (j *judge) load(c *loadCriterion) Finding {
	f := Finding{Limit: c.limit(j.limits)}
	if len(j.Loads) == 0 {
		f.Verdict, f.Because = Unknown, j.LoadUnread
		return f
	}
	m := c.of(&j.Loads[0])
	f.Verdict, f.Because = c.judge(m, j.limits)
	if m.Unknown == "" && f.Verdict != NotAsked {
		f.Value = c.value(m, j.limits)
	}
	if f.Verdict == NotReady {
		f.Fix = c.fix(m)
	}
	return f
}

func (j *judge) interruptions() Finding { return j.load(&interruptionCriterion) }
func (j *judge) sleep() Finding         { return j.load(&sleepCriterion) }

func (j *judge) contained() Finding {
	f := j.load(&containedCriterion)
	if f.Verdict == NotAsked {
		f.Because = j.notHad()
	}
	return f
}

// notHad says why first line has ended nothing, in words that follow "because".
func (j *judge) notHad() string {
	if m := &j.Loads[0].FirstLine; m.Unknown == "" && m.Partly == "" && m.All+m.Open == 0 {
		return "no incident of it began in this time"
	}
	return "first line was assigned to none of its incidents that ended in this time"
}

// unexplained is not asked of a service that first line has not had: it has no
// escalation because nobody could escalate it.
func (j *judge) unexplained() Finding {
	f := j.load(&unexplainedCriterion)
	if f.Verdict == Ready && j.Loads[0].Unexplained.All == 0 && j.contained().Verdict == NotAsked {
		return Finding{Verdict: NotAsked, Limit: f.Limit, Because: j.notHad()}
	}
	return f
}

func (j *judge) neverActionable() Finding { return j.load(&neverCriterion) }

// under is the part of the incidents of a service that first line must have first for
// it to be under first line.
const under = 0.5

// firstLine says how much of the service first line has, and whether it should go back.
func (j *judge) firstLine(r *Report) {
	if len(j.Loads) == 0 {
		return
	}
	m := &j.Loads[0].FirstLine
	switch {
	case m.Unknown != "":
		r.FirstLine = "whether first line has it is not known, because " + m.Unknown
		return
	case m.All == 0 && m.Open > 0:
		r.FirstLine = "whether first line has it is not known: " + m.Doubt
		return
	case m.All == 0:
		r.FirstLine = "it had no incident in this time, so that nobody had any first"
		return
	}
	r.FirstLine = fmt.Sprintf("first line had %d of %d incidents first", m.Count, m.All)
	r.UnderFirstLine = float64(m.Count) >= under*float64(m.All+m.Open)
	if r.UnderFirstLine && len(j.Loads) >= j.limits.Back {
		r.Days = len(j.Loads)
		r.GoesBack = j.beyondAllDays()
	}
}

// beyondAllDays returns the limits that the service was beyond on each day.
func (j *judge) beyondAllDays() []string {
	var all []string
	for _, c := range loadCriteria {
		beyond := !slices.ContainsFunc(j.Loads, func(l report.Load) bool {
			verdict, _ := c.judge(c.of(&l), j.limits)
			return verdict != NotReady
		})
		if beyond {
			all = append(all, fmt.Sprintf("%s: %s now, %s %s, limit %s", c.title, c.short(c.of(&j.Loads[0]), j.limits),
				ago(len(j.Loads)-1), c.short(c.of(&j.Loads[len(j.Loads)-1]), j.limits), c.limit(j.limits)))
		}
	}
	return all
}

func ago(days int) string {
	if days == 1 {
		return "a day before"
	}
	return strconv.Itoa(days) + " days before"
}
