// Package conntrack replaces github.com/mwitkow/go-conntrack, which
// prometheus/common/config makes its connections with, by what it does without
// metrics and tracing. Nobody can read either of firstline, and the tracing makes web pages
// with html/template.
package conntrack

import (
	"context"
	"net"
)

// DialContext makes a connection.
type DialContext = func(ctx context.Context, network, address string) (net.Conn, error)

// Option changes how connections are made.
type Option func(*DialContext)

// DialWithName names the connections in metrics, which there are none of.
func DialWithName(string) Option { return func(*DialContext) {} }

// DialWithTracing traces connections, which nothing here does.
func DialWithTracing() Option { return func(*DialContext) {} }

// DialWithDialContextFunc makes connections by dial.
func DialWithDialContextFunc(dial DialContext) Option {
	return func(d *DialContext) { *d = dial }
}

// NewDialContextFunc returns what makes connections, unless an option says
// otherwise by net.Dialer.
func NewDialContextFunc(options ...Option) DialContext {
	dial := (&net.Dialer{}).DialContext
	for _, o := range options {
		o(&dial)
	}
	return dial
}
