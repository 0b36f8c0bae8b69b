package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"firstline/internal/clean"
	"firstline/internal/network"
)

// guard checks where one fetch connects to. A runbook's reference is written by
// whoever writes alerts, and reaches into a private network only if the host is
// configured, whatever a redirect or a name server says.
type guard struct {
	fetcher *Fetcher

	mu      sync.Mutex
	proxies map[string]bool // host:port
}

// proxy asks the environment and remembers the proxy: it may be in the private
// network, and then it decides what can be reached.
func (g *guard) proxy(r *http.Request) (*url.URL, error) {
	u, err := g.fetcher.proxy(r)
	if err != nil || u == nil {
		return u, err
	}
	if network.ProxyInClear(u) {
		return nil, sentence("the proxy's credentials would go over plain http to another machine; use https:// in HTTPS_PROXY and HTTP_PROXY.")
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

// literal refuses a URL whose host is a forbidden address. A proxy dials for us
// and does not check this.
func (g *guard) literal(u *url.URL) error {
	host := u.Hostname()
	if strings.EqualFold(host, "localhost") {
		return g.check(host, []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})})
	}
	if address, err := netip.ParseAddr(host); err == nil {
		return g.check(host, []netip.Addr{address})
	}
	return nil
}

// check refuses addresses that a runbook must not reach.
func (g *guard) check(host string, addresses []netip.Addr) error {
	named := slices.Contains(g.fetcher.options.Hosts, strings.ToLower(host))
	for _, a := range addresses {
		a = embedded(a)
		switch {
		case a.IsLinkLocalUnicast(), a.IsMulticast(), a.IsUnspecified():
			// Clouds hand out credentials at 169.254.169.254.
			return sentence("the runbook_url leads to a link-local address; firstline does not go there.")
		case named:
		case a.IsLoopback():
			return sentence(fmt.Sprintf("the runbook_url leads to this very machine; to allow that, add %q to hosts under [runbooks].", clean.Line(host)))
		case a.IsPrivate(), slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(a) }):
			return sentence(fmt.Sprintf("the runbook_url leads into a private network; to allow that, add %q to hosts under [runbooks].", clean.Line(host)))
		}
	}
	return nil
}

// embedded returns the IPv4 address inside an IPv6 address through which a
// gateway would reach it, else the address itself.
func embedded(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a
	}
	b := a.As16()
	switch {
	case nat64.Contains(a), compatible.Contains(a) && !a.IsLoopback() && !a.IsUnspecified():
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return a
}

var (
	nat64      = netip.MustParsePrefix("64:ff9b::/96")
	compatible = netip.MustParsePrefix("::/96")
	sixToFour  = netip.MustParsePrefix("2002::/16")

	// notPublic are further private networks (RFC 6890).
	notPublic = []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),
		netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT, also used inside clouds
		netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"),
		netip.MustParsePrefix("240.0.0.0/4"),
		netip.MustParsePrefix("64:ff9b:1::/48"), // NAT64 of a local network
		netip.MustParsePrefix("fec0::/10"),      // site-local, deprecated
	}
)
