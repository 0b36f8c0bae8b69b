// Package network says what is known about a request that failed on the network,
// the same for every server: why, and whether it was sent.
package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"firstline/internal/clean"
)

// Cause is why a request got no whole answer.
type Cause int

// The causes. Broken is any that has no other name.
const (
	Broken Cause = iota
	UnknownAuthority
	OtherHost
	Expired
	Unverified
	NotTLS
	HandshakeRefused
	UnknownName
	LookupFailed
	ProxyUnreachable
	TimedOut
	Refused
	Unreachable
	CutOff
)

// CauseOf returns the cause of an error of net/http.
func CauseOf(err error) Cause {
	var (
		dns       *net.DNSError
		op        *net.OpError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		header    tls.RecordHeaderError
		timeout   net.Error
	)
	switch {
	case errors.As(err, &authority):
		return UnknownAuthority
	case errors.As(err, &name):
		return OtherHost
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Expired
	case errors.As(err, &header), notTLS(err):
		return NotTLS
	case errors.As(err, &op) && op.Op == remoteError:
		return HandshakeRefused
	case handshakeFailed(err):
		return Unverified
	case errors.As(err, &dns) && dns.IsNotFound:
		return UnknownName
	case errors.As(err, &dns):
		return LookupFailed
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return ProxyUnreachable
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.As(err, &op) && op.Op == "dial":
		return Unreachable
	case errors.Is(err, io.ErrUnexpectedEOF):
		return CutOff
	}
	return Broken
}

// remoteError is the net.OpError.Op of an alert that the other side sent.
// crypto/tls uses its exported AlertError only for QUIC.
const remoteError = "remote error"

// Sentence says what happened to a request to host. The caller adds what to do.
func Sentence(err error, host string) string {
	switch CauseOf(err) {
	case UnknownAuthority:
		return "the certificate of " + host + " is signed by an authority that this machine does not know"
	case OtherHost:
		return "the certificate that answered for " + host + " belongs to another host"
	case Expired:
		return "the certificate of " + host + " is expired or not yet valid"
	case Unverified:
		return "the certificate of " + host + " could not be verified"
	case NotTLS:
		return host + " does not speak TLS"
	case HandshakeRefused:
		why := err
		if op, ok := errors.AsType[*net.OpError](err); ok {
			why = op.Err
		}
		return host + " refused the TLS handshake (" + clean.Line(why.Error()) + ")"
	case UnknownName:
		return "the name " + host + " is not known (DNS)"
	case LookupFailed:
		return "the name " + host + " could not be looked up (DNS)"
	case ProxyUnreachable:
		return "the proxy can't be reached"
	case TimedOut:
		return host + " did not answer in time"
	case Refused:
		return host + " refuses connections"
	case Unreachable:
		return host + " can't be reached"
	case CutOff:
		return "the answer of " + host + " broke off"
	case Broken:
	}
	return "the connection to " + host + " broke"
}

// NeverSent reports whether err proves that nothing of the request was sent:
// there was no connection.
func NeverSent(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return true
	case errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect"):
		return true
	}
	return handshakeFailed(err)
}

// handshakeFailed reports whether this side ended the TLS handshake. An alert of
// the other side proves nothing: a server may refuse our certificate after the
// request.
func handshakeFailed(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		header    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	return errors.As(err, &verify) || errors.As(err, &header) ||
		errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid) || notTLS(err)
}

// notTLS reports whether the server answered in plain HTTP. net/http has no
// type for this error.
func notTLS(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// IsLoopback reports whether a host in an address is this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// ProxyInClear reports whether the credentials of a proxy's address would leave
// this machine without TLS. The proxy may be nil.
func ProxyInClear(proxy *url.URL) bool {
	return proxy != nil && proxy.User != nil && !strings.EqualFold(proxy.Scheme, "https") && !IsLoopback(proxy.Hostname())
}
