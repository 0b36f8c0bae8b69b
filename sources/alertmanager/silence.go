package alertmanager

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"firstline/internal/promapi"
	"firstline/sources"
)

// Operations, for errors.
const (
	readingSilence  = "reading a silence"
	creatingSilence = "creating a silence"
	endingSilence   = "ending a silence"
)

// manySets is in Alertmanager's message about a silence with several sets.
const manySets = "multiple matcher sets"

// severalSets is why a silence is not changed.
const severalSets = "the silence has several sets of matchers, which can't be seen from here: change or end it in Alertmanager's own page or with amtool"

const notAnID = "that is not the id of a silence"

// silenceBody is the JSON of a silence in a request.
type silenceBody struct {
	ID          string            `json:"id,omitempty"`
	Matchers    []matcherBody     `json:"matchers"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
	CreatedBy   string            `json:"createdBy"`
	Comment     string            `json:"comment"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// matcherBody always has isEqual, because a negative matcher without it would
// become a positive one.
type matcherBody struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	IsRegex bool   `json:"isRegex"`
	IsEqual bool   `json:"isEqual"`
}

// Silence reads one silence, even an expired one.
func (c *Client) Silence(ctx context.Context, id string) (sources.Silence, error) {
	s, err := c.silence(ctx, readingSilence, id)
	if err != nil {
		return sources.Silence{}, err
	}
	return s.silence(c.Source().Name), nil
}

func (c *Client) silence(ctx context.Context, doing, id string) (silenceAnswer, error) {
	path, err := c.path(doing, id)
	if err != nil {
		return silenceAnswer{}, err
	}
	body, err := c.api.Get(ctx, doing, path, nil)
	if err != nil {
		return silenceAnswer{}, c.ofSilence(doing, err)
	}
	answer, err := decode[silenceAnswer](c.api, doing, body)
	if err == nil && answer.ID == "" {
		return answer, c.api.NotAnAPI(doing, promapi.Odd(body), nil)
	}
	return answer, err
}

// CreateSilence creates s and returns its id. If s has an ID it replaces that
// silence. When more than its end and comment changes, Alertmanager ends the
// old silence and creates one with another id. Parts of the old silence that
// this API cannot show are preserved (annotations) or cause a refusal (several
// sets of matchers).
func (c *Client) CreateSilence(ctx context.Context, s sources.Silence) (string, error) {
	if len(s.Matchers) == 0 {
		return "", c.api.Failure(creatingSilence, sources.Rejected, "a silence needs at least one matcher: one without would be about everything", nil)
	}
	body := silenceBody{
		ID: s.ID, StartsAt: s.StartsAt.UTC(), EndsAt: s.EndsAt.UTC(), CreatedBy: s.CreatedBy, Comment: s.Comment,
	}
	negative := false
	for _, m := range s.Matchers {
		body.Matchers = append(body.Matchers, matcherBody{m.Name, m.Value, m.Regex, m.Equal})
		negative = negative || !m.Equal
	}
	if s.ID != "" {
		old, err := c.silence(ctx, creatingSilence, s.ID)
		if err != nil {
			return "", err
		}
		if len(old.Matchers) == 0 {
			return "", c.api.Failure(creatingSilence, sources.Rejected, severalSets, nil)
		}
		body.Annotations = old.Annotations
	}
	answer, err := c.api.Send(ctx, creatingSilence, http.MethodPost, "/api/v2/silences", body)
	if err != nil {
		return "", c.ofSilence(creatingSilence, err)
	}
	made, err := decode[struct {
		ID string `json:"silenceID"`
	}](c.api, creatingSilence, answer)
	if err != nil || made.ID == "" {
		e := c.api.NotAnAPI(creatingSilence, promapi.Odd(answer), err)
		e.Unknown = true
		return "", e
	}
	if negative {
		if err := c.confirm(ctx, made.ID, s.Matchers); err != nil {
			return "", err
		}
	}
	return made.ID, nil
}

// confirm checks that the silence was understood. An Alertmanager before 0.22
// reads negative matchers as positive ones, which would silence the wrong
// alerts. confirm ends such a silence.
func (c *Client) confirm(ctx context.Context, id string, matchers []sources.Matcher) error {
	made, err := c.Silence(ctx, id)
	if err != nil {
		var e *sources.Error
		if errors.As(err, &e) {
			e.Doing, e.Unknown = creatingSilence, true
		}
		return err
	}
	if len(made.Matchers) == len(matchers) && !slices.ContainsFunc(matchers, func(m sources.Matcher) bool { return !slices.Contains(made.Matchers, m) }) {
		return nil
	}
	if err := c.ExpireSilence(ctx, id); err != nil {
		return c.api.Failure(creatingSilence, sources.Rejected, fmt.Sprintf(
			"this Alertmanager took other matchers than were sent, and the silence %s could not be taken back: end it by hand now", id), err)
	}
	return c.api.Failure(creatingSilence, sources.Rejected,
		"this Alertmanager took other matchers than were sent, so the silence was taken back: != and !~ need version 0.22 or later", nil)
}

// ExpireSilence ends the silence now. It is not an error if the silence has
// already ended.
func (c *Client) ExpireSilence(ctx context.Context, id string) error {
	s, err := c.silence(ctx, endingSilence, id)
	switch {
	case err != nil:
		return err
	case s.Status.State == stateExpired:
		return nil
	case len(s.Matchers) == 0:
		return c.api.Failure(endingSilence, sources.Rejected, severalSets, nil)
	}
	path, err := c.path(endingSilence, id)
	if err != nil {
		return err
	}
	if _, err = c.api.Send(ctx, endingSilence, http.MethodDelete, path, nil); err != nil {
		if strings.Contains(promapi.ServerMessage(err), "already expired") {
			return nil // it ended between the read and the request
		}
		return c.ofSilence(endingSilence, err)
	}
	return nil
}

// path returns the path of the silence with that id. It refuses an id with
// characters that no id has.
func (c *Client) path(doing, id string) (string, error) {
	foreign := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-'
	}
	if id == "" || strings.ContainsFunc(id, foreign) {
		return "", c.api.Failure(doing, sources.NotFound, notAnID, nil)
	}
	return "/api/v2/silence/" + id, nil
}

// ofSilence gives a refusal its meaning for a silence. A missing silence is a
// 404, and in 0.25 a 500 on ending it. Another server's 404 has a page of text.
func (c *Client) ofSilence(doing string, err error) error {
	var e *sources.Error
	if !errors.As(err, &e) || e.Status == 0 {
		return err
	}
	said := promapi.ServerMessage(err)
	switch {
	case e.Status == http.StatusNotFound && (said == "" || strings.Contains(said, "silence")),
		e.Status == http.StatusInternalServerError && strings.Contains(said, "not found"):
		e.Reason = sources.NotFound
		e.Sentence = "the silence is not there any more: Alertmanager forgets ended ones after a while"
	case strings.Contains(said, manySets):
		e.Reason, e.Sentence = sources.Rejected, severalSets
	case e.Status == http.StatusUnprocessableEntity && doing != creatingSilence:
		e.Reason, e.Sentence = sources.NotFound, notAnID
	}
	return err
}
