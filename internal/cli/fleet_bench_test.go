package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
	"firstline/sources/demo"
)

// BenchmarkFleet runs the whole program in a terminal against servers with
// 2,000 incidents and 10,000 alerts, and against a small team's 30 and 90.
// PagerDuty answers each request after 100 ms. It prints
//
//	ms-first-live   start to the first live row
//	ms-last-known   start to the last known screen, no server answering
//	MB-resident     memory after a minute
//	%CPU            of a core, in that minute, in which nothing changes
//	requests/min    asked of PagerDuty in that minute
//
// It takes minutes for each, and -short leaves it out.
func BenchmarkFleet(b *testing.B) {
	if testing.Short() {
		b.Skip("it watches the program for minutes")
	}
	if _, err := exec.LookPath("script"); err != nil {
		b.Skip("util-linux's script gives the terminal, and is not here")
	}
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		b.Skip("memory and CPU are read from Linux's /proc")
	}
	for _, size := range []struct{ incidents, alerts int }{{30, 90}, {2_000, 10_000}} {
		b.Run(fmt.Sprintf("incidents=%d/alerts=%d", size.incidents, size.alerts), func(b *testing.B) {
			for range b.N {
				benchmarkFleet(b, size.incidents, size.alerts)
			}
		})
	}
}

// serverDelay is how long PagerDuty thinks about each request.
const serverDelay = 100 * time.Millisecond

func benchmarkFleet(b *testing.B, incidents, alerts int) {
	f := newFleet(b, incidents, alerts)

	live := f.start(b)
	first := live.sees(b, "Fleet")
	b.ReportMetric(first, "ms-first-live")
	f.reads(b)
	time.Sleep(35 * time.Second) // the last state is stored
	before, asked := live.cpu(b), len(f.toPagerDuty.Requests())
	const watched = time.Minute
	time.Sleep(watched)
	b.ReportMetric(float64(live.cpu(b)-before)/float64(watched)*100, "%CPU")
	b.ReportMetric(float64(len(f.toPagerDuty.Requests())-asked)/watched.Minutes(), "requests/min")
	b.ReportMetric(live.resident(b), "MB-resident")
	live.quit(b)

	close(f.mute)
	stored := f.start(b)
	b.ReportMetric(stored.sees(b, "Fleet"), "ms-last-known")
	stored.quit(b)
}

// fleet is a company of a size, with a configuration that names its servers.
type fleet struct {
	pagerDuty              *demo.PagerDuty
	toPagerDuty            *faults.Injector
	program, config, state string
	// mute blocks the answers of every server until it is closed.
	mute chan struct{}
}

func newFleet(b *testing.B, incidents, alerts int) *fleet {
	b.Helper()
	f := &fleet{
		pagerDuty: demo.NewPagerDuty(demo.PagerDutyOptions{Directory: fleetDirectory(), RequestsPerMinute: 1_000_000}),
		program:   filepath.Join(b.TempDir(), "firstline"), state: b.TempDir(), mute: make(chan struct{}),
	}
	f.toPagerDuty = faults.Into(f.pagerDuty)
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", f.program, "firstline")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	answers := f.fill(b, incidents, alerts)
	pagerDuty := f.serve(b, serverDelay, f.pagerDuty)
	mux := http.NewServeMux()
	for path, answer := range answers {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(answer)
		})
	}
	servers := f.serve(b, 10*serverDelay, mux) // the first row is an incident's
	f.config = filepath.Join(b.TempDir(), "config.toml")
	text := fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n[first_line]\nescalation_policy = \"PP1\"\n[[prometheus]]\nurl = %q\n[[alertmanager]]\nurl = %q\n",
		demo.Email, pagerDuty, servers, servers)
	if err := os.WriteFile(f.config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return f
}

// serve answers after a delay, and not at all once the fleet is mute.
func (f *fleet) serve(b *testing.B, delay time.Duration, h http.Handler) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-f.mute:
			<-r.Context().Done()
			return
		case <-time.After(delay):
		}
		h.ServeHTTP(w, r)
	}))
	b.Cleanup(s.Close)
	return s.URL
}

