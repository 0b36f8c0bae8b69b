package pagerduty

import (
	"errors"
	"fmt"
	"net"
	"net/http"

	"firstline/internal/clean"
	"firstline/internal/network"
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
	unsent := neverLeft || network.NeverSent(err)
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

// networkSentence says what happened and what to do, and whether an immediate
// retry may help.
func (t *transport) networkSentence(err error) (sentence string, mayMend bool) {
	advice := "check the network"
	cause := network.CauseOf(err)
	switch cause {
	case network.UnknownAuthority:
		advice = "if your network looks into TLS, add its CA to the system's or name its file in SSL_CERT_FILE"
	case network.OtherHost, network.NotTLS:
		advice = "check url under [pagerduty] and the proxy"
	case network.Expired:
		advice = "check this machine's clock"
	case network.Unverified, network.HandshakeRefused:
		advice = "check the proxy and this machine's certificates"
	case network.UnknownName:
		advice = "check the network and url under [pagerduty]"
	case network.LookupFailed:
		dns, ok := errors.AsType[*net.DNSError](err)
		mayMend = ok && !dns.IsTimeout
	case network.ProxyUnreachable:
		advice, mayMend = "check HTTPS_PROXY", true
	case network.TimedOut:
		return fmt.Sprintf("%s did not answer within %d s: check the network, and status.pagerduty.com", t.base.Host, int(requestTimeout.Seconds())), false
	case network.Refused:
		advice, mayMend = "check url under [pagerduty]", true
	case network.Unreachable, network.CutOff, network.Broken:
		mayMend = true
	}
	return network.Sentence(err, t.base.Host) + ": " + advice, mayMend
}
