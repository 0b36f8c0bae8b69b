package cli

import (
	"time"

	"firstline/internal/report"
)

// reportJSON is what report --format json prints.
type reportJSON struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	// BeforeSince and BeforeUntil are the time before.
	BeforeSince time.Time `json:"before_since"`
	BeforeUntil time.Time `json:"before_until"`
	// Zone is that of weeks, and of the hours of incidents.
	Zone string `json:"zone"`
	// Missing are sentences on what was not read, MissingBefore on that of the time
	// before.
	Missing       []string        `json:"missing"`
	MissingBefore []string        `json:"missing_before"`
	Total         reportRowJSON   `json:"total"`
	Before        reportRowJSON   `json:"before"`
	Rows          []reportRowJSON `json:"rows"`
	// Remarks are sentences on how to read the rows.
	Remarks []string `json:"remarks"`
	// Recent says from when on the figures may be incomplete, because PagerDuty may list
	// late what happened; null where they are not.
	Recent *string     `json:"recent"`
	Tables []tableJSON `json:"tables"`
}

// tableJSON is a table of a report, and what report --table ID --format json prints.
type tableJSON struct {
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Head  []string   `json:"head"`
	Cells [][]string `json:"cells"`
	// Unknown and Doubt are as in figureJSON.
	Unknown string `json:"unknown"`
	Doubt   string `json:"doubt"`
}

func tableJSONOf(t *report.Table) tableJSON {
	j := tableJSON{ID: t.ID, Title: t.Title, Head: t.Head, Cells: [][]string{}, Unknown: t.Unknown, Doubt: t.Doubt}
	if t.Unknown == "" {
		j.Cells = append(j.Cells, t.Data()...)
	}
	return j
}

type reportRowJSON struct {
	Key     string                `json:"key"`
	Name    string                `json:"name"`
	Figures map[string]figureJSON `json:"figures"`
}

type figureJSON struct {
	// Number is null where it is not known.
	Number  *float64 `json:"number"`
	Unit    string   `json:"unit"`
	Unknown string   `json:"unknown"`
	Doubt   string   `json:"doubt"`
	// Incidents are the ids of the incidents behind it.
	Incidents []string `json:"incidents"`
}

func reportJSONOf(r *report.Report) reportJSON {
	j := reportJSON{
		Since: r.Span.Since.UTC(), Until: r.Span.Until.UTC(), BeforeSince: r.BeforeSpan.Since.UTC(), BeforeUntil: r.BeforeSpan.Until.UTC(), Zone: r.ZoneName(), Missing: append([]string{}, r.Missing...), MissingBefore: append([]string{}, r.MissingBefore...), Remarks: append([]string{}, r.Remarks...), Recent: textOf(r.Recent),
		Total: reportRowJSONOf(&r.Total), Before: reportRowJSONOf(&r.Before), Rows: []reportRowJSON{}, Tables: []tableJSON{},
	}
	for n := range r.Rows {
		j.Rows = append(j.Rows, reportRowJSONOf(&r.Rows[n]))
	}
	for n := range r.Tables {
		j.Tables = append(j.Tables, tableJSONOf(&r.Tables[n]))
	}
	return j
}

func reportRowJSONOf(r *report.Row) reportRowJSON {
	j := reportRowJSON{Key: r.Key, Name: r.Name, Figures: map[string]figureJSON{}}
	for n, f := range report.Figures() {
		v := &r.Values[n]
		if !v.Applies {
			continue
		}
		one := figureJSON{Unit: string(f.Unit), Unknown: v.Unknown, Doubt: v.Doubt, Incidents: []string{}}
		if v.Unknown == "" {
			one.Number = &v.Number
		}
		seen := map[string]bool{}
		for _, fact := range v.Facts() {
			if in := fact.Incident; in != nil && !seen[in.ID] {
				seen[in.ID] = true
				one.Incidents = append(one.Incidents, in.ID)
			}
		}
		j.Figures[f.ID] = one
	}
	return j
}
