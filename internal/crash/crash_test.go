package crash

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/alive"
)

const canary = "c4n4ry-s3cr3t"

// ends are faults that Go does not recover from.
var ends = map[string]func(){
	"a fatal error":         func() { new(sync.Mutex).Unlock() },
	"a panic with a text":   func() { panic("token=" + canary) },
	"a panic with an error": func() { panic(fmt.Errorf("asking with %s: %w", canary, fs.ErrNotExist)) },
	"a panic with lines": func() {
		panic("one\ngoroutine 7 [running]:\n" + canary + "\nfatal error: " + canary + "\n[signal " + canary)
	},
	"a panic with a value":       func() { panic(struct{ token string }{canary}) },
	"a panic in a goroutine":     func() { done := make(chan int); go func() { panic(canary) }(); <-done },
	"a panic in a deferred call": func() { defer func() { panic(canary + "2") }(); panic(canary) },
	"a panic once more":          func() { defer func() { panic(recover()) }(); panic(canary) },
	"an index":                   func() { var list []string; _ = list[len(os.Args)] },
	"nil":                        func() { var p *Reporter; _ = p.dir },
	"a map":                      func() { noMap()[canary] = 1 },
	"a conversion":               func() { var v any = canary; _ = v.(error) },
}

func noMap() map[string]int { return nil }

// TestMain lets the test binary end by one of the faults.
func TestMain(m *testing.M) {
	if end := ends[os.Getenv("FIRSTLINE_TEST_END")]; end != nil {
		if _, err := Start(os.Getenv("FIRSTLINE_TEST_DIR"), "test"); err != nil {
			panic(err)
		}
		debug.SetTraceback("all")
		end()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// However a process ended, the next start writes a file with the stack and
// without the panic's text.
func TestEarlier(t *testing.T) {
	for name := range ends {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := exec.CommandContext(t.Context(), os.Args[0])
			c.Env = append(os.Environ(), "FIRSTLINE_TEST_END="+name, "FIRSTLINE_TEST_DIR="+dir)
			if err := c.Run(); err == nil {
				t.Fatal("it ended well")
			}
			r, err := Start(dir, "test")
			if err != nil {
				t.Fatal(err)
			}
			paths, err := r.Earlier()
			if err != nil || len(paths) != 1 {
				t.Fatalf("the files are %q, %v", paths, err)
			}
			text, err := os.ReadFile(paths[0])
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), canary) {
				t.Errorf("it holds the secret:\n%s", text)
			}
			if !strings.Contains(string(text), "crash_test.go:") || !strings.Contains(string(text), "goroutine ") {
				t.Errorf("it does not tell where:\n%s", text)
			}
			if info, err := os.Stat(paths[0]); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("its mode is %v, %v", info.Mode(), err)
			}
			if again, err := r.Earlier(); len(again) > 0 || err != nil {
				t.Errorf("it is told twice: %q, %v", again, err)
			}
			if err := r.End(); err != nil {
				t.Error(err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*"+rawSuffix)); len(left) > 0 {
				t.Errorf("%q stay behind", left)
			}
		})
	}
}

func TestCaught(t *testing.T) {
	for name, end := range ends {
		if name == "a fatal error" || name == "a panic in a goroutine" {
			continue // which cannot be recovered
		}
		t.Run(name, func(t *testing.T) {
			r, err := Start(t.TempDir(), "test")
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := r.End(); err != nil {
					t.Error(err)
				}
			}()
			var fault *Fault
			func() {
				defer func() { fault = Caught(recover()) }()
				end()
			}()
			path, err := r.Write(fault, "why", time.Unix(1, 0))
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil || strings.Contains(string(text)+fault.Error(), canary) || !strings.Contains(string(text), "crash_test.go:") {
				t.Errorf("the file is\n%s\n%v", text, err)
			}
		})
	}
}

func TestReportWithoutAFault(t *testing.T) {
	r, err := Start(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	first, err := r.Write(nil, "it was ended by the signal: quit", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Write(nil, "again", time.Unix(1, 0))
	if err != nil || first == second {
		t.Errorf("two reports of one second are in %s and %s, %v", first, second, err)
	}
	text, err := os.ReadFile(first)
	if err != nil || !strings.Contains(string(text), "signal: quit") || !strings.Contains(string(text), "goroutine ") {
		t.Errorf("the file is %s, %v", text, err)
	}
	if err := r.End(); err != nil {
		t.Error(err)
	}
	if _, err := (*Reporter)(nil).Write(nil, "x", time.Unix(1, 0)); err == nil {
		t.Error("it is written nowhere without an error")
	}
}

// The empty file of a killed process is removed, that of a running one stays.
func TestEmptyFiles(t *testing.T) {
	dir := t.TempDir()
	killed, other := filepath.Join(dir, "crash-KILLED.raw"), filepath.Join(dir, "crash-OTHER.raw")
	if err := os.WriteFile(killed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	held, err := alive.Hold(other)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Start(dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	if paths, err := r.Earlier(); len(paths) > 0 || err != nil {
		t.Errorf("it tells of %q, %v", paths, err)
	}
	if _, err := os.Stat(killed); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("that of a killed process stays: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("that of another process goes: %v", err)
	}
	if err := held.Release(); err != nil {
		t.Error(err)
	}
	if err := r.End(); err != nil {
		t.Error(err)
	}
}

func TestGroupPanicsWhereItIsWaitedFor(t *testing.T) {
	var g Group
	ran := make(chan int, 2)
	g.Go(func() { ran <- 1 })
	g.Go(func() { panic("x") })
	g.Go(func() { ran <- 1 })
	defer func() {
		if value := recover(); value != "x" || len(ran) != 2 {
			t.Errorf("it panics with %v after %d others", value, len(ran))
		}
		var fine Group
		fine.Go(func() {})
		fine.Wait()
	}()
	g.Wait()
}
