// Package earlier finds when the alert of a group fired before: in PagerDuty, in the
// ALERTS series of a Prometheus, and in whatever else implements Source. Only
// sources wait; the rest is pure.
package earlier

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"firstline/internal/change"
	"firstline/internal/clean"
	"firstline/internal/labelset"
	"firstline/internal/lazyregexp"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// Source finds when alerts fired before.
type Source interface {
	// Name names it in sentences.
	Name() string
	// Find returns when the alerts fired before. What could not be read is in the
	// Part.
	Find(ctx context.Context, q Question) Part
}

// Question says which alerts it is about.
type Question struct {
	// Group is the group as it is now.
	Group triage.Group
	// Names are the names of its alerts, at most mostNames.
	Names []string
	// Problem is when it began this time.
	Problem change.Problem
	Now     time.Time
}

const mostNames = 5

// QuestionOf asks about a group.
func QuestionOf(g triage.Group, now time.Time) Question {
	names := g.AlertNames()
	return Question{Group: g, Names: names[:min(len(names), mostNames)], Problem: change.ProblemOf(&g), Now: now}
}

// Part is what one source found.
type Part struct {
	Name  string
	Times []Time
	// Since is up to when it looked back; zero: unknown.
	Since time.Time
	// AsOf is when it was read; zero: never.
	AsOf time.Time
	// Missing says in sentences what could not be read, or is not there.
	Missing []string
	// Failed means that it should be asked again soon.
	Failed bool
}

// itself is what ends what nobody ended.
const itself = "itself"

// EndedBy returns who or what ended an incident that was changed last by its resolve.
func EndedBy(changedBy sources.Reference) string {
	if strings.HasPrefix(changedBy.Type, "service") {
		return itself
	}
	return clean.Line(changedBy.Name)
}

// Time is one time at which the alert fired.
type Time struct {
	// From is the name of the source that has it.
	From string
	// Incident is zero where only a Prometheus has it.
	Incident Incident
	// Began and Ended are zero where they are unknown. They may have been up to
	// Within earlier and later.
	Began, Ended time.Time
	Within       time.Duration
	// Title says what it was. It is clean.
	Title string
	// EndedBy is who or what ended it, "itself" where nobody did, or empty where that is
	// unknown.
	EndedBy string
	// Similar means that PagerDuty finds it similar, and nothing proves that it was
	// the same alert.
	Similar bool
	// Fired is when it fired according to a Prometheus, for an incident; nil where
	// none says so.
	Fired *Time
}

// Incident is the incident of that time.
type Incident struct {
	ID     string
	Number int
	URL    string
}

// Lasted returns how long it lasted. found is false where its begin or end is unknown.
func (t *Time) Lasted() (d time.Duration, found bool) {
	if t.Began.IsZero() || t.Ended.IsZero() || t.Ended.Before(t.Began) {
		return 0, false
	}
	return t.Ended.Sub(t.Began), true
}

// Found is what all sources found.
type Found struct {
	Question Question
	// Times are the latest first; those without a begin are last.
	Times []Time
	Parts []Part
}

// Failed reports whether some source should be asked again soon.
func (f *Found) Failed() bool {
	return slices.ContainsFunc(f.Parts, func(p Part) bool { return p.Failed })
}

