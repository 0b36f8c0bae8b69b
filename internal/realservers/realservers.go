// Package realservers starts the real Prometheus and Alertmanager on loopback
// ports for tests, since a stand-in only ever agrees with its author.
//
// A test that needs a program which is not installed is skipped and names it.
// Where RequireVariable is 1, as on the machine that guards the main branch,
// the test fails instead.
//
// Configurations are templates: @PAGERDUTY@, @ALERTMANAGERS@ and
// @EXTERNAL_LABELS@ are replaced by the values of Options. Double braces stay,
// because Alertmanager's own templates use them.
package realservers

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// RequireVariable names the environment variable that, set to 1, turns a
	// missing program from a skipped test into a failed one.
	RequireVariable = "FIRSTLINE_REQUIRE_SERVERS"
	// NewAlertmanagerVariable names the environment variable that holds the
	// path of an Alertmanager of 0.30 or later.
	NewAlertmanagerVariable = "FIRSTLINE_ALERTMANAGER_NEW"
	// LatestAlertmanagerVariable names the environment variable that holds the
	// path of an Alertmanager of 0.34 or later.
	LatestAlertmanagerVariable = "FIRSTLINE_ALERTMANAGER_LATEST"
)

//go:embed testdata
var testdata embed.FS

// Options describe what to start.
type Options struct {
	// Binary is the program; empty means Debian's prometheus or
	// prometheus-alertmanager, from the PATH.
	Binary string
	// Config is the configuration's text; empty means the one in testdata.
	Config string
	// Rules is the text of a Prometheus's rule file, rules.yml beside the
	// configuration; empty means the one in testdata.
	Rules string
	// PagerDutyURL is where an Alertmanager sends events, without /v2/enqueue.
	// Empty means an address where nothing listens.
	PagerDutyURL string
	// AlertmanagerURLs are the addresses to which a Prometheus sends its
	// alerts.
	AlertmanagerURLs []string
	// ExternalLabels are a Prometheus's; nil means cluster=dev, replica=a.
	ExternalLabels map[string]string
	// History is what a Prometheus has recorded before it starts, as OpenMetrics
	// with a time in each line, without "# EOF"; empty means nothing.
	History string
}

// StartAlertmanager starts an Alertmanager, alone in its cluster, waits until
// it is ready, and ends it with the test.
func StartAlertmanager(t testing.TB, o Options) *Server {
	t.Helper()
	return start(t, alertmanager(t, o, "--cluster.listen-address="))
}

// StartCluster starts Alertmanagers as members of one gossip cluster, waits
// until all know each other, and ends them with the test.
func StartCluster(t testing.TB, o Options, members int) []*Server {
	t.Helper()
	for attempt := 1; ; attempt++ {
		servers, err := startMembers(t, o, members)
		if err == nil {
			return servers
		}
		// Another program may have taken the gossip port.
		if attempt == attempts || !strings.Contains(err.Error(), inUse) {
			t.Fatal(err)
		}
	}
}

func startMembers(t testing.TB, o Options, members int) ([]*Server, error) {
	t.Helper()
	gossip := make([]string, members)
	for i := range gossip {
		gossip[i] = freeAddress(t)
	}
	servers := make([]*Server, members)
	for i := range servers {
		arguments := []string{
			"--cluster.listen-address=" + gossip[i],
			"--cluster.gossip-interval=50ms", "--cluster.settle-timeout=1s", "--cluster.reconnect-interval=1s",
		}
		for k, peer := range gossip {
			if k != i {
				arguments = append(arguments, "--cluster.peer="+peer)
			}
		}
		var err error
		if servers[i], err = try(t, alertmanager(t, o, arguments...)); err != nil {
			for _, s := range servers[:i] {
				s.Stop()
			}
			return nil, err
		}
	}
	for _, s := range servers {
		Eventually(t, fmt.Sprintf("%d members of the cluster", members), func() bool { return s.peers(t) == members })
	}
	return servers, nil
}

func alertmanager(t testing.TB, o Options, cluster ...string) process {
	t.Helper()
	binary := o.Binary
	if binary == "" {
		binary = find(t, "Debian's Alertmanager", "", "prometheus-alertmanager")
	}
	directory := t.TempDir()
	config := write(t, directory, "alertmanager.yml", o.fill(t, o.Config, "alertmanager.yml"))
	return process{
		name: "Alertmanager", binary: binary, directory: directory, config: config,
		arguments: func(address string) []string {
			return append([]string{
				"--config.file=" + config,
				"--storage.path=" + filepath.Join(directory, "data"),
				"--web.listen-address=" + address,
			}, cluster...)
		},
	}
}