func fleetDirectory() demo.Directory {
	return demo.Directory{
		Users:    []demo.User{{ID: "PU1", Name: "Dana Weber", Email: demo.Email, TimeZone: "Europe/Berlin"}},
		Policies: []demo.Policy{{ID: "PP1", Name: "First line", Levels: []demo.PolicyLevel{{Delay: 24 * time.Hour, UserIDs: []string{"PU1"}}}}},
		Services: []demo.Service{{ID: "PS1", Name: "Fleet", PolicyID: "PP1", RoutingKey: fleetRoutingKey}},
		Tokens:   map[string]string{demo.Token: "PU1"},
	}
}

const fleetRoutingKey = "0123456789abcdef0123456789abcdef"

// fill opens the incidents, and gives what Prometheus and Alertmanager answer
// to each path. All alerts of an incident are of one of Alertmanager's groups.
func (f *fleet) fill(b *testing.B, incidents, alerts int) map[string][]byte {
	b.Helper()
	type m = map[string]any
	since := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	var groups, fired []m
	for i := range incidents {
		name, service := fmt.Sprintf("FleetAlert%d", i%97), fmt.Sprintf("service-%d", i)
		var list []m
		text := ""
		for j := range alerts / incidents {
			pod := fmt.Sprintf("pod-%d-%d", i, j)
			labels := m{"alertname": name, "service": service, "severity": "critical", "namespace": "prod", "pod": pod, "instance": fmt.Sprintf("10.0.%d.%d:9090", i%250, j), "job": "kubernetes-pods"}
			annotations := m{"summary": "More than a twentieth of the requests failed", "runbook_url": "https://runbooks.example.com/" + name}
			list = append(list, m{
				"labels": labels, "annotations": annotations, "startsAt": since, "updatedAt": since, "endsAt": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
				"fingerprint": fmt.Sprintf("%016x", i*1000+j), "receivers": []m{{"name": "pd"}}, "generatorURL": "http://prometheus.example.com/graph?g0.expr=up",
				"status": m{"state": "active", "silencedBy": []string{}, "inhibitedBy": []string{}, "mutedBy": []string{}},
			})
			fired = append(fired, m{"labels": labels, "annotations": annotations, "state": "firing", "activeAt": since, "value": "1e+00"})
			text += fmt.Sprintf("Labels:\n - alertname = %s\n - instance = %s\n - job = kubernetes-pods\n - namespace = prod\n - pod = %s\n - service = %s\n - severity = critical\nAnnotations:\n - summary = it broke\nSource: http://prometheus.example.com/graph?g0.expr=up\n",
				name, labels["instance"], pod, service)
		}
		groups = append(groups, m{"labels": m{"alertname": name, "service": service}, "receiver": m{"name": "pd"}, "alerts": list})
		key := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, `{}:{alertname=%q, service=%q}`, name, service)))
		openIncident(b, f.pagerDuty, key, "[FIRING:5] "+name, text)
	}
	status := m{
		"cluster": m{"status": "disabled"}, "versionInfo": m{"version": "0.31.1"}, "uptime": since,
		"config": m{"original": "route:\n  receiver: pd\n  group_by: [alertname, service]\nreceivers:\n- name: pd\n  pagerduty_configs: [{routing_key: secret}]\n"},
	}
	success := func(data any) m { return m{"status": "success", "data": data} }
	answers := map[string][]byte{}
	for path, answer := range map[string]any{
		"/api/v2/alerts/groups": groups, "/api/v2/silences": []m{}, "/api/v2/status": status,
		"/api/v1/alerts": success(m{"alerts": fired}), "/api/v1/rules": success(m{"groups": []m{}}),
		"/api/v1/status/config": success(m{"yaml": "global: {}\n"}),
	} {
		body, err := json.Marshal(answer)
		if err != nil {
			b.Fatal(err)
		}
		answers[path] = body
	}
	return answers
}