// Missing returns what could not be read.
func (f *Found) Missing() []string {
	var all []string
	for _, p := range f.Parts {
		for _, m := range p.Missing {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return all
}

// Summary says how often it fired before. That it did not is said only where all was
// read; else the sentence ends with a colon, and what is Missing belongs below it.
func (f *Found) Summary() string {
	names := clean.Line(strings.Join(f.Question.Names, ", "))
	what := names
	if names == "" {
		what = "a problem like this one"
	}
	times, missing := len(f.Times), len(f.Missing())
	switch {
	case times > 0 && names == "":
		return fmt.Sprintf("A problem like this one was there %s before, as far as is known", wording.Count(times, "time"))
	case times > 0:
		return fmt.Sprintf("%s: %s before, as far as is known", names, wording.Count(times, "time"))
	case missing > 0:
		return "Whether " + what + " was there before is not known:"
	case names == "":
		return "No earlier problem like this one was found."
	}
	return names + ": no earlier time was found."
}

// Find asks all sources, one after the other. Of a source that fails now it takes
// what was read before.
func Find(ctx context.Context, all []Source, q Question, before Found) Found {
	f := Found{Question: q}
	for _, s := range all {
		p := s.Find(ctx, q)
		p.Name = s.Name()
		for _, old := range before.Parts {
			if p.Failed && len(p.Times) == 0 && old.Name == p.Name && !old.AsOf.IsZero() {
				p.Times, p.Since, p.AsOf = old.Times, old.Since, old.AsOf
			}
		}
		f.Parts = append(f.Parts, p)
	}
	f.Times = merge(f.Parts)
	return f
}

// nearBegin is how far the begin of an incident may be from that of its alert: it
// waits for the alert's own time, and for the group.
const nearBegin = 15 * time.Minute

// merge returns the times of all parts in one order. An incident that several
// sources have is one, and so are an incident and the alert that it was opened for.
func merge(parts []Part) []Time {
	var all []Time
	at := map[string]int{}
	var alone []Time
	for _, p := range parts {
		for _, t := range p.Times {
			switch i, twice := at[t.Incident.ID]; {
			case t.Incident.ID == "":
				alone = append(alone, t)
			case twice:
				all[i] = together(all[i], t)
			default:
				at[t.Incident.ID] = len(all)
				all = append(all, t)
			}
		}
	}
	for _, t := range alone {
		i := slices.IndexFunc(all, func(in Time) bool { return opened(&in, &t) })
		if i < 0 {
			all = append(all, t)
			continue
		}
		if all[i].Fired == nil {
			fired := t
			all[i].Fired = &fired
		}
		all[i].Similar = false // it fired then
	}
	slices.SortStableFunc(all, func(a, b Time) int {
		return cmp.Or(b.Began.Compare(a.Began), cmp.Compare(b.Incident.Number, a.Incident.Number))
	})
	return all
}

// opened reports whether an incident was opened for an alert.
func opened(in, fired *Time) bool {
	if in.Incident.ID == "" || in.Began.IsZero() || fired.Began.IsZero() {
		return false
	}
	return !in.Began.Before(fired.Began.Add(-nearBegin)) && (in.Began.Sub(fired.Began) <= nearBegin || !fired.Ended.IsZero() && !in.Began.After(fired.Ended))
}

// together is an incident by what two sources say.
func together(a, b Time) Time {
	if a.Began.IsZero() {
		a.Began = b.Began
	}
	if a.Ended.IsZero() {
		a.Ended, a.EndedBy = b.Ended, cmp.Or(a.EndedBy, b.EndedBy)
	}
	a.Title = cmp.Or(a.Title, b.Title)
	a.EndedBy = cmp.Or(a.EndedBy, b.EndedBy)
	if a.Incident.Number == 0 {
		a.Incident.Number = b.Incident.Number
	}
	a.Incident.URL = cmp.Or(a.Incident.URL, b.Incident.URL)
	a.Similar = a.Similar && b.Similar
	return a
}

// failed adds why something could not be read. What was refused will be refused
// again.
func (p *Part) failed(err error) {
	p.Missing = append(p.Missing, clean.Line(sources.Sentence(err)))
	switch sources.ReasonOf(err) {
	case sources.MissingAbility, sources.Forbidden, sources.NotFound, sources.Rejected:
	default:
		p.Failed = true
	}
}

// names reports whether a text has the name of one of the alerts as a word.
func (q *Question) names(text string) bool {
	return slices.ContainsFunc(q.Names, func(name string) bool {
		for rest := text; name != ""; {
			i := strings.Index(rest, name)
			if i < 0 {
				return false
			}
			if !wordEnd(rest[:i], true) || !wordEnd(rest[i+len(name):], false) {
				rest = rest[i+len(name):]
				continue
			}
			return true
		}
		return false
	})
}

// wordEnd reports whether a word may end at the end, or at the begin, of a text.
func wordEnd(text string, atEnd bool) bool {
	if text == "" {
		return true
	}
	c := text[0]
	if atEnd {
		c = text[len(text)-1]
	}
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
	return !letter
}

// selector returns the selector of the ALERTS series of the question's alerts, in
// the service of its alerts.
func (q *Question) selector(serviceLabels []string) string {
	names := make([]string, len(q.Names))
	for i, n := range q.Names {
		names[i] = regexp.QuoteMeta(n)
	}
	matchers := `alertname=` + quote(q.Names[0])
	if len(names) > 1 {
		matchers = `alertname=~` + quote(strings.Join(names, "|"))
	}
	matchers += `,alertstate="firing"`
	labels := q.Group.SentLabels
	if len(q.Group.Alerts) > 0 {
		labels = labelset.Common(q.Group.Alerts, func(a *triage.Alert) map[string]string { return a.Labels })
	}
	for _, name := range serviceLabels {
		if value := labels[name]; value != "" && plainLabel.MatchString(name) {
			matchers += `,` + name + `=` + quote(value)
			break
		}
	}
	return "ALERTS{" + matchers + "}"
}

var plainLabel = lazyregexp.New(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// quote writes a text as PromQL reads it.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s) + `"`
}
