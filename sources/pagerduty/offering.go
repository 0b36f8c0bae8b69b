package pagerduty

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"firstline/sources"
)

// offering is what not every plan of PagerDuty has, or every token may read.
type offering string

// The offerings, as they are named in sentences.
const (
	changesOfService offering = "change events"
	relatedChanges   offering = "related change events"
	pastIncidents    offering = "past incidents"
	analytics        offering = "Analytics"
	// scheduleOverrides come with every plan; the token may have no right to read them.
	scheduleOverrides offering = "overrides of schedules"
)

func (o offering) doing() string { return "reading " + string(o) }

// refusedFor is how long what was refused is not asked again.
const refusedFor = time.Hour

// refusals are what PagerDuty refuses by the account's plan or the token's rights.
type refusals struct {
	mu sync.Mutex
	by map[refusedKey]refusedAt
}

// refusedKey is what was refused: an offering, of one object or, without an id, of
// all.
type refusedKey struct {
	offering offering
	id       string
}

type refusedAt struct {
	err error
	at  time.Time
}

// of returns why an offering must not be asked now, or nil.
func (r *refusals) of(o offering, id string, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range []refusedKey{{o, ""}, {o, id}} {
		// A clock that was set back ends the time, or it would last for ever.
		if no, is := r.by[key]; is && !now.Before(no.at) && now.Sub(no.at) < refusedFor {
			return no.err
		}
	}
	return nil
}

// add stores a refusal. That an object is not found says nothing of others, unless a
// second one is not found either.
func (r *refusals) add(o offering, id string, status int, err error, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[refusedKey]refusedAt{}
	}
	key := refusedKey{o, ""}
	if status == http.StatusNotFound {
		key.id = id
	}
	for k, no := range r.by {
		switch {
		case now.Sub(no.at) >= refusedFor || now.Before(no.at):
			delete(r.by, k)
		case k.offering == o && k.id != "" && k.id != id:
			key.id = ""
		}
	}
	r.by[key] = refusedAt{err, now}
}

// askUnlessRefused asks for an offering, unless it was refused less than an hour ago:
// then it returns the same error.
func askUnlessRefused[T any](c *Client, o offering, id string, ask func() (T, error)) (T, error) {
	if err := c.refusals.of(o, id, c.now()); err != nil {
		var none T
		return none, err
	}
	answer, err := ask()
	var e *sources.Error
	if errors.As(err, &e) {
		if sentence := o.refusal(e); sentence != "" {
			no := *e
			no.Sentence = sentence
			c.refusals.add(o, id, e.Status, &no, c.now())
			err = &no
		}
	}
	return answer, err
}

// refusal says what a refusal proves about the plan and the rights. It is empty for
// other failures.
func (o offering) refusal(e *sources.Error) string {
	switch {
	case e.Reason == sources.MissingAbility:
		return "PagerDuty's plan of this account has no " + string(o)
	case e.Reason == sources.Forbidden:
		return "PagerDuty refuses the " + string(o) + ": the account's plan may have none, or the token may not read them; ask an administrator of the account which it is"
	case e.Reason == sources.NotFound && e.Status == http.StatusNotFound:
		return "PagerDuty knows no " + string(o) + " here (404): the account's plan may have none; ask an administrator of the account"
	}
	return ""
}
