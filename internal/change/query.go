package change

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/expression"
	"firstline/internal/lazyregexp"
	"firstline/internal/wording"
	"firstline/sources"
)

// Query is a configured query: the points of its series mark when something changed.
type Query struct {
	// Title says what changed. $label is the label of a series, else of the group.
	Title string
	// Expression is PromQL. $label within quotes is the label of the group.
	Expression string
}

// MostQueries is how many queries may be configured.
const MostQueries = 10

// variable is a label in a title or an expression: $name or ${name}. $$ is a dollar.
var variable = lazyregexp.New(`\$(?:\$|([a-zA-Z_][a-zA-Z0-9_]*)|\{([a-zA-Z_][a-zA-Z0-9_]*)\})`)

// expand replaces the variables in a text.
func expand(text string, value func(name string) string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		if found == "$$" {
			return "$"
		}
		return value(strings.Trim(found, "${}"))
	})
}

// Check says what is wrong with a query, or "".
func (q Query) Check() (inTitle, inExpression string) {
	if clean.Line(q.Title) == "" {
		inTitle = `a change needs a title, such as "deploy $service $version"`
	}
	if strings.TrimSpace(q.Expression) == "" {
		return inTitle, "a change needs a query, such as 'max by (service, version) (build_info)'"
	}
	var quote byte
	for i := 0; i < len(q.Expression); i++ {
		c := q.Expression[i]
		switch {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\'' || c == '`'):
			quote = c
		case quote == 0 && c == '$':
			return inTitle, "put a label of the group within quotes, as in {service=\"$service\"}"
		}
	}
	any := map[string]string{}
	_, names := q.For(nil)
	for _, name := range names {
		any[name] = "x"
	}
	filled, _ := q.For(any)
	if err := expression.Check(filled); err != nil {
		inExpression = "this is not PromQL: " + err.Error()
	}
	return inTitle, inExpression
}

// For returns the expression for a group. missing are the labels that it needs and
// the group does not have.
func (q Query) For(labels map[string]string) (expression string, missing []string) {
	expression = expand(q.Expression, func(name string) string {
		value, is := labels[name]
		if !is && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
		return quoted.Replace(value)
	})
	return expression, missing
}

// quoted escapes a value for a text in PromQL, whatever quotes are around it.
var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\x22`, `'`, `\x27`, "`", `\x60`, "\n", `\n`, "\r", `\r`)

// name names the query for a group: its title, with … for what only a series has.
func (q Query) name(group map[string]string) string {
	text := expand(q.Title, func(name string) string {
		if v := clean.Line(group[name]); v != "" {
			return v
		}
		return "…"
	})
	return "“" + wording.Shorten(clean.Line(text), longestText) + "”"
}

// title returns what a series says.
func (q Query) title(series, group map[string]string) string {
	text := clean.Line(expand(q.Title, func(name string) string {
		if v, is := series[name]; is {
			return v
		}
		return group[name]
	}))
	return wording.Shorten(text, longestText)
}

// The most changes of one query, and how close equal ones are to be one.
const (
	mostOfQuery = 50
	together    = 5 * time.Minute
)

// step is how far the points of a query are apart in a window.
func step(window time.Duration) time.Duration {
	const points = 1500
	for _, s := range []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour} {
		if window <= points*s {
			return s
		}
	}
	return (window / points).Truncate(time.Hour) + time.Hour
}

// in finds the changes in an answer: the times at which a series begins after it
// had no value, or at which its value changes. What was so at the first step of the
// range is no change: it may have begun at any time. Series that another reports to
// be of another service are not looked at.
func (q Query) in(answer sources.Answer, r sources.Range, group map[string]string, source string, another func(map[string]string) bool, p Problem) (changes []Change, missing []string) {
	type marked struct {
		at     time.Time
		within time.Duration
		text   string
	}
	data := first(answer.Series)
	begins := data.Sub(r.From) >= r.Step // within the range
	var said []spoken
	for _, s := range answer.Series {
		if another != nil && another(s.Labels) {
			continue
		}
		text := q.title(s.Labels, group)
		if text == "" {
			text = "a change without a title"
		}
		said = append(said, spoken{text, s.Points})
	}
	marks, were := q.marks(group), away{said: said, step: r.Step, asked: map[gap]bool{}}
	var all []marked
	var firstSeen []string
	for _, s := range said {
		last, value := r.From.Add(-r.Step), 0.0
		for i, p := range s.points {
			since := p.At.Sub(last)
			absent := since > r.Step+r.Step/2
			switch {
			case i == 0 && p.At.Sub(r.From) < r.Step: // it may have begun before
			case i == 0 && !marks && begins && p.At.Sub(data) <= r.Step:
				// All that the Prometheus knows begins here, at the time of each scrape.
				if !slices.Contains(firstSeen, s.text) {
					firstSeen = append(firstSeen, s.text)
				}
			case i == 0:
				all = append(all, marked{p.At, r.Step, s.text})
			case !same(p.Value, value):
				all = append(all, marked{p.At, since, s.text})
			case absent && (marks || were.others(gap{last.UnixMilli(), p.At.UnixMilli(), s.text})):
				all = append(all, marked{p.At, r.Step, s.text})
			}
			last, value = p.At, p.Value
		}
	}
	if n := len(firstSeen); n > 0 {
		missing = append(missing, firstSeenSentence(firstSeen, Change{At: data}.When(p)))
	}
	slices.SortStableFunc(all, func(a, b marked) int { return a.at.Compare(b.at) })
	latest := map[string]int{}
	ends := map[string]time.Time{}
	for _, m := range all {
		if i, is := latest[m.text]; is && m.at.Sub(ends[m.text]) <= together {
			changes[i].Count++
			ends[m.text] = m.at
			continue
		}
		latest[m.text], ends[m.text] = len(changes), m.at
		changes = append(changes, Change{At: m.at, Within: m.within, Text: m.text, From: source, Count: 1})
	}
	if n := len(changes); n > mostOfQuery {
		missing = append(missing, fmt.Sprintf("the query of %s shows %d changes, and only the latest %d are listed: its value should change only when something was changed", q.name(group), n, mostOfQuery))
		changes = changes[n-mostOfQuery:]
	}
	return changes, missing
}

// firstSeenSentence says that the data of a query begins, and not that anything
// changed then.
func firstSeenSentence(texts []string, when string) string {
	what, was := texts[0], "was"
	if n := len(texts) - 1; n > 0 {
		what, was = fmt.Sprintf("%s and %s", what, wording.Count(n, "other")), "were"
	}
	if when != "" {
		when = " " + when + ","
	}
	return fmt.Sprintf("%s %s first seen%s where the data of its query begins: when that changed is not known", what, was, when)
}

// marks reports whether the query has values only after something changed, such as
// changes(deploys_total[5m]) > 0. That it had none is then no gap in the data.
func (q Query) marks(group map[string]string) bool {
	filled, _ := q.For(group)
	parts := expression.TakeApart(filled)
	return parts.Threshold != nil && ofChanges.MatchString(parts.Drawn)
}

// ofChanges are the functions that say how much a value changed.
var ofChanges = lazyregexp.New(`\b(changes|resets|increase|i?delta|i?rate|deriv)\(`)

// same reports whether two values are equal, as are two that are no number.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
