package network_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"firstline/internal/network"
)

// failing sends a request to an address and returns the error.
func failing(t *testing.T, client *http.Client, address string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err == nil {
		_ = response.Body.Close()
		t.Fatal("it did not fail")
	}
	return err
}

func TestCausesOfRealFailures(t *testing.T) {
	closed, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	refusing := "http://" + closed.Addr().String()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	encrypted := httptest.NewTLSServer(http.NotFoundHandler())
	defer encrypted.Close()
	aborting := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer aborting.Close()
	forCertificate := httptest.NewUnstartedServer(http.NotFoundHandler())
	forCertificate.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}
	forCertificate.StartTLS()
	defer forCertificate.Close()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	proxy := func(to string) *http.Client {
		return &http.Client{Transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(to) }}}
	}
	pool := x509.NewCertPool()
	pool.AddCert(encrypted.Certificate())
	named := func(name string, now func() time.Time) *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name, Time: now}}}
	}
	for _, c := range []struct {
		name      string
		client    *http.Client
		address   string
		cause     network.Cause
		neverSent bool
		says      string
	}{
		{"refused", &http.Client{}, refusing, network.Refused, true, "h refuses connections"},
		{"an unknown authority", &http.Client{}, encrypted.URL, network.UnknownAuthority, true, "signed by an authority"},
		{"another host's certificate", named("elsewhere.example.org", nil), encrypted.URL, network.OtherHost, true, "belongs to another host"},
		{"an old certificate", named("example.com", func() time.Time { return time.Date(2990, 1, 1, 0, 0, 0, 0, time.UTC) }), encrypted.URL, network.Expired, true, "expired or not yet valid"},
		{"plain http", &http.Client{}, strings.Replace(plain.URL, "http:", "https:", 1), network.NotTLS, true, "h does not speak TLS"},
		{"a server that wants a certificate", forCertificate.Client(), forCertificate.URL, network.HandshakeRefused, false, "h refused the TLS handshake (tls: handshake failure)"},
		{"no proxy", proxy(refusing), encrypted.URL, network.ProxyUnreachable, true, "the proxy can't be reached"},
		{"silence", &http.Client{Timeout: 20 * time.Millisecond}, "http://" + silent.Addr().String(), network.TimedOut, false, "h did not answer in time"},
		{"no answer", &http.Client{}, aborting.URL, network.Broken, false, "the connection to h broke"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := failing(t, c.client, c.address)
			if cause := network.CauseOf(err); cause != c.cause {
				t.Errorf("the cause of %v is %d, want %d", err, cause, c.cause)
			}
			if never := network.NeverSent(err); never != c.neverSent {
				t.Errorf("never sent: %v, want %v: %v", never, c.neverSent, err)
			}
			if says := network.Sentence(err, "h"); !strings.Contains(says, c.says) {
				t.Errorf("it says %q, want %q", says, c.says)
			}
		})
	}
}

// Failures that a test on loopback can't cause.
func TestCausesOfErrors(t *testing.T) {
	for _, c := range []struct {
		err       error
		cause     network.Cause
		neverSent bool
	}{
		{&net.DNSError{IsNotFound: true}, network.UnknownName, true},
		{&net.DNSError{IsTimeout: true}, network.LookupFailed, true},
		{&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, network.Unreachable, true},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, network.Broken, false},
		{&net.OpError{Op: "dial", Err: context.DeadlineExceeded}, network.TimedOut, true},
		{&tls.CertificateVerificationError{Err: errors.New("x509: odd")}, network.Unverified, true},
		{x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}, network.Unverified, true},
		{io.ErrUnexpectedEOF, network.CutOff, false},
		{io.EOF, network.Broken, false},
		{errors.New("something"), network.Broken, false},
	} {
		err := fmt.Errorf("getting: %w", &url.Error{Op: "Get", Err: c.err})
		if cause := network.CauseOf(err); cause != c.cause {
			t.Errorf("the cause of %v is %d, want %d", err, cause, c.cause)
		}
		if never := network.NeverSent(err); never != c.neverSent {
			t.Errorf("%v: never sent: %v", err, never)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "localhost.example.com": false, "127.0.0.1.example.com": false, "10.0.0.1": false, "0.0.0.0": false, "::": false, "128.0.0.1": false,
	} {
		if got := network.IsLoopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
