//go:build linux

package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkManyAlerts runs the whole program in a terminal against a Prometheus
// with 200,000 alerts, and against an Alertmanager with the same beside it. It
// prints
//
//	MB-peak         the most memory that was resident
//	MB-resident     memory at the end
//	%CPU            of a core, in that time
//	MB-list         the most memory that "firstline list" took
//
// It takes minutes, and -short leaves it out.
func BenchmarkManyAlerts(b *testing.B) {
	if testing.Short() {
		b.Skip("it watches the program for minutes")
	}
	if _, err := exec.LookPath("script"); err != nil {
		b.Skip("util-linux's script gives the terminal, and is not here")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("memory is read from Linux's /proc")
	}
	const alerts = 200_000
	for _, alertmanager := range []bool{false, true} {
		b.Run(fmt.Sprintf("alertmanager=%v", alertmanager), func(b *testing.B) {
			for range b.N {
				f := newFleet(b, 0, 0)
				mux := http.NewServeMux()
				answer := func(path string, body []byte) {
					mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
				}
				answer("/api/v1/alerts", manyAlerts(alerts))
				answer("/api/v1/rules", []byte(`{"status":"success","data":{"groups":[]}}`))
				answer("/api/v1/status/config", []byte(`{"status":"success","data":{"yaml":"global: {}\n"}}`))
				url := f.serve(b, 0, mux)
				config := fmt.Sprintf("[[prometheus]]\nurl = %q\n", url)
				if alertmanager {
					answer("/api/v2/alerts/groups", manyGroups(alerts))
					answer("/api/v2/silences", []byte("[]"))
					answer("/api/v2/status", []byte(`{"cluster":{"status":"disabled"},"versionInfo":{"version":"0.31.1"},"config":{"original":"route: {receiver: a}\nreceivers: [{name: a}]\n"}}`))
					config += fmt.Sprintf("[[alertmanager]]\nurl = %q\n", url)
				}
				if err := os.WriteFile(f.config, []byte(config), 0o600); err != nil {
					b.Fatal(err)
				}
				p := f.start(b)
				p.sees(b, "omitted")
				before := p.cpu(b)
				const watched = 90 * time.Second // several polls, and the last state is stored
				time.Sleep(watched)
				b.ReportMetric(float64(p.cpu(b)-before)/float64(watched)*100, "%CPU")
				b.ReportMetric(p.resident(b), "MB-resident")
				b.ReportMetric(p.peak(b), "MB-peak")
				p.quit(b)
				b.ReportMetric(peakOfCommand(b, exec.CommandContext(b.Context(), f.program, "--config", f.config, "list")), "MB-list")
			}
		})
	}
}

// peakOfCommand runs a command and returns its peak. The operating system's own
// figure of an ended process counts what its parent had when it started it.
func peakOfCommand(b *testing.B, command *exec.Cmd) (peak float64) {
	b.Helper()
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = command.Wait() // its status says that not all alerts are loaded
	}()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ended:
			return peak
		case <-ticker.C:
			if now, err := peakOf(command.Process.Pid); err == nil { // it may just have ended
				peak = now
			}
		}
	}
}

// peak is the most memory of the program that was resident at one time, in MB.
func (p *program) peak(b *testing.B) float64 {
	b.Helper()
	peak, err := peakOf(p.pid)
	if err != nil {
		b.Fatal(err)
	}
	return peak
}

// peakOf reads the most memory of a process that was resident at one time, in MB.
func peakOf(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(text), "VmHWM:")
	if !found {
		return 0, fmt.Errorf("process %d tells no peak", pid)
	}
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	return float64(kb) * 1024 / 1e6, err
}

// manyAlerts is what a Prometheus with n alerts answers.
func manyAlerts(n int) []byte {
	var out bytes.Buffer
	out.WriteString(`{"status":"success","data":{"alerts":[`)
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"labels":%s,"annotations":%s,"state":"firing","activeAt":"2026-11-22T22:31:31.248559219Z","value":"1e+00"}`, labelsOf(i), annotationsOf(i))
	}
	out.WriteString("]}}")
	return out.Bytes()
}

// manyGroups is what an Alertmanager with the same answers, in groups of ten.
func manyGroups(n int) []byte {
	var out bytes.Buffer
	out.WriteByte('[')
	for i := 0; i < n; i += 10 {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"labels":{"group":"%d"},"receiver":{"name":"a"},"alerts":[`, i)
		for j := i; j < i+10; j++ {
			if j > i {
				out.WriteByte(',')
			}
			fmt.Fprintf(&out, `{"labels":%s,"annotations":%s,"startsAt":"2026-11-22T22:31:31.248Z","endsAt":"2036-11-22T22:31:31.248Z","updatedAt":"2026-11-22T22:31:31.248Z","fingerprint":"%016x","receivers":[{"name":"a"}],"status":{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"},"generatorURL":"http://prometheus.example.com/graph?g0.expr=up"}`,
				labelsOf(j), annotationsOf(j), j)
		}
		out.WriteString("]}")
	}
	out.WriteByte(']')
	return out.Bytes()
}

func labelsOf(i int) string {
	return fmt.Sprintf(`{"alertname":"Alert%d","severity":"critical","namespace":"ns-%d","service":"service-%d","pod":"pod-%d","instance":"10.%d.%d.%d:9100","job":"node","team":"team-%d"}`,
		i%50, i%40, i%5000, i, i/62500, i/250%250, i%250, i%20)
}

func annotationsOf(i int) string {
	return fmt.Sprintf(`{"summary":"Pod pod-%d restarts %d times","description":"The pod has restarted more often than it should within the last quarter of an hour.","runbook_url":"https://runbooks.example.com/alerts/alert-%d.md"}`,
		i, i, i%50)
}
