package sources

import (
	"errors"
	"fmt"
	"time"

	"firstline/internal/credentials"
)

// Reason is the class of a failure. Each failure is classified once, where it
// happens. The layers above use the class and show the sentence.
type Reason string

// The classes of failure.
const (
	// Unreachable: no connection, name not found, TLS refused, timed out.
	Unreachable Reason = "unreachable"
	// Unauthorized: no token, or a wrong one.
	Unauthorized Reason = "unauthorized"
	// Forbidden: the token is right but may not do this.
	Forbidden Reason = "forbidden"
	// NotFound: the object of the request does not exist.
	NotFound Reason = "not found"
	// RateLimited: too many requests. RetryAfter says how long to wait.
	RateLimited Reason = "rate limited"
	// ServerFailed: the server answered 5xx.
	ServerFailed Reason = "server failed"
	// NotAnAPI: a web page or another program answered, not this API.
	NotAnAPI Reason = "not an API"
	// BadAnswer: the API's answer could not be parsed.
	BadAnswer Reason = "bad answer"
	// Rejected: the server understood and refused (400, 402, 422 …).
	Rejected Reason = "rejected"
	// AlreadyAcknowledged, AlreadyResolved, AlreadyMerged: someone was faster.
	// They are information, not failures.
	AlreadyAcknowledged Reason = "already acknowledged"
	AlreadyResolved     Reason = "already resolved"
	AlreadyMerged       Reason = "already merged"
	// NobodyOnCall: the policy would notify nobody.
	NobodyOnCall Reason = "nobody on call"
	// MissingAbility: the account's plan does not include this.
	MissingAbility Reason = "missing ability"
	// UnknownRequester: the email acted as belongs to no user.
	UnknownRequester Reason = "unknown requester"
	// Misconfigured: because of the configuration the source must not be asked.
	Misconfigured Reason = "misconfigured"
	// Canceled: our own side gave up.
	Canceled Reason = "canceled"
)

// Error is a classified failure of a source.
type Error struct {
	Source Source
	// Doing names the operation, as in "reading incidents".
	Doing  string
	Reason Reason
	// Sentence is for a person: one plain sentence with what to do next.
	Sentence string
	// Status is the HTTP status, or 0 without one. Code is PagerDuty's own
	// error code, or 0 without one.
	Status, Code int
	// RetryAfter is set with RateLimited if the server sent it.
	RetryAfter time.Duration
	// Unknown is true when a write was sent and its outcome is unknown.
	Unknown bool
	// Err is the cause. It may be nil.
	Err error
}

// Error returns the source, the operation, and the sentence.
func (e *Error) Error() string {
	return credentials.HideAny(fmt.Sprintf("%s: %s: %s", e.Source.Name, e.Doing, e.Sentence))
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the class of err, or "" when err is not an *Error.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// Sentence returns the sentence of err for a person, or err's own text when it
// is not an *Error.
func Sentence(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return credentials.HideAny(e.Sentence)
	}
	if err == nil {
		return ""
	}
	return credentials.HideAny(err.Error())
}

// IsUnknown reports whether err leaves it unknown if the write happened.
func IsUnknown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Unknown
}
