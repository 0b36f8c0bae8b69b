package pagerduty

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/sources"
)

// refused classifies an answer whose status is not 2xx.
func (t *transport) refused(req *http.Request, resp *http.Response, body []byte, token string) *fault {
	status := resp.StatusCode
	parsed := parseRefusal(body)
	// PagerDuty did not do what it refused itself. A proxy's refusal proves
	// nothing.
	proven := parsed.own && status >= 400 && status < 500 && status != http.StatusRequestTimeout && isJSON(resp, body)
	if status == http.StatusTooManyRequests {
		e := t.tooMany(req, t.limited())
		if !proven {
			e = t.mayHaveHappened(req, e, status)
		}
		// It may be sent again after the limit is reset.
		return &fault{err: e, repeatable: proven || !isWrite(req)}
	}
	if !isJSON(resp, body) && (len(body) > 0 || status < 400) {
		return &fault{err: t.webPage(req, resp), repeatable: !isWrite(req) && passing(status)}
	}
	reason, sentence := parsed.classify(status, t.from() != "")
	switch {
	case status == http.StatusUnauthorized:
		sentence = t.token.refusedAdvice(token, t.base.Host)
	case status == http.StatusForbidden && reason == sources.Forbidden && parsed.Code != 1018:
		sentence = t.token.forbiddenAdvice(token)
	}
	e := t.failure(req, reason, sentence, parsed)
	e.Code = parsed.Code
	e.Status = status
	if !proven {
		e = t.mayHaveHappened(req, e, status)
	}
	return &fault{err: e, repeatable: !isWrite(req) && passing(status)}
}

// passing reports whether failures with the status are usually temporary.
func passing(status int) bool { return status >= 500 && status != http.StatusNotImplemented }

// webPage classifies an answer that is not from the API: a page of a proxy or a
// portal, or of PagerDuty's web site.
func (t *transport) webPage(req *http.Request, resp *http.Response) *sources.Error {
	advice := "check url under [pagerduty] and the proxy"
	if resp.StatusCode >= 500 {
		advice = "the proxy or PagerDuty is in trouble: try again, and see status.pagerduty.com"
	}
	e := t.failure(req, sources.NotAnAPI, fmt.Sprintf(
		"a web page and not PagerDuty's API answered (%d): %s", resp.StatusCode, advice), nil)
	return t.mayHaveHappened(req, e, resp.StatusCode)
}

// refusal is PagerDuty's error in the body of a failure.
type refusal struct {
	Code    int
	Message string
	Errors  []string
	// own means that it has the form of PagerDuty's own refusals.
	own bool
}

// Lower codes are not PagerDuty's: other programs put the HTTP status there.
const firstCode = 1000

// Error returns PagerDuty's message.
func (r *refusal) Error() string {
	if s := r.words(); s != "" {
		return s
	}
	return "PagerDuty gave no reason"
}

// words returns PagerDuty's message on one short line.
func (r *refusal) words() string {
	s := clean.Line(strings.Join(append([]string{r.Message}, r.Errors...), "; "))
	s = strings.Trim(s, "; ")
	if utf8.RuneCountInString(s) > 200 {
		s = string([]rune(s)[:199]) + "…"
	}
	return s
}

// parseRefusal parses {"error":{"code","message","errors"}} in all the forms
// that were seen: errors as list, string or object, error as string, none.
func parseRefusal(body []byte) *refusal {
	var answer struct {
		Error   json.RawMessage `json:"error"`
		Message text            `json:"message"`
	}
	r := &refusal{}
	if json.Unmarshal(body, &answer) != nil {
		return r
	}
	r.Message = string(answer.Message)
	var inner struct {
		Code    number   `json:"code"`
		Message text     `json:"message"`
		Errors  textList `json:"errors"`
	}
	var plain text
	switch {
	case isObject(answer.Error):
		if json.Unmarshal(answer.Error, &inner) == nil {
			r.Code, r.Message, r.Errors = int(inner.Code), string(inner.Message), inner.Errors
			r.own = r.Code >= firstCode || r.Code == 0 && r.Message != ""
		}
	case len(answer.Error) > 0 && json.Unmarshal(answer.Error, &plain) == nil && plain != "":
		r.Message = string(plain)
	}
	return r
}

