package promapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/sources"
)

// maxMessage bounds the part of a server's message that a sentence quotes, in
// characters.
const maxMessage = 200

// refused classifies an answer whose status is not 2xx.
func (c *Client) refused(doing string, write bool, resp *http.Response, body []byte) *sources.Error {
	e := c.Failure(doing, sources.Rejected, "", nil)
	e.Status = resp.StatusCode
	// The server did not do what it refused itself. A proxy's refusal proves
	// nothing.
	proven := resp.StatusCode/100 == 4 && resp.StatusCode != http.StatusRequestTimeout && ownRefusal(body)
	e.Unknown = write && !proven
	message := Message(body)
	e.Err = messageError(message)
	words := ""
	if message != "" {
		words = " (" + message + ")"
	}
	host, section := c.base.Host, c.section()
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized && strings.Contains(message, "no org id"):
		e.Reason = sources.Unauthorized
		e.Sentence = fmt.Sprintf("%s wants to know the tenant: set X-Scope-OrgID in http_headers under http of %s", host, section)
	case status == http.StatusUnauthorized:
		e.Reason = sources.Unauthorized
		e.Sentence = fmt.Sprintf("%s does not accept our credentials%s: set basic_auth, authorization or oauth2 under http of %s", host, words, section)
	case status == http.StatusForbidden:
		e.Reason = sources.Forbidden
		e.Sentence = fmt.Sprintf("%s does not allow it%s: ask its administrator for the permission", host, words)
	case status == http.StatusTooManyRequests:
		e.Reason = sources.RateLimited
		e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
		e.Sentence = fmt.Sprintf("%s says that we ask too often%s: a longer interval under %s helps", host, words, section)
	case status == http.StatusNotFound:
		e.Reason = sources.NotAnAPI
		e.Sentence = c.notAnAPI("has no " + resp.Request.URL.Path)
	case status == http.StatusGone && c.source.Kind == sources.Prometheus:
		e.Reason = sources.NotAnAPI
		e.Sentence = fmt.Sprintf("%s is an Alertmanager, not a Prometheus: list it under %s", host, sectionOf(string(sources.Alertmanager)))
	case status == http.StatusGone:
		e.Reason = sources.NotAnAPI
		e.Sentence = fmt.Sprintf("%s no longer offers this API%s: firstline needs Alertmanager's API v2, of 0.16 and later", host, words)
	case status >= 500:
		e.Reason = sources.ServerFailed
		e.Sentence = fmt.Sprintf("%s failed with %d%s: it may be starting or overloaded, look at its log if that lasts", host, status, words)
	case status >= 400:
		e.Sentence = fmt.Sprintf("%s refused it with %d%s", host, status, words)
	default: // 1xx and 3xx do not get here
		e.Reason = sources.NotAnAPI
		e.Sentence = c.notAnAPI(fmt.Sprintf("answered with %d", status))
	}
	return e
}

// ownRefusal reports whether a body has the form of Alertmanager's own
// refusals: a JSON string, or {"code": …, "message": …} where it validates the
// request.
func ownRefusal(body []byte) bool {
	var text string
	if json.Unmarshal(body, &text) == nil {
		return text != ""
	}
	var object struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	return json.Unmarshal(body, &object) == nil && object.Code != 0 && object.Message != ""
}

// messageError is the server's message.
type messageError string

func (e messageError) Error() string {
	if e == "" {
		return "the server gave no reason"
	}
	return string(e)
}

// ServerMessage returns the server's message in the refusal err. It returns ""
// when there was none or err is not a refusal.
func ServerMessage(err error) string {
	message, _ := errors.AsType[messageError](err)
	return string(message)
}

// NotAnAPI makes the error for an answer that is not from this API. odd
// describes it, as in "answered with a web page".
func (c *Client) NotAnAPI(doing, odd string, err error) *sources.Error {
	return c.Failure(doing, sources.NotAnAPI, c.notAnAPI(odd), err)
}

// Damaged makes the error for an answer that is not whole or no JSON.
func (c *Client) Damaged(doing string, err error) *sources.Error {
	return c.Failure(doing, sources.BadAnswer, "the answer is damaged: check the proxy before the server", err)
}

// OtherForm makes the error for an answer of this API that is not understood.
func (c *Client) OtherForm(doing string, err error) *sources.Error {
	system := "Prometheus"
	if c.source.Kind == sources.Alertmanager {
		system = "Alertmanager"
	}
	return c.Failure(doing, sources.BadAnswer, "the answer has another form than "+system+" gives it: please report that with the server's version", err)
}

func (c *Client) notAnAPI(odd string) string {
	if c.table != string(c.source.Kind) {
		return fmt.Sprintf("%s %s, so it is not the address of a server for %s: check url there", c.base.Host, clean.Line(odd), c.section())
	}
	system, path := "a Prometheus", "/prometheus"
	if c.source.Kind == sources.Alertmanager {
		system, path = "an Alertmanager", "/alertmanager"
	}
	return fmt.Sprintf("%s %s, so it is not the address of %s: check url under %s; for Mimir add %s to it",
		c.base.Host, clean.Line(odd), system, c.section(), path)
}

// Odd describes in a few words a body that is not the expected JSON.
func Odd(body []byte) string {
	start := bytes.TrimSpace(body)
	lower := strings.ToLower(string(start[:min(len(start), 200)]))
	switch {
	case len(start) == 0:
		return "answered with nothing"
	case strings.HasPrefix(lower, "<"):
		return "answered with a web page"
	case json.Valid(start):
		return "answered with other JSON"
	case strings.Contains(lower, "alertmanager_config") || strings.Contains(lower, "template_files"):
		return "answered with an Alertmanager's configuration"
	case utf8.Valid(start) && strings.Contains(lower, ":") && !strings.HasPrefix(lower, "{"):
		return "answered with text such as YAML"
	}
	return "answered with something that is not JSON"
}

// Message returns the server's message in the body of a refusal, on one line
// and shortened for a sentence: the text of {"error": …} (Prometheus) or
// {"message": …} (Alertmanager's validation), a bare JSON string
// (Alertmanager's own refusals), else plain text. It returns "" for a web page.
func Message(body []byte) string {
	var message string
	var object struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	switch trimmed := bytes.TrimSpace(body); {
	case json.Unmarshal(trimmed, &message) == nil:
	case json.Unmarshal(trimmed, &object) == nil:
		message = object.Error
		if message == "" {
			message = object.Message
		}
	case bytes.HasPrefix(trimmed, []byte("<")), bytes.HasPrefix(trimmed, []byte("{")), !utf8.Valid(trimmed):
	default:
		message = string(trimmed[:min(len(trimmed), 4*maxMessage)])
	}
	return short(message)
}

// short returns s on one line, shortened for a sentence.
func short(s string) string {
	s = clean.Line(s)
	if runes := []rune(s); len(runes) > maxMessage {
		return strings.TrimSpace(string(runes[:maxMessage-1])) + "…"
	}
	return s
}

// retryAfter parses the Retry-After header: seconds or a date. It returns zero
// without one.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
