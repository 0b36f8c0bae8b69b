package graph

import (
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/graph"
	"firstline/internal/wording"
)

// remarks are sentences about what is drawn.
func (p *drawing) remarks() []string {
	d := &p.read.Data
	var all []string
	if why := p.question.Parts.Why; why != "" {
		all = append(all, "No threshold: "+why+".")
	}
	if d.Unmatched && p.question.Alerts != nil && d.Total > 0 {
		all = append(all, "No series has the labels of the alerts, so that all are drawn.")
	}
	if d.Missing != "" {
		all = append(all, "! Not all is known: "+clean.Line(d.Missing)+".")
	}
	if !d.Any {
		return all
	}
	if d.Histograms > 0 {
		all = append(all, wording.Count(d.Histograms, "native histogram")+" can't be drawn as a line.")
	}
	if d.Infinite > 0 {
		all = append(all, series(d.Infinite)+" infinite at times: not drawn.")
	}
	if d.Huge > 0 {
		all = append(all, series(d.Huge)+" too great to draw at times: not drawn.")
	}
	if t := p.question.Parts.Threshold; t != nil {
		at := "The line at " + graph.Exact(t.Value, p.question.Unit)
		switch s := graph.ScaleOf(*d, t, p.question.Unit, 1); {
		case s.Above:
			all = append(all, at+" is above what is drawn.")
		case s.Below:
			all = append(all, at+" is below what is drawn.")
		}
	}
	return all
}

// series counts series, with a verb: the word has no plural of its own.
func series(count int) string {
	if count == 1 {
		return "1 series is"
	}
	return strconv.Itoa(count) + " series are"
}

// empty says why nothing is drawn of an answer.
func (p *drawing) empty() string {
	d := &p.read.Data
	whose := "All values"
	if d.Total > len(d.Lines) {
		whose = "All values of the worst " + strconv.Itoa(len(d.Lines)) + " of " + strconv.Itoa(d.Total) + " series"
	}
	var are []string
	if d.Odd > 0 {
		are = append(are, "NaN (no number)")
	}
	if d.Infinite > 0 {
		are = append(are, "infinite")
	}
	if d.Huge > 0 {
		are = append(are, "too great to draw")
	}
	switch {
	case len(are) > 0:
		return whose + " are " + strings.Join(are, " or ") + "."
	case d.Histograms > 0:
		return "The answer has only native histograms, which can't be drawn as lines."
	case d.Total > 0:
		return "The series have no values in this time."
	}
	return "There is nothing to draw: " + clean.Line(p.question.Source) + " has no such series in this time."
}