// peers returns how many members the Alertmanager reports in its cluster.
func (s *Server) peers(t testing.TB) int {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v2/status", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("reading the status: %v", err)
	}
	defer resp.Body.Close()
	var answer struct {
		Cluster struct {
			Peers []struct{} `json:"peers"`
		} `json:"cluster"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatalf("reading the status: %v", err)
	}
	return len(answer.Cluster.Peers)
}

// StartPrometheus starts a Prometheus, waits until it is ready, and ends it
// with the test.
func StartPrometheus(t testing.TB, o Options) *Server {
	t.Helper()
	binary := o.Binary
	if binary == "" {
		binary = find(t, "Debian's Prometheus", "", "prometheus")
	}
	directory := t.TempDir()
	config := write(t, directory, "prometheus.yml", o.fill(t, o.Config, "prometheus.yml"))
	rules := write(t, directory, "rules.yml", o.fill(t, o.Rules, "rules.yml"))
	if o.History != "" {
		record(t, o.History, filepath.Join(directory, "data"))
	}
	s := start(t, process{
		name: "Prometheus", binary: binary, directory: directory, config: config,
		arguments: func(address string) []string {
			return []string{
				"--config.file=" + config,
				"--storage.tsdb.path=" + filepath.Join(directory, "data"),
				"--web.listen-address=" + address,
				"--web.external-url=http://" + address,
				"--rules.alert.resend-delay=1s",
			}
		},
	})
	s.rules = rules
	return s
}

// record writes samples into a Prometheus's data before it starts.
func record(t testing.TB, history, data string) {
	t.Helper()
	tool := find(t, "Debian's promtool", "", "promtool")
	file := write(t, t.TempDir(), "history.txt", history+"# EOF\n")
	out, err := exec.CommandContext(t.Context(), tool, "tsdb", "create-blocks-from", "openmetrics", "--quiet", file, data).CombinedOutput()
	if err != nil {
		t.Fatalf("recording samples: %v\n%s", err, out)
	}
}

// NewAlertmanager returns the path of an Alertmanager of 0.30 or later, which
// sends its alerts to PagerDuty in another form. It looks in
// NewAlertmanagerVariable, in Go's bin directory, and for "alertmanager" on the
// PATH.
func NewAlertmanager(t testing.TB) string {
	t.Helper()
	var home string
	if directory, err := os.UserHomeDir(); err == nil {
		home = filepath.Join(directory, "go", "bin", "alertmanager")
	}
	return find(t, "an Alertmanager of 0.30 or later ("+NewAlertmanagerVariable+")", os.Getenv(NewAlertmanagerVariable), home, "alertmanager")
}

// LatestAlertmanager returns the path of an Alertmanager of 0.34 or later,
// which has to be built with an empty user interface. Only
// LatestAlertmanagerVariable gives it.
func LatestAlertmanager(t testing.TB) string {
	t.Helper()
	return find(t, "an Alertmanager of 0.34 or later ("+LatestAlertmanagerVariable+")", os.Getenv(LatestAlertmanagerVariable))
}

// Alertmanagers returns functions for the versions that must work: Debian's
// 0.25, one of 0.30 or later, and one of 0.34 or later. Each returns a path for
// Options.Binary.
func Alertmanagers() map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{
		"0.25":   func(testing.TB) string { return "" },
		"new":    NewAlertmanager,
		"latest": LatestAlertmanager,
	}
}

// EachAlertmanager runs a test with each of the Alertmanagers, in parallel.
func EachAlertmanager(t *testing.T, test func(t *testing.T, binary string)) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers")
	}
	for version, binary := range Alertmanagers() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			test(t, binary(t))
		})
	}
}

// find returns the first of the candidates that exists. If fixed is not empty,
// only fixed counts. Without any, the test is skipped or fails.
func find(t testing.TB, what, fixed string, candidates ...string) string {
	t.Helper()
	if fixed != "" {
		candidates = []string{fixed}
	}
	for _, c := range candidates {
		if c == "" {
			continue
		}
		if path, err := exec.LookPath(c); err == nil {
			return path
		}
	}
	if os.Getenv(RequireVariable) == "1" {
		t.Fatalf("%s is not installed, and %s=1 requires it", what, RequireVariable)
	}
	t.Skipf("%s is not installed", what)
	return ""
}

// fill returns text, or the file in testdata when text is empty, with the
// values of Options filled in.
func (o Options) fill(t testing.TB, text, file string) string {
	t.Helper()
	if text == "" {
		b, err := testdata.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
	pagerDuty := o.PagerDutyURL
	if pagerDuty == "" {
		pagerDuty = "http://127.0.0.1:9" // discard: nothing listens there
	}
	labels := o.ExternalLabels
	if labels == nil {
		labels = map[string]string{"cluster": "dev", "replica": "a"}
	}
	targets := []string{}
	for _, address := range o.AlertmanagerURLs {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			t.Fatalf("%q is not the URL of an Alertmanager", address)
		}
		targets = append(targets, u.Host)
	}
	// JSON is YAML.
	return strings.NewReplacer(
		"@PAGERDUTY@", strings.TrimRight(pagerDuty, "/"),
		"@EXTERNAL_LABELS@", inJSON(t, labels),
		"@ALERTMANAGERS@", inJSON(t, targets),
	).Replace(text)
}

func inJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t testing.TB, directory, file, text string) string {
	t.Helper()
	path := filepath.Join(directory, file)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
