package pagerduty

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"firstline/internal/lazyregexp"
	"firstline/sources"
)

// pageSize is PagerDuty's largest page, and offsetCap the end of its paging
// (offset + limit).
const (
	pageSize  = 100
	offsetCap = 10_000
)

// call sends one request and decodes the answer into out if that is not nil.
// The error is a *sources.Error.
func (c *Client) call(ctx context.Context, what, method, path string, query url.Values, in, out any) error {
	ctx = context.WithValue(ctx, doing{}, what)
	address := c.base.String() + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return c.problem(what, sources.Rejected, "the request could not be written", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return c.problem(what, sources.Rejected, "the request could not be built", err)
	}
	resp, err := c.api.Do(req, true)
	if err != nil {
		var e *sources.Error
		if errors.As(err, &e) {
			return e
		}
		return c.problem(what, sources.Unreachable, "PagerDuty could not be asked", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if out == nil || resp.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		e := c.problem(what, sources.BadAnswer, "PagerDuty's answer could not be understood: check url under [pagerduty]", err)
		if isWrite(req) {
			e.Unknown = true
			e.Sentence = "PagerDuty's answer could not be understood; it was probably done: check before doing it again"
		}
		return e
	}
	return nil
}

func (c *Client) get(ctx context.Context, what, path string, query url.Values, out any) error {
	return c.call(ctx, what, http.MethodGet, path, query, nil, out)
}

// problem returns an error that this client detected.
func (c *Client) problem(what string, r sources.Reason, sentence string, err error) *sources.Error {
	return &sources.Error{Source: c.source, Doing: what, Reason: r, Sentence: sentence, Err: err}
}

// page is one page of a list. lost counts elements that are not objects of this
// kind.
type page[T any] struct {
	more  bool
	items []T
	lost  int
	// total is the length of the list. It is 0 when the answer has none.
	total int
}

// readPage reads one page of the list in field.
func readPage[T any](ctx context.Context, c *Client, what, path, field string, query url.Values, offset, limit int) (page[T], error) {
	q := url.Values{}
	for k, v := range query {
		q[k] = v
	}
	q.Set("limit", strconv.Itoa(limit))
	if offset > 0 {
		q.Set("offset", strconv.Itoa(offset))
	}
	var answer map[string]json.RawMessage
	if err := c.get(ctx, what, path, q, &answer); err != nil {
		return page[T]{}, err
	}
	p, err := pageOf[T](c, what, field, answer)
	if err != nil {
		return page[T]{}, err
	}
	switch strings.Trim(string(answer["more"]), `"`) {
	case "true":
		p.more = true
	case "false":
	default: // it is not in the answer: another page may follow a full one
		p.more = len(p.items)+p.lost >= limit
	}
	if p.more && len(p.items)+p.lost == 0 && offset == 0 {
		return page[T]{}, c.problem(what, sources.BadAnswer, incomplete, nil)
	}
	var total number
	if raw, ok := answer["total"]; ok {
		_ = total.UnmarshalJSON(raw)
	}
	p.total = int(total)
	return p, nil
}

// pageOf decodes the list in field of an answer. A value that is not a list,
// such as null, is not an empty list: it means nothing.
func pageOf[T any](c *Client, what, field string, answer map[string]json.RawMessage) (page[T], error) {
	raw, ok := answer[field]
	if !ok {
		return page[T]{}, c.problem(what, sources.BadAnswer, "what answered is not PagerDuty's API, for it has no "+field+": check url under [pagerduty]", nil)
	}
	var each []json.RawMessage
	if !isList(raw) || !unmarshal(raw, &each) {
		return page[T]{}, c.problem(what, sources.BadAnswer, "PagerDuty's answer is of a form that is not known, for "+field+" is no list", nil)
	}
	var items list[T]
	_ = items.UnmarshalJSON(raw)
	items = slices.DeleteFunc(items, func(one T) bool { return reflect.ValueOf(&one).Elem().IsZero() }) // null, {}
	return page[T]{items: items, lost: len(each) - len(items)}, nil
}

// incomplete is the sentence about an empty answer which reports that there is
// more.
const incomplete = "PagerDuty's answer is incomplete: it reports more entries but has none"

// listed is the part of a list that was read. more means that PagerDuty has
// more of it; missing says why the rest was not read.
type listed[T any] struct {
	items   []T
	pages   int
	more    bool
	lost    int
	missing string
}

// extent returns how much of the list was read.
func (l *listed[T]) extent() sources.Extent {
	switch {
	case l.more:
		return sources.Extent{Read: true, Missing: cmp.Or(l.missing, beyondCap)}
	case l.lost > 0:
		return sources.Extent{Read: true, Missing: fmt.Sprintf("%d of its entries could not be understood", l.lost)}
	}
	return sources.Whole
}

// beyondCap is why a list that is longer than paging reaches is not whole.
const beyondCap = "PagerDuty lists no more than 10,000"

// readList reads all pages of a list, as far as offset paging reaches.
func readList[T any](ctx context.Context, c *Client, what, path, field string, query url.Values) (listed[T], error) {
	return readListBy[T](ctx, c, what, path, field, query, pageSize, offsetCap)
}

// readUpTo is readList with a limit on the pages.
func readUpTo[T any](ctx context.Context, c *Client, what, path, field string, query url.Values, pages int) (listed[T], error) {
	return readListBy[T](ctx, c, what, path, field, query, pageSize, pages*pageSize)
}

// readListBy is readList with another page size and a limit on the entries.
func readListBy[T any](ctx context.Context, c *Client, what, path, field string, query url.Values, size, most int) (listed[T], error) {
	var l listed[T]
	for offset := 0; offset+size <= most; offset += size {
		p, err := readPage[T](ctx, c, what, path, field, query, offset, size)
		if err != nil {
			l.more = true
			return l, err
		}
		l.pages++
		l.items = append(l.items, p.items...)
		l.lost += p.lost
		if !p.more {
			return l, nil
		}
		if len(p.items)+p.lost == 0 {
			l.more, l.missing = true, incomplete
			return l, nil
		}
	}
	l.more = true
	return l, nil
}

var plainID = lazyregexp.New(`^[A-Za-z0-9_-]{1,64}$`)

// checkIDs refuses invalid ids, before they become part of a path.
func (c *Client) checkIDs(what string, ids ...string) error {
	for _, id := range ids {
		if !plainID.MatchString(id) {
			return c.problem(what, sources.NotFound, strconv.Quote(id)+" is not a PagerDuty id", nil)
		}
	}
	return nil
}
