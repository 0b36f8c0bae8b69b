package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// server serves one stand-in on a free loopback port.
type server struct {
	listener net.Listener
	http     *http.Server
	done     chan struct{}
}

func listen(h http.Handler) (*server, error) {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening on loopback: %w", err)
	}
	s := &server{l, &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}, make(chan struct{})}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // Close ends it with ErrServerClosed
	}()
	return s, nil
}

// URL returns the server's root.
func (s *server) URL() string { return "http://" + s.listener.Addr().String() }

// Close stops serving, as if the server had died, and waits for its goroutine.
func (s *server) Close() error {
	if s == nil {
		return nil
	}
	err := s.http.Close()
	<-s.done
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("closing a stand-in: %w", err)
	}
	return nil
}
