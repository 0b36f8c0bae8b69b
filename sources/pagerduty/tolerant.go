package pagerduty

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"firstline/sources"
)

// The types here decode what PagerDuty should send, and also what it was seen
// to send instead: an object in place of a string makes go-pagerduty's types
// fail for the whole incident. These types never fail. A value that makes no
// sense becomes zero.

// text is a string. For numbers, lists and objects it is the JSON.
type text string

// UnmarshalJSON takes any JSON value.
func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) == 0 || b[0] == 'n':
		*t = ""
	case len(b) > 1 && b[0] == '"':
		if inside := b[1 : len(b)-1]; bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
			*t = text(inside) // nearly all texts need no unescaping
			return nil
		}
		var s string
		if err := json.Unmarshal(b, &s); err == nil {
			*t = text(s)
		}
	default:
		*t = text(b)
	}
	return nil
}

// textList is a list of strings, or one string, or the values of an object.
type textList []string

// UnmarshalJSON takes any JSON value.
func (l *textList) UnmarshalJSON(b []byte) error {
	*l = nil
	var many []text
	if len(b) > 0 && b[0] == '[' && unmarshal(b, &many) {
		for _, s := range many {
			*l = append(*l, string(s))
		}
		return nil
	}
	var one text
	if err := one.UnmarshalJSON(b); err == nil && one != "" {
		*l = textList{string(one)}
	}
	return nil
}

// number is a whole number, perhaps in quotes.
type number int64

// UnmarshalJSON takes any JSON value.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = 0
	s := strings.Trim(string(b), `"`)
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		*n = number(i)
	} else if f, err := strconv.ParseFloat(s, 64); err == nil && f > -1e15 && f < 1e15 {
		*n = number(f)
	}
	return nil
}

// truth is a boolean, perhaps in quotes.
type truth bool

// UnmarshalJSON takes any JSON value.
func (t *truth) UnmarshalJSON(b []byte) error {
	*t = truth(strings.Trim(string(b), `"`) == "true")
	return nil
}

// moment is a time, or zero without one.
type moment struct {
	time.Time
	// odd means that the value is not a time.
	odd bool
}

// UnmarshalJSON takes any JSON value.
func (m *moment) UnmarshalJSON(b []byte) error {
	*m = moment{odd: string(b) != "null"}
	if len(b) < 2 || b[0] != '"' {
		return nil
	}
	if t, err := time.Parse(time.RFC3339, string(b[1:len(b)-1])); err == nil {
		*m = moment{Time: t}
	}
	return nil
}

// list is a list whose elements fail one by one, not all together.
type list[T any] []T

// UnmarshalJSON takes any JSON value.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	if len(b) == 0 || b[0] != '[' {
		return nil
	}
	var all []T
	if unmarshal(b, &all) {
		*l = all
		return nil
	}
	var each []json.RawMessage
	if !unmarshal(b, &each) {
		return nil
	}
	for _, raw := range each {
		var one T
		if unmarshal(raw, &one) {
			*l = append(*l, one)
		}
	}
	return nil
}

// wholeList is a list that knows whether anything is missing from it.
type wholeList[T any] struct {
	items []T
	// whole means that the value was a list, and that each element was
	// understood. It is false for null, and where there was no value at all.
	whole bool
}

// UnmarshalJSON takes any JSON value.
func (l *wholeList[T]) UnmarshalJSON(b []byte) error {
	*l = wholeList[T]{}
	if !isList(b) {
		return nil
	}
	var all []*T
	if l.whole = unmarshal(b, &all); !l.whole {
		var some list[*T]
		_ = some.UnmarshalJSON(b)
		all = some
	}
	for _, one := range all {
		if one == nil { // null
			l.whole = false
			continue
		}
		l.items = append(l.items, *one)
	}
	return nil
}

// thing is a reference, or the whole object if the request included it. A bare
// string is its id.
type thing struct {
	ID, Type, Summary, Name, URL string
	// Deleted is set when PagerDuty says so, or when the name is null, as in a
	// reference to a deleted object.
	Deleted bool
	// Order and Color belong to a priority.
	Order int64
	Color string
}

// UnmarshalJSON takes any JSON value.
func (t *thing) UnmarshalJSON(b []byte) error {
	*t = thing{}
	if !isObject(b) {
		var id text
		if len(b) > 0 && b[0] == '"' && id.UnmarshalJSON(b) == nil {
			t.ID = string(id)
		}
		return nil
	}
	var o struct {
		ID      text            `json:"id"`
		Type    text            `json:"type"`
		Summary json.RawMessage `json:"summary"`
		Name    text            `json:"name"`
		HTMLURL text            `json:"html_url"`
		Deleted text            `json:"deleted_at"`
		Order   number          `json:"order"`
		Color   text            `json:"color"`
	}
	if json.Unmarshal(b, &o) == nil {
		var summary text
		_ = summary.UnmarshalJSON(o.Summary)
		*t = thing{
			ID: string(o.ID), Type: string(o.Type), Summary: string(summary), Name: string(o.Name),
			URL: string(o.HTMLURL), Order: int64(o.Order), Color: string(o.Color),
			Deleted: o.Deleted != "" || (string(o.Summary) == "null" && o.Name == ""),
		}
	}
	return nil
}

// label returns its name for people.
func (t thing) label() string {
	if t.Name != "" {
		return t.Name
	}
	return t.Summary
}

func (t thing) reference() sources.Reference {
	return sources.Reference{ID: t.ID, Name: t.label(), URL: t.URL, Type: t.Type, Deleted: t.Deleted}
}

// person returns a reference to a user. Null is a user whom PagerDuty does not
// name: it does not say that the user is deleted.
func (t thing) person() sources.Reference {
	if t == (thing{}) {
		return sources.Reference{Type: userReference}
	}
	return t.reference()
}

// references returns the references that are not empty.
func references(things []thing) []sources.Reference {
	if len(things) == 0 {
		return nil
	}
	refs := make([]sources.Reference, 0, len(things))
	for _, t := range things {
		if t != (thing{}) {
			refs = append(refs, t.reference())
		}
	}
	return refs
}

func isList(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && b[0] == '['
}

func isObject(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && b[0] == '{'
}