// openIncident sends PagerDuty an event, as Alertmanager would.
func openIncident(tb testing.TB, pagerDuty *demo.PagerDuty, key, title, firing string) {
	tb.Helper()
	body, err := json.Marshal(map[string]any{
		"routing_key": fleetRoutingKey, "dedup_key": key, "event_action": "trigger", "client": "Alertmanager",
		"payload": map[string]any{
			"summary": title, "source": "Alertmanager", "severity": "critical",
			"custom_details": map[string]string{"firing": firing, "num_firing": "5", "num_resolved": "0", "resolved": ""},
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	w := httptest.NewRecorder()
	pagerDuty.ServeHTTP(w, httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/v2/enqueue", bytes.NewReader(body)))
	if w.Code != http.StatusAccepted {
		tb.Fatalf("the event was answered %d: %s", w.Code, w.Body)
	}
}

// program is firstline in a terminal of script's.
type program struct {
	begun time.Time
	pid   int
	in    io.WriteCloser
	out   *bufio.Reader
	wait  func() error
	// drained is closed when everything that was drawn has been read.
	drained chan struct{}
}

func (f *fleet) start(b *testing.B) *program {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 30*time.Minute)
	b.Cleanup(cancel)
	// The shell first prints the process id, which exec preserves.
	line := fmt.Sprintf("stty cols 200 rows 50; echo pid $$; exec '%s' --config '%s'", f.program, f.config)
	command := exec.CommandContext(ctx, "script", "-qfec", line, os.DevNull)
	command.Env = append(os.Environ(), "XDG_STATE_HOME="+f.state, "TERM=xterm-256color", "PAGERDUTY_TOKEN="+demo.Token, "SHELL=/bin/sh")
	in, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	p := &program{begun: time.Now(), in: in, out: bufio.NewReader(out), wait: command.Wait, drained: make(chan struct{})}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	text, err := p.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	if p.pid, err = strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(text, "pid "))); err != nil {
		b.Fatalf("%q: %v", text, err)
	}
	p.begun = time.Now()
	return p
}

// sees reads what is drawn until a text is in it, gives the milliseconds since
// the start, and has the rest read and dropped.
func (p *program) sees(b *testing.B, text string) float64 {
	b.Helper()
	var seen strings.Builder
	chunk := make([]byte, 32<<10)
	for !strings.Contains(seen.String(), text) {
		n, err := p.out.Read(chunk)
		seen.Write(chunk[:n])
		if err != nil {
			b.Fatalf("%q is not drawn: %v\n%q", text, err, seen.String())
		}
	}
	took := time.Since(p.begun)
	go func() {
		_, _ = io.Copy(io.Discard, p.out)
		close(p.drained)
	}()
	return float64(took.Microseconds()) / 1000
}

// reads waits until the alerts of all incidents are read: some at each poll, so
// that other users of the account are left their share of its rate limit.
func (f *fleet) reads(b *testing.B) {
	b.Helper()
	for asked := -1; asked != f.alertReads(); {
		asked = f.alertReads()
		select {
		case <-time.After(20 * time.Second): // longer than between two polls
		case <-b.Context().Done():
			b.Fatal(b.Context().Err())
		}
	}
}

func (f *fleet) alertReads() (n int) {
	for _, r := range f.toPagerDuty.Requests() {
		if strings.HasSuffix(r.Path, "/alerts") {
			n++
		}
	}
	return n
}

func (p *program) proc(b *testing.B, name string) []string {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.pid, name))
	if err != nil {
		b.Fatal(err)
	}
	return strings.Fields(string(text))
}

// cpu returns the processor time so far. See proc(5): utime and stime are in
// hundredths of a second.
func (p *program) cpu(b *testing.B) time.Duration {
	b.Helper()
	var ticks int
	fields := p.proc(b, "stat")
	for _, field := range fields[13:15] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// resident is the memory in use, in MB.
func (p *program) resident(b *testing.B) float64 {
	b.Helper()
	notified, err := strconv.Atoi(p.proc(b, "statm")[1])
	if err != nil {
		b.Fatal(err)
	}
	return float64(notified*os.Getpagesize()) / 1e6
}

func (p *program) quit(b *testing.B) {
	b.Helper()
	if _, err := io.WriteString(p.in, "q"); err != nil {
		b.Fatal(err)
	}
	<-p.drained
	if err := p.wait(); err != nil {
		b.Fatalf("it did not end well: %v", err)
	}
}
