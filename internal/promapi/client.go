// Package promapi is the one way to the HTTP APIs of the Prometheus family:
// client_golang's api.Client on Prometheus's own http client options, with
// bounds on what comes back, and each failure classified once into a
// *sources.Error.
package promapi

import "firstline/sources"

// Client speaks to one server.
type Client struct{ source sources.Source }

// Source says which server this is.
func (c *Client) Source() sources.Source { return c.source }

// CloseIdleConnections closes the connections that are not in use.
func (c *Client) CloseIdleConnections() {}
