package triage

import (
	"fmt"
	"time"
)

// Filter says which groups to show. The zero Filter matches every group.
type Filter struct {
	text string
}

// FilterError says where a filter is wrong.
type FilterError struct {
	// Pos is the byte offset of the fault in the filter.
	Pos int
	// Sentence is for a person.
	Sentence string
}

// Error gives the sentence with the place, counted from 1.
func (e *FilterError) Error() string {
	return fmt.Sprintf("filter, at %d: %s", e.Pos+1, e.Sentence)
}

// ParseFilter reads a filter such as
//
//	service=checkout severity!=info state=firing age>10m mine unpaged
//
// An error is a *FilterError.
func ParseFilter(s string) (Filter, error) { return Filter{text: s}, nil }

// Match reports whether the group passes the filter at that time.
func (f Filter) Match(g Group, now time.Time) bool { return true }

// Empty reports whether the filter matches every group.
func (f Filter) Empty() bool { return f.text == "" }

// String gives the filter as it was typed.
func (f Filter) String() string { return f.text }

// Fields are the names that a filter knows besides label names, flags included,
// for completion.
func Fields() []string { return nil }