// byCode are PagerDuty's own error codes that have one meaning with any status.
// https://developer.pagerduty.com/docs/rest-api-v2/errors/
var byCode = map[int]struct {
	reason   sources.Reason
	sentence string
	words    string // PagerDuty's message if it sends code 2001 instead
}{
	1001: {sources.AlreadyResolved, "the incident is resolved already", "already resolved"},
	1002: {sources.AlreadyAcknowledged, "the incident is acknowledged already", "already acknowledged"},
	1006: {sources.Rejected, "PagerDuty can't escalate this incident: it may be resolved, or its policy has no such level", "cannot be escalated"},
	1007: {sources.Rejected, "who should be assigned is not a user that PagerDuty knows: choose another (a schedule or policy can't be assigned)", "assignee user not found"},
	1008: {sources.UnknownRequester, "PagerDuty knows no user with the email this was done as: correct email under [me]", "requester user not found"},
	1012: {sources.Rejected, "the incident is not acknowledged, and this needs it to be: acknowledge it first", "incident is not acknowledged"},
	1013: {sources.Rejected, "PagerDuty does not take this time to snooze: choose between 1 second and 7 days", ""},
	1015: {sources.NobodyOnCall, "nobody is on call in that escalation policy: choose another target", "no one on-call"},
	1018: {sources.Forbidden, "the token's user may not do this to this incident: ask for a role that may, or let someone else do it", ""},
	1019: {sources.AlreadyMerged, "the incident is merged into another already", "already merged"},
	2014: {sources.MissingAbility, "the PagerDuty account's plan does not include this", ""},
	2016: {sources.UnknownRequester, "this token belongs to the account and not to a user: set [me] email to say whom actions are made as", ""},
	2020: {sources.RateLimited, "PagerDuty gets too many requests from this user: try again in a minute", ""},
	2100: {sources.NotFound, "PagerDuty does not know it: it may be gone, or belong to another account", ""},
}

// classify returns a class and a sentence for a refusal.
func (r *refusal) classify(status int, hasEmail bool) (sources.Reason, string) {
	code := r.Code
	if code == 2016 && hasEmail {
		code = 1008 // it had an email to act as, but did not accept it
	}
	if rule, ok := byCode[code]; ok && (status < 500 || code < 2000) {
		return rule.reason, rule.sentence
	}
	words := r.words()
	if status == http.StatusBadRequest || status == http.StatusConflict || status == http.StatusUnprocessableEntity {
		lower := strings.ToLower(words)
		for _, rule := range byCode {
			if rule.words != "" && strings.Contains(lower, rule.words) {
				return rule.reason, rule.sentence
			}
		}
		// For an account token without From, PagerDuty may send only a message.
		if !hasEmail && strings.Contains(lower, "from header") {
			return byCode[2016].reason, byCode[2016].sentence
		}
	}
	because := ""
	if words != "" {
		because = ": " + words
	}
	switch {
	case status == http.StatusUnauthorized:
		return sources.Unauthorized, "" // the advice depends on the token
	case status == http.StatusPaymentRequired:
		return sources.MissingAbility, "the PagerDuty account's plan does not include this" + because
	case status == http.StatusForbidden:
		return sources.Forbidden, "" // the advice depends on the token
	case status == http.StatusNotFound:
		return sources.NotFound, byCode[2100].sentence
	case status == http.StatusRequestURITooLong:
		return sources.Rejected, "the request was too long for PagerDuty: choose fewer at once"
	case status >= 500:
		return sources.ServerFailed, fmt.Sprintf("PagerDuty failed (%d): try again, and see status.pagerduty.com", status)
	}
	if words == "" {
		because = " and gave no reason"
	}
	return sources.Rejected, fmt.Sprintf("PagerDuty refused (%d)%s", status, because)
}
