package pagerduty

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"firstline/internal/clean"
	"firstline/sources"
)

// broken classifies an attempt without a whole answer. neverLeft means that no
// byte of the request was written.
func (t *transport) broken(req *http.Request, err error, neverLeft bool) *fault {
	var redirect *redirectError
	if errors.As(err, &redirect) {
		return &fault{err: t.mayHaveHappened(req, t.failure(req, sources.NotAnAPI, fmt.Sprintf(
			"%s wanted to send us on to %s and the token does not go there: check url under [pagerduty]", t.base.Host, clean.Line(redirect.to)), err), 0)}
	}
	unsent := neverLeft || neverSent(err)
	if cause := req.Context().Err(); cause != nil {
		return &fault{err: t.stopped(req, cause, !unsent)}
	}
	sentence, mayMend := t.networkSentence(err)
	e := t.failure(req, sources.Unreachable, sentence, err)
	if !unsent {
		e = t.mayHaveHappened(req, e, 0)
	}
	return &fault{err: e, repeatable: mayMend && (unsent || !isWrite(req))}
}

// neverSent reports whether err proves that nothing of the request was sent:
// there was no connection.
func neverSent(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return true
	case errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect"):
		return true
	}
	return untrusted(err)
}

// untrusted reports whether the TLS handshake failed.
func untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verify) || errors.As(err, &header) ||
		errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid)
}

// networkSentence says what happened and what to do, and whether an immediate
// retry may help.
func (t *transport) networkSentence(err error) (sentence string, mayMend bool) {
	host := t.base.Host
	var dns *net.DNSError
	var op *net.OpError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var header tls.RecordHeaderError
	timeout, _ := errors.AsType[net.Error](err)
	switch {
	case errors.As(err, &authority):
		return fmt.Sprintf("the certificate of %s is signed by an authority that this machine does not know: if your network looks into TLS, add its CA to the system's or name its file in SSL_CERT_FILE", host), false
	case errors.As(err, &name):
		return fmt.Sprintf("the certificate that answered for %s belongs to another host: check url under [pagerduty] and the proxy", host), false
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return fmt.Sprintf("the certificate of %s is expired or not yet valid: check this machine's clock", host), false
		}
		return fmt.Sprintf("the certificate of %s is not valid: check the proxy", host), false
	case untrusted(err) && !errors.As(err, &header):
		return fmt.Sprintf("the certificate of %s could not be verified: check the proxy and this machine's certificates", host), false
	case errors.As(err, &header), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Sprintf("%s does not speak TLS: check url under [pagerduty] and the proxy", host), false
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("the name %s is not known (DNS): check the network and url under [pagerduty]", host), false
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s could not be looked up (DNS): check the network", host), !dns.IsTimeout
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy of this machine can't be reached: check HTTPS_PROXY", true
	case errors.Is(err, context.DeadlineExceeded), timeout != nil && timeout.Timeout():
		return fmt.Sprintf("%s did not answer within %d s: check the network, and status.pagerduty.com", host, int(requestTimeout.Seconds())), false
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("%s refuses connections: check url under [pagerduty]", host), true
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Sprintf("%s can't be reached: check the network", host), true
	}
	return fmt.Sprintf("the connection to %s broke: check the network", host), true
}
