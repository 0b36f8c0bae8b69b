package pagerduty

import (
	"context"
	"fmt"
	"time"

	"firstline/sources"
)

// Bounds of reading alerts within one Read; see the package comment.
const (
	maxAlertReads = 150
	maxAlertTime  = 10 * time.Second
	showEvery     = time.Second
	// leaveTime is how long before the caller's deadline no more are begun.
	leaveTime = 3 * time.Second
	// leaveSpare is how many requests of the minute stay for actions and for
	// the person's other terminals.
	leaveSpare = 200
	// retryAlerts is how long alerts that could not be read are left alone.
	retryAlerts = 5 * time.Minute
)

// readAlerts reads the alerts of incidents of which they are not known, as
// many as one Read may.
func (c *Client) readAlerts(ctx context.Context, show func()) error {
	due := c.state.dueAlerts(c.now())
	start, shown := c.now(), c.now()
	failed := 0
	var last error
	for n, k := range due {
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < leaveTime {
			break
		}
		if n >= maxAlertReads || c.now().Sub(start) >= maxAlertTime || !c.transport.spare(leaveSpare) {
			break
		}
		alerts, err := c.readIncidentAlerts(ctx, k.incident.ID)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			failed, last = failed+1, err
			c.state.alertsFailed(k.incident.ID, c.now().Add(retryAlerts))
			switch sources.ReasonOf(err) {
			case sources.NotFound, sources.BadAnswer:
				continue // this incident's own trouble
			}
			break
		}
		c.state.setAlerts(k.incident.ID, k.version, alerts)
		if now := c.now(); now.Sub(shown) >= showEvery {
			shown = now
			show()
		}
	}
	c.catalog.setAlertTrouble("")
	if failed > 0 {
		c.catalog.setAlertTrouble(fmt.Sprintf("the alerts of %d incidents could not be read: %s", failed, sources.Sentence(last)))
	}
	return nil
}

// readIncidentAlerts reads all alerts of one incident.
func (c *Client) readIncidentAlerts(ctx context.Context, id string) ([]sources.IncidentAlert, error) {
	const what = "reading the alerts of an incident"
	if err := c.checkIDs(what, id); err != nil {
		return nil, err
	}
	path := "/incidents/" + id + "/alerts"
	answers, _, _, err := readList[alertAnswer](ctx, c, what, path, "alerts", nil)
	if sources.ReasonOf(err) == sources.BadAnswer {
		// 100 alerts may be more than one answer may be long.
		answers, _, _, err = readListBy[alertAnswer](ctx, c, what, path, "alerts", nil, pageSize/10)
	}
	if err != nil {
		return nil, err
	}
	alerts := make([]sources.IncidentAlert, 0, len(answers))
	for i := range answers {
		alerts = append(alerts, answers[i].alert())
	}
	return alerts, nil
}
