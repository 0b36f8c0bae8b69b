package prometheus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"firstline/internal/promapi"
	"firstline/sources"
)

// envelope is the outer object of each answer of Prometheus's API.
type envelope[T any] struct {
	Status   string   `json:"status"`
	Data     T        `json:"data"`
	Error    string   `json:"error"`
	Warnings []string `json:"warnings"`
}

// decode decodes an answer. It refuses an answer other than
// {"status":"success"}: under the same path without its prefix Mimir returns
// the tenant's Alertmanager configuration, and an old Alertmanager returns its
// alerts.
func decode[T any](api *promapi.Client, doing string, body []byte) (envelope[T], error) {
	var answer envelope[T]
	err := json.Unmarshal(body, &answer)
	if err == nil && answer.Status == "success" {
		return answer, nil
	}
	return answer, refuse(api, doing, body, err)
}

// refuse returns the error for an answer that is not understood. cause is what was
// found wrong with it, or nil.
func refuse(api *promapi.Client, doing string, body []byte, cause error) error {
	var outer envelope[json.RawMessage]
	readable := json.Unmarshal(body, &outer) == nil
	switch {
	case readable && outer.Status == "error":
		return api.Failure(doing, sources.Rejected, "the server refused it: "+promapi.Message(body), nil)
	case readable && outer.Status == "success" && bytes.HasPrefix(outer.Data, []byte("[")):
		return api.NotAnAPI(doing, "answered as an Alertmanager does", cause)
	case readable && outer.Status == "success":
		return api.OtherForm(doing, cause)
	case !json.Valid(body) && bytes.HasPrefix(bytes.TrimSpace(body), []byte(`{"status":`)):
		return api.Damaged(doing, cause)
	}
	return api.NotAnAPI(doing, promapi.Odd(body), cause)
}

// answered returns the error for an answer that was read from a stream, with its status
// and message, unless it is a success. cause is why reading it ended, or nil.
func answered(api *promapi.Client, doing string, s *promapi.Stream, status, message string, cause error) error {
	switch body, all := s.All(); {
	case all && (cause != nil || status != "success"):
		return refuse(api, doing, body, cause)
	case errors.Is(cause, promapi.ErrDamaged):
		return api.Damaged(doing, cause)
	case cause != nil:
		return api.OtherForm(doing, cause)
	case status == "error":
		return api.Failure(doing, sources.Rejected, "the server refused it: "+message, nil)
	case status != "success":
		return api.NotAnAPI(doing, "answered with other JSON", nil)
	}
	return nil
}

// alertAnswer is an alert of /api/v1/alerts.
type alertAnswer struct {
	Labels          promapi.Shared `json:"labels"`
	Annotations     promapi.Shared `json:"annotations"`
	State           string         `json:"state"`
	ActiveAt        string         `json:"activeAt"`
	KeepFiringSince string         `json:"keepFiringSince"`
	Value           number         `json:"value"`
	// Source is vmalert's own link, GeneratorURL that of other servers.
	Source       string `json:"source"`
	GeneratorURL string `json:"generatorURL"`
}

// number is a number that may be a JSON string or a JSON number.
type number string

// UnmarshalJSON takes a value other than a string as it is written.
func (n *number) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '"' {
		if string(b) != "null" {
			*n = number(b)
		}
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("reading a number: %w", err)
	}
	*n = number(text)
	return nil
}

// list is a list in an answer. If it does not have the expected form, its
// elements are decoded one by one, and those that cannot be decoded are
// counted: one odd alert must not hide all others. If no element can be
// decoded, the answer is not the expected one.
type list[T any] struct {
	items []T
	odd   int
	// form is the form of the value.
	form form
}

// form says whether a value is a list. A server without elements answers [],
// and only a missing list means nothing.
type form int

const (
	left form = iota // missing
	null
	given
)

// UnmarshalJSON decodes a list or null.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	l.odd, l.form = 0, given
	if string(b) == "null" {
		l.form = null
		return nil
	}
	err := json.Unmarshal(b, &l.items)
	if err == nil {
		return nil
	}
	var each []json.RawMessage
	if json.Unmarshal(b, &each) != nil {
		return fmt.Errorf("reading a list: %w", err)
	}
	l.items = make([]T, 0, len(each))
	for _, raw := range each {
		var one T
		if json.Unmarshal(raw, &one) != nil || string(raw) == "null" {
			l.odd++
			continue
		}
		l.items = append(l.items, one)
	}
	if len(l.items) == 0 {
		return fmt.Errorf("reading a list: %w", err)
	}
	return nil
}

// alertState parses a state: Prometheus's and vmalert's, or Grafana's, which
// may have a reason in brackets after it. active means that the alert's rule
// sees it now. valid is false for any other word.
func alertState(text string) (state sources.AlertState, active, valid bool) {
	switch sources.StateWord(text) {
	case "firing", "alerting", "recovering", "error", "nodata":
		return sources.AlertFiring, true, true
	case "pending":
		return sources.AlertPending, true, true
	case "inactive", "normal":
		return "", false, true
	}
	return "", false, false
}

// moment parses a time. It ignores a time that cannot be parsed: that is no
// reason to hide an alert. Year 1 is Go's zero time.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() <= 1 {
		return time.Time{}
	}
	return t
}

// configAnswer is the data of /api/v1/status/config.
type configAnswer struct {
	YAML string `json:"yaml"`
}
