package promapi

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"firstline/internal/clean"
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

// neverSent reports whether err proves that nothing of the request was sent:
// there was no connection.
func neverSent(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	var file *fs.PathError
	switch {
	case errors.As(err, &dns), errors.As(err, &file), errors.Is(err, errOtherHost), fromOAuth2(err):
		return true
	case errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect"):
		return true
	}
	// A server that refuses our certificate may do so after the request.
	var alert tls.AlertError
	return untrusted(err) && !errors.As(err, &alert)
}

// fromOAuth2 reports whether getting a token failed, which happens before the
// request itself.
func fromOAuth2(err error) bool { return strings.Contains(err.Error(), "oauth2: ") }

// untrusted reports whether the TLS handshake failed.
func untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verify) || errors.As(err, &header) || errors.As(err, &alert) || notTLS(err)
}

// notTLS reports whether the server answered in plain HTTP. net/http has no
// type for this error.
func notTLS(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// networkSentence says what happened and what to do.
func (c *Client) networkSentence(err error) (sources.Reason, string) {
	host, section := c.base.Host, c.section()
	var (
		dns       *net.DNSError
		op        *net.OpError
		file      *fs.PathError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		header    tls.RecordHeaderError
		alert     tls.AlertError
		timeout   net.Error
	)
	text := func(format string, a ...any) (sources.Reason, string) {
		return sources.Unreachable, fmt.Sprintf(format, a...)
	}
	switch {
	case errors.As(err, &file):
		return sources.Unauthorized, fmt.Sprintf("%s, named under http of %s, can't be read: %s", clean.Line(file.Path), section, clean.Line(file.Err.Error()))
	case fromOAuth2(err):
		return sources.Unauthorized, fmt.Sprintf("there is no token for %s: check oauth2 under http of %s", host, section)
	case errors.As(err, &authority):
		return text("the certificate of %s is signed by an authority that this machine does not know: name its file in tls_config.ca_file under http of %s", host, section)
	case errors.As(err, &name):
		return text("the certificate that answered for %s belongs to another host: check url under %s, or set tls_config.server_name under http", host, section)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return text("the certificate of %s is expired or not yet valid: check this machine's clock, and inform whoever runs it", host)
	case errors.As(err, &header), notTLS(err):
		return text("%s does not speak TLS: write http:// in url under %s", host, section)
	case errors.As(err, &alert):
		return text("%s refused the TLS handshake (%s): it may want a client certificate, set cert_file and key_file in tls_config under http of %s", host, clean.Line(alert.Error()), section)
	case untrusted(err):
		return text("the certificate of %s could not be verified: check tls_config under http of %s", host, section)
	case errors.As(err, &dns) && dns.IsNotFound:
		return text("the name %s is not known (DNS): check the network or VPN, and url under %s", host, section)
	case errors.As(err, &dns):
		return text("the name %s could not be looked up (DNS): check the network or VPN", host)
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return text("the proxy can't be reached: check proxy_url under http of %s, or HTTPS_PROXY", section)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return text("%s did not answer in time: check the network or VPN, and whether it is overloaded", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return text("%s refuses connections: check that it runs, and url under %s", host, section)
	case errors.As(err, &op) && op.Op == "dial":
		return text("%s can't be reached: check the network or VPN", host)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return text("the answer of %s broke off: check the network and the proxy before it", host)
	}
	return text("the connection to %s broke: check the network or VPN", host)
}
