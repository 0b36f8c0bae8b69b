package sources

import (
	"errors"
	"fmt"
	"time"
)

// Reason is the class of a failure. Each failure is classified once, where it
// happens; everything above looks at the class and shows the sentence.
type Reason string

// The classes of failure.
const (
	// Unreachable: no connection, name not found, TLS refused, timed out.
	Unreachable Reason = "unreachable"
	// Unauthorized: no token, or a wrong one.
	Unauthorized Reason = "unauthorized"
	// Forbidden: the token is right but may not do this.
	Forbidden Reason = "forbidden"
	// NotFound: the thing acted upon is not there.
	NotFound Reason = "not found"
	// RateLimited: too many requests; RetryAfter says how long to wait.
	RateLimited Reason = "rate limited"
	// ServerFailed: the server answered 5xx.
	ServerFailed Reason = "server failed"
	// NotAnAPI: a web page or something else that is not this API answered.
	NotAnAPI Reason = "not an API"
	// BadAnswer: the API answered with what can't be understood.
	BadAnswer Reason = "bad answer"
	// Rejected: the server understood and refused (400, 402, 422 …).
	Rejected Reason = "rejected"
	// AlreadyAcknowledged, AlreadyResolved, AlreadyMerged: someone was
	// faster. Information, not failure.
	AlreadyAcknowledged Reason = "already acknowledged"
	AlreadyResolved     Reason = "already resolved"
	AlreadyMerged       Reason = "already merged"
	// NobodyOnCall: the policy would page nobody.
	NobodyOnCall Reason = "nobody on call"
	// MissingAbility: the account's plan does not include this.
	MissingAbility Reason = "missing ability"
	// UnknownRequester: the email acted as belongs to no user.
	UnknownRequester Reason = "unknown requester"
	// Misconfigured: the configuration keeps the source from being asked.
	Misconfigured Reason = "misconfigured"
	// Canceled: our own side gave up.
	Canceled Reason = "canceled"
)

// Error is a failure of a source, classified.
type Error struct {
	Source Source
	// Doing is what was being done, as in "reading incidents".
	Doing  string
	Reason Reason
	// Sentence is for a person: one plain sentence with what to do next.
	Sentence string
	// Status is the HTTP status, 0 when there was none. Code is PagerDuty's
	// own error code, 0 when there was none.
	Status, Code int
	// RetryAfter is set with RateLimited where the server said it.
	RetryAfter time.Duration
	// Unknown is true when a write was sent and its outcome is not known.
	Unknown bool
	// Err is the cause; may be nil.
	Err error
}

// Error gives the source, what was being done, and the sentence.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.Source.Name, e.Doing, e.Sentence)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf is the class of err, or "" when err is none of ours.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// Sentence is the plain sentence of err for a person: the classified one where
// there is one, else err's own text.
func Sentence(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Sentence
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// IsUnknown reports whether err left it open if the write happened.
func IsUnknown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Unknown
}
