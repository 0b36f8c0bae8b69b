package promapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"firstline/sources"
)

// GetLong is Get for an answer that may be too long to hold in memory. whole
// gets a short answer, pieces a decoder for a long one.
func (c *Client) GetLong(ctx context.Context, doing, path string, query url.Values, whole func([]byte) error, pieces func(*json.Decoder) error) error {
	u := c.api.URL(path, nil)
	u.RawQuery = query.Encode()
	limited, cancel := context.WithTimeout(context.WithValue(ctx, longAnswer{}, true), requestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodGet, u.String(), nil)
	if err != nil {
		return c.Failure(doing, sources.Rejected, "the request could not be built", err)
	}
	req.Header.Set("Accept", "application/json")
	start := sources.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		c.log.Debug("asked", "source", c.source.Name, "method", req.Method, "path", u.Path, "took", time.Since(start), "failed", true)
		return c.broken(ctx, doing, false, false, err)
	}
	defer resp.Body.Close()
	body := &faultReader{from: resp.Body}
	head, ended, err := readHead(body)
	c.log.Debug("asked", "source", c.source.Name, "method", req.Method, "path", u.Path, "whole", ended, "took", time.Since(start), "failed", err != nil)
	c.clock.Compare(resp.Header, start, sources.Now())
	switch {
	case err != nil:
		return c.broken(ctx, doing, false, false, err)
	case resp.StatusCode/100 != 2:
		return c.refused(doing, false, resp, bytes.Join(head, nil))
	case ended:
		return whole(bytes.Join(head, nil))
	}
	readers := make([]io.Reader, 0, len(head)+1)
	for _, piece := range head {
		readers = append(readers, bytes.NewReader(piece))
	}
	err = pieces(json.NewDecoder(io.MultiReader(append(readers, body)...)))
	switch {
	case body.fault != nil:
		return c.broken(ctx, doing, false, false, body.fault)
	case err != nil:
		return c.Failure(doing, sources.BadAnswer, "the answer is damaged: check the proxy before the server", err)
	}
	return nil
}

// readHead reads up to maxHead bytes, and reports whether that is the whole
// answer. It reads them in pieces, because a growing buffer leaves garbage of
// twice its size.
func readHead(from *faultReader) (head [][]byte, ended bool, err error) {
	const size = 1 << 20
	for range maxHead / size {
		piece := make([]byte, size)
		n, err := io.ReadFull(from, piece)
		head = append(head, piece[:n])
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return head, true, from.fault // the error of io.ReadFull only marks the end
		case err != nil:
			return nil, false, err
		}
	}
	return head, false, nil
}

// faultReader remembers why reading failed.
type faultReader struct {
	from  io.Reader
	fault error
}

func (f *faultReader) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.fault = err
	}
	return n, err
}

// Object reads an object from d, or null. field reads the value of the field
// with a name, and reports whether it did; Object skips other values.
func Object(d *json.Decoder, field func(name string) (read bool, err error)) error {
	return within(d, '{', func() error {
		name, err := d.Token()
		if err != nil {
			return err
		}
		text, _ := name.(string)
		read, err := field(text)
		if err != nil || read {
			return err
		}
		var ignored json.RawMessage
		return d.Decode(&ignored)
	})
}

// List reads a list from d, or null, an element at a time.
func List(d *json.Decoder, element func() error) error { return within(d, '[', element) }

// ListOrNull is List, and reports whether there was a list.
func ListOrNull(d *json.Decoder, element func() error) (isList bool, err error) {
	return begun(d, '[', element)
}

func within(d *json.Decoder, begin json.Delim, each func() error) error {
	_, err := begun(d, begin, each)
	return err
}

// begun reads a value that begins with begin, or null, and reports whether it
// began so.
func begun(d *json.Decoder, begin json.Delim, each func() error) (bool, error) {
	switch token, err := d.Token(); {
	case err != nil:
		return false, err
	case token == nil:
		return false, nil
	case token != begin:
		return false, fmt.Errorf("there is %v where %v begins", token, begin)
	}
	for d.More() {
		if err := each(); err != nil {
			return true, err
		}
	}
	_, err := d.Token()
	return true, err
}

// MaxAlerts returns the limit on the alerts of one answer. 0 means all.
func (c *Client) MaxAlerts() int { return c.most }

// Omitted returns the sentence that alerts beyond the limit were counted only.
func Omitted(read, omitted int) string {
	return fmt.Sprintf("only %d of %d alerts are loaded (max_alerts)", read, read+omitted)
}
