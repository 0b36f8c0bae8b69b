package record

import (
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/wording"
)

// RemarkKind is what a responder says of a step.
type RemarkKind string

// The kinds of remarks. The empty kind takes an earlier remark back.
const (
	DidNotHelp RemarkKind = "did not help"
	Wrong      RemarkKind = "wrong"
)

// Remark is what a responder said of a step of a runbook, for the next reader and
// for the author.
type Remark struct {
	GroupID string
	// Runbook is a path or URL, Step is the id of the step in it. Section is the
	// heading that the runbook was opened at; empty: its top.
	Runbook, Step, Section string
	Text                   string // the first line of the step
	Kind                   RemarkKind
	Why                    string
	By                     string
	At                     time.Time
}

// whyLimit bounds the word why, in bytes.
const whyLimit = 200

// Said returns the remark as text: "did not help: it was the disk".
func (r Remark) Said() string {
	said := string(r.Kind)
	if why := remarkText(r.Why); why != "" {
		said += ": " + why
	}
	return said
}

// remarkText is a text that a note can have in brackets behind a step.
func remarkText(text string) string {
	text = strings.NewReplacer("[", "", "]", "").Replace(clean.Line(text))
	return wording.Shorten(clean.Line(text), whyLimit) // brackets may have had blanks between them
}

// splitRemark splits a remark off a step in a note: "text [did not help: why]".
func splitRemark(text string) (step, said string) {
	inner, closed := strings.CutSuffix(text, "]")
	open := strings.LastIndex(inner, " [")
	if !closed || open < 0 {
		return text, ""
	}
	said = inner[open+len(" ["):]
	kind, _, _ := strings.Cut(said, ": ")
	if kind != string(DidNotHelp) && kind != string(Wrong) {
		return text, ""
	}
	return text[:open], said
}

// SetRemark puts a remark in the place of an earlier one of the same person on the
// same step of a group, unless that is later.
func SetRemark(all []Remark, r Remark) []Remark {
	same := func(o Remark) bool {
		return o.GroupID == r.GroupID && o.Runbook == r.Runbook && o.Step == r.Step && o.By == r.By
	}
	if slices.ContainsFunc(all, func(o Remark) bool { return same(o) && o.At.After(r.At) }) {
		return all
	}
	return append(slices.DeleteFunc(slices.Clone(all), same), r)
}

// Opening records that a runbook was read for a group.
type Opening struct {
	GroupID, Runbook string
	// Section is the heading that it was opened at; empty: its top.
	Section string
	By      string
	At      time.Time
}
