package realservers

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// patience is how long a server may take to become ready, and a condition
	// to become true, on a busy machine.
	patience = 60 * time.Second
	// checkEvery is the time between two checks of a condition.
	checkEvery = 25 * time.Millisecond
	// maxLog is how much of the end of a log is printed.
	maxLog = 16 << 10
	// attempts is how often a start is tried: another program may take the port
	// after it was chosen.
	attempts = 5
	// inUse is in the log of a server whose port was taken.
	inUse = "address already in use"
)

// Server is a running server.
type Server struct {
	// URL is its address, as in http://127.0.0.1:40123.
	URL string

	name    string
	config  string // path of the configuration
	rules   string // path of a Prometheus's rule file
	log     string // path
	command *exec.Cmd
	ended   chan struct{} // closed when the process has
	stop    sync.Once
}

// process describes a program to start.
type process struct {
	name, binary, directory string
	config                  string // path
	arguments               func(address string) []string
	// address chooses the address to listen on. Nil means a free port.
	address func(testing.TB) string
}

// start starts p on a free port and waits until it is ready.
func start(t testing.TB, p process) *Server {
	t.Helper()
	s, err := try(t, p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// try is start that returns its failure.
func try(t testing.TB, p process) (*Server, error) {
	t.Helper()
	for attempt := 1; ; attempt++ {
		s := launch(t, p)
		err := s.untilReady()
		if err == nil {
			return s, nil
		}
		s.Stop()
		if attempt == attempts || !strings.Contains(s.logs(), inUse) {
			return nil, fmt.Errorf("%s: %w\n%s", p.name, err, s.logs())
		}
	}
}

func launch(t testing.TB, p process) *Server {
	t.Helper()
	choose := p.address
	if choose == nil {
		choose = freeAddress
	}
	address := choose(t)
	log, err := os.CreateTemp(p.directory, "*.log")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{URL: "http://" + address, name: p.name, config: p.config, log: log.Name(), ended: make(chan struct{})}
	s.command = exec.CommandContext(t.Context(), p.binary, p.arguments(address)...)
	s.command.Dir = p.directory
	s.command.Stdout, s.command.Stderr = log, log
	s.command.SysProcAttr = endWithParent()
	if err := s.command.Start(); err != nil {
		t.Fatalf("starting %s: %v", filepath.Base(p.binary), err)
	}
	_ = log.Close() // the process has its own
	go func() {
		_ = s.command.Wait() // it always ends by a kill
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the log of %s at %s:\n%s", s.name, s.URL, s.logs())
		}
	})
	return s
}

// Stop ends the server as a crash would, and returns when it has ended. It may
// be called more than once.
func (s *Server) Stop() {
	s.stop.Do(func() { _ = s.command.Process.Kill() })
	<-s.ended
}

// ReplaceRules replaces a Prometheus's rules and starts a reload. The reload is
// not complete when ReplaceRules returns.
func (s *Server) ReplaceRules(t testing.TB, rules string) {
	t.Helper()
	if s.rules == "" {
		t.Fatalf("%s has no rules", s.name)
	}
	s.replace(t, s.rules, rules)
}

// ReplaceConfig replaces a server's configuration and starts a reload, as
// ReplaceRules does.
func (s *Server) ReplaceConfig(t testing.TB, o Options) {
	t.Helper()
	s.replace(t, s.config, o.fill(t, o.Config, ""))
}

func (s *Server) replace(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatalf("telling %s to reload: %v", s.name, err)
	}
}

// untilReady waits until the server reports that it is ready. If another
// program has taken the port and answers on it, this server ends.
func (s *Server) untilReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	for {
		if s.listens() && s.ready(ctx, client) {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("it ended: %v", s.command.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("not ready after %v", patience)
		case <-ticker.C:
		}
	}
}

// listens reports whether this very process has the port, according to its log.
// Another program may answer on it.
func (s *Server) listens() bool {
	b, err := os.ReadFile(s.log)
	return err == nil && bytes.Contains(b, []byte(`"Listening on" address=`+strings.TrimPrefix(s.URL, "http://")+"\n"))
}

func (s *Server) ready(ctx context.Context, client *http.Client) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/-/ready", nil)
	if err != nil {
		return false
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// logs returns the end of the server's output.
func (s *Server) logs() string {
	b, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-maxLog):])
}

// freeAddress returns a loopback address that nothing listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

// Eventually waits until condition is true, and fails the test when that takes
// too long. what names the condition, as in "two alerts firing".
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("waited %v in vain for %s", patience, what)
		case <-ticker.C:
		}
	}
}
