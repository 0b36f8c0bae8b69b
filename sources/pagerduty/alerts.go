package pagerduty

import (
	"context"
	"fmt"
	"time"

	"firstline/sources"
)

// Bounds of reading alerts within one Read. See the package comment.
const (
	maxAlertReads = 150
	maxAlertTime  = 10 * time.Second
	showEvery     = time.Second
	// leaveTime is how long before the caller's deadline Read stops to begin
	// requests for alerts.
	leaveTime = 3 * time.Second
	// leaveSpare is how many requests of the minute Read leaves for actions and
	// for the person's other terminals.
	leaveSpare = 200
	// retryAlerts is the wait before alerts that could not be read are read
	// again.
	retryAlerts = 5 * time.Minute
	// maxFailedAlerts is the number of failures in a row after which Read stops
	// asking for alerts: one failure may concern a single incident, several
	// concern the account or the server.
	maxFailedAlerts = 3
)

// readAlerts reads alerts that were not read yet, for as many incidents as one
// Read may.
func (c *Client) readAlerts(ctx context.Context, show func()) error {
	due := c.state.dueAlerts(c.now())
	start, shown := c.now(), c.now()
	why, more := "", false
	failed := 0 // in a row
	defer func() { c.state.setAlertsWhy(why, more) }()
	for n, k := range due {
		deadline, bound := ctx.Deadline()
		if n >= maxAlertReads || c.now().Sub(start) >= maxAlertTime || bound && time.Until(deadline) < leaveTime {
			why, more = "an incident whose alerts do not all come with it takes a request of its own", true
			break
		}
		if !c.transport.spare(leaveSpare) {
			why = fmt.Sprintf("fewer than %d of the requests that PagerDuty allows in a minute are left, for all terminals and tools of this user together", leaveSpare)
			break
		}
		alerts, extent, err := c.readIncidentAlerts(ctx, k.incident.ID)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			c.state.alertsFailed(k.incident.ID, c.now().Add(retryAlerts), sources.Sentence(err))
			if failed++; n+1 == len(due) {
				break
			}
			switch sources.ReasonOf(err) {
			case sources.Unreachable, sources.RateLimited, sources.Unauthorized, sources.NotAnAPI:
				why = "reading them was given up: " + sources.Sentence(err)
			default:
				if failed < maxFailedAlerts {
					continue // it may concern this incident only
				}
				why = fmt.Sprintf("reading those of %d incidents in a row failed, and the others were not asked for then", failed)
			}
			break
		}
		failed = 0
		c.state.setAlerts(k.incident.ID, k.version, alerts, extent)
		if now := c.now(); now.Sub(shown) >= showEvery {
			shown = now
			show()
		}
	}
	return nil
}

// readIncidentAlerts reads all alerts of one incident.
func (c *Client) readIncidentAlerts(ctx context.Context, id string) ([]sources.IncidentAlert, sources.Extent, error) {
	const what = "reading the alerts of an incident"
	if err := c.checkIDs(what, id); err != nil {
		return nil, sources.Extent{}, err
	}
	path := "/incidents/" + id + "/alerts"
	l, err := readList[alertAnswer](ctx, c, what, path, "alerts", nil)
	if sources.ReasonOf(err) == sources.BadAnswer {
		// An answer with 100 alerts may be too long.
		l, err = readListBy[alertAnswer](ctx, c, what, path, "alerts", nil, pageSize/10, offsetCap)
	}
	if err != nil {
		return nil, sources.Extent{}, err
	}
	return convert(l.items, (*alertAnswer).alert), l.extent(), nil
}
