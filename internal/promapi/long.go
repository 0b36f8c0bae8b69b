package promapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"firstline/sources"
)

// GetStream is Get for an answer that may be too long to hold in memory: read gets
// it as a Stream. What read returns for an answer that was received whole is
// returned as it is.
func (c *Client) GetStream(ctx context.Context, doing, path string, query url.Values, read func(*Stream) error) error {
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
	c.clock.Compare(resp.Header, start, sources.Now())
	if resp.StatusCode/100 != 2 {
		body, err := io.ReadAll(resp.Body) // which is bounded
		if err != nil {
			return c.broken(ctx, doing, false, false, err)
		}
		return c.refused(doing, false, resp, body)
	}
	stream := NewStream(resp.Body)
	err = read(stream)
	c.log.Debug("asked", "source", c.source.Name, "method", req.Method, "path", u.Path, "took", time.Since(start), "failed", err != nil)
	if stream.fault != nil {
		return c.broken(ctx, doing, false, false, stream.fault)
	}
	return err
}

// MaxAlerts returns the limit on the alerts of one answer. 0 means all.
func (c *Client) MaxAlerts() int { return c.most }

// Omitted returns the sentence that alerts beyond the limit were counted only.
func Omitted(read, omitted int) string {
	return fmt.Sprintf("only %d of %d alerts are loaded (max_alerts)", read, read+omitted)
}
