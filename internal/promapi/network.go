package promapi

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/network"
	"firstline/sources"
)

// broken classifies a request without a whole answer. ctx is the caller's own
// context. neverLeft means that no byte of the request was written.
func (c *Client) broken(ctx context.Context, doing string, write, neverLeft bool, err error) *sources.Error {
	e := c.Failure(doing, sources.Unreachable, "", err)
	e.Unknown = write && !neverLeft && !neverSent(err)
	var redirect *redirectError
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &redirect):
		e.Reason = sources.NotAnAPI
		e.Sentence = c.redirectSentence(redirect)
	case errors.Is(ctx.Err(), context.Canceled):
		e.Reason = sources.Canceled
		e.Sentence = "it was stopped before " + c.base.Host + " answered"
	case errors.Is(err, errTooLong):
		e.Reason = sources.BadAnswer
		e.Sentence = fmt.Sprintf("%s answered with more than %d MB: check url under %s", c.base.Host, maxBody>>20, c.section())
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		e.Reason = sources.BadAnswer
		e.Sentence = c.base.Host + " sent an answer that can't be unpacked: check the proxy before it"
	case errors.Is(err, errOtherHost):
		e.Reason = sources.Forbidden
		e.Sentence = "the request was for another host than " + c.base.Host + " and was not sent"
	default:
		e.Reason, e.Sentence = c.networkSentence(err)
	}
	return e
}

func (c *Client) redirectSentence(r *redirectError) string {
	to := clean.Line(r.to)
	if r.host {
		return fmt.Sprintf("%s wants to send us on to %s, which may be a login page, and credentials do not go there: set what it needs under http of %s, or that host in url", c.base.Host, to, c.section())
	}
	return fmt.Sprintf("%s wants to send us on to %s: if that is right, write it in url under %s", c.base.Host, to, c.section())
}

// neverSent reports whether err proves that nothing of the request was sent.
func neverSent(err error) bool {
	var file *fs.PathError
	return errors.As(err, &file) || errors.Is(err, errOtherHost) || fromOAuth2(err) || network.NeverSent(err)
}

// fromOAuth2 reports whether getting a token failed, which happens before the
// request itself.
func fromOAuth2(err error) bool { return strings.Contains(err.Error(), "oauth2: ") }

// networkSentence says what happened and what to do.
func (c *Client) networkSentence(err error) (sources.Reason, string) {
	section := c.section()
	var file *fs.PathError
	switch {
	case errors.As(err, &file):
		return sources.Unauthorized, fmt.Sprintf("%s, named under http of %s, can't be read: %s", clean.Line(file.Path), section, clean.Line(file.Err.Error()))
	case fromOAuth2(err):
		return sources.Unauthorized, fmt.Sprintf("there is no token for %s: check oauth2 under http of %s", c.base.Host, section)
	}
	return sources.Unreachable, network.Sentence(err, c.base.Host) + ": " + advice(network.CauseOf(err), section)
}

// advice says what to do about a failure. section is the source's table in the
// configuration.
func advice(cause network.Cause, section string) string {
	switch cause {
	case network.UnknownAuthority:
		return "name its file in tls_config.ca_file under http of " + section
	case network.OtherHost:
		return "check url under " + section + ", or set tls_config.server_name under http"
	case network.Expired:
		return "check this machine's clock, and inform whoever runs it"
	case network.Unverified:
		return "check tls_config under http of " + section
	case network.NotTLS:
		return "write http:// in url under " + section
	case network.HandshakeRefused:
		return "it may want a client certificate, set cert_file and key_file in tls_config under http of " + section
	case network.UnknownName:
		return "check the network or VPN, and url under " + section
	case network.ProxyUnreachable:
		return "check proxy_url under http of " + section + ", or HTTPS_PROXY"
	case network.TimedOut:
		return "check the network or VPN, and whether it is overloaded"
	case network.Refused:
		return "check that it runs, and url under " + section
	case network.CutOff:
		return "check the network and the proxy before it"
	case network.LookupFailed, network.Unreachable, network.Broken:
	}
	return "check the network or VPN"
}
