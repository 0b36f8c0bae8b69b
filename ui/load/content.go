package load

import (
	"time"

	"firstline/internal/clean"
	"firstline/internal/report"
	"firstline/sources"
)

// content is what of a report is shown. It has none of the incidents, which may be
// many.
type content struct {
	// err is why nothing is shown.
	err error
	// span is the time of the report, before the one that it is compared with.
	span, before sources.Span
	plots        report.Plots
	// headlines are the most important figures, others the rest.
	headlines, others []figure
	// missing are sentences on what was not read.
	missing []string
}

// figure is one figure as it is shown.
type figure struct {
	title, now, before string
	// note says what is not known of it.
	note string
}

func contentOf(r report.Report, err error) *content {
	if err != nil {
		return &content{err: err}
	}
	c := &content{span: r.Span, before: r.BeforeSpan, plots: r.Plots()}
	for n := range r.Total.Values {
		f, v := &report.Figures()[n], r.Total.Values[n]
		if !v.Applies {
			continue
		}
		one := figure{title: f.Title, now: f.Text(v), before: f.Text(r.Before.Values[n]), note: clean.Line(v.Doubt)}
		if v.Unknown != "" {
			one.note = "unknown, because " + clean.Line(v.Unknown)
		}
		if isHeadline(f.ID) {
			c.headlines = append(c.headlines, one)
		} else {
			c.others = append(c.others, one)
		}
	}
	for _, sentence := range r.Missing {
		c.missing = append(c.missing, "not read: "+clean.Line(sentence))
	}
	if r.Recent != "" {
		c.missing = append(c.missing, clean.Line(r.Recent))
	}
	for _, sentence := range r.MissingBefore {
		c.missing = append(c.missing, "not read of the time before: "+clean.Line(sentence))
	}
	return c
}

func isHeadline(id string) bool {
	for _, one := range report.Headlines {
		if one == id {
			return true
		}
	}
	return false
}

const week = 7 * day

// holds reports whether a week has a time in it.
func holds(w report.Week, t time.Time) bool {
	return !t.Before(w.Start) && t.Before(w.Start.Add(week))
}
