package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// guard watches where one fetch connects to. The first connection decides what
// the rest may do: who began on the public internet is not led into a private
// network, whatever a redirect or a name server says.
type guard struct {
	fetcher *Fetcher

	mu      sync.Mutex
	begun   bool
	public  bool
	proxies map[string]bool // host:port
}

// proxy asks the environment, and remembers the proxy: it may stand in the
// private network, and then it is the one that decides what can be reached.
func (g *guard) proxy(r *http.Request) (*url.URL, error) {
	u, err := g.fetcher.proxy(r)
	if err != nil || u == nil {
		return u, err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.proxies == nil {
		g.proxies = map[string]bool{}
	}
	g.proxies[net.JoinHostPort(u.Hostname(), port)] = true
	return u, nil
}

func (g *guard) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("reading the address: %w", err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("reading the port: %w", err)
	}
	var addresses []netip.Addr
	if literal, parseErr := netip.ParseAddr(host); parseErr == nil {
		addresses = []netip.Addr{literal}
	} else if addresses, err = g.fetcher.lookup(ctx, host); err != nil {
		return nil, err
	}
	if !g.isProxy(address) {
		if err := g.check(host, addresses); err != nil {
			return nil, err
		}
	}
	var last error
	for _, a := range addresses {
		conn, err := g.fetcher.dial(ctx, netip.AddrPortFrom(a.Unmap(), uint16(port)))
		if err == nil {
			return conn, nil
		}
		last = err
	}
	if last == nil {
		last = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return nil, last
}

func (g *guard) isProxy(address string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.proxies[address]
}

// check refuses addresses that a runbook has no business at.
func (g *guard) check(host string, addresses []netip.Addr) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	public := true
	for _, a := range addresses {
		a = a.Unmap()
		switch {
		case a.IsLinkLocalUnicast(), a.IsMulticast(), a.IsUnspecified():
			// 169.254.169.254 is where clouds hand out credentials.
			return sentence("the runbook_url leads to a link-local address; firstline does not go there.")
		case a.IsLoopback() && !isLoopbackName(host):
			return sentence("the runbook_url leads to this very machine under another name; firstline does not go there.")
		case a.IsPrivate(), a.IsLoopback(), sharedAddresses.Contains(a):
			public = false
		}
	}
	if !g.begun {
		g.begun, g.public = true, public
		return nil
	}
	if g.public && !public {
		return sentence("a public page redirects to a private address; firstline does not follow.")
	}
	return nil
}

// sharedAddresses are carrier-grade NAT's (RFC 6598), also used inside clouds.
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

func isLoopbackName(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
