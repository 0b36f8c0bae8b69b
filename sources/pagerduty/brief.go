package pagerduty

import (
	"context"
	"net/url"

	"firstline/internal/crash"
	"firstline/sources"
)

// ahead reads the page after the one that is being read, if it is sure that there is
// one and the rate limit leaves room for two requests at once.
type ahead struct {
	running crash.Group
	// offset is that of the page, answer gets it; nil: none is being read.
	offset int
	answer chan readAhead
}

type readAhead struct {
	page page[incidentAnswer]
	err  error
}

// read reads the page at an offset. total is the length of the whole list, or 0.
func (a *ahead) read(ctx context.Context, c *Client, q url.Values, offset, limit, total int) (page[incidentAnswer], error) {
	get := func(offset, limit int) (page[incidentAnswer], error) {
		return readPage[incidentAnswer](ctx, c, "reading incidents", "/incidents", "incidents", q, offset, limit)
	}
	mine := a.answer
	if a.offset != offset {
		mine = nil // the pages went on otherwise
	}
	a.answer = nil
	if after := offset + limit; after < min(total, offsetCap) && c.transport.room() {
		answer := make(chan readAhead, 1)
		a.offset, a.answer = after, answer
		a.running.Go(func() {
			defer close(answer)
			p, err := get(after, min(pageSize, offsetCap-after))
			answer <- readAhead{p, err}
		})
	}
	if mine == nil {
		return get(offset, limit)
	}
	one, ok := <-mine
	if !ok {
		a.running.Wait() // which ends by the fault of the other
	}
	return one.page, one.err
}

// briefCatalog reads what a list of the incidents needs besides them.
type briefCatalog struct {
	client  *Client
	running crash.Group
	errs    [2]error
}

// begin begins to read the user and the services, while the incidents are read.
func (b *briefCatalog) begin(ctx context.Context) {
	b.running.Go(func() { b.errs[0] = b.client.readMe(ctx) })
	b.running.Go(func() { b.errs[1] = b.client.readServices(ctx) })
}

// finish waits for these, and reads who is on call for the incidents.
func (b *briefCatalog) finish(ctx context.Context, show func()) error {
	b.running.Wait()
	limited, unreachable := false, 0
	for _, err := range b.errs {
		if err != nil && ctx.Err() != nil {
			return err
		}
		limited = limited || sources.ReasonOf(err) == sources.RateLimited
		if sources.ReasonOf(err) == sources.Unreachable {
			unreachable++
		}
	}
	if limited || unreachable == len(b.errs) {
		return nil // the other request would wait and fail as well
	}
	err := b.client.readOnCalls(ctx, true)
	show()
	if ctx.Err() != nil {
		return err
	}
	return nil
}
