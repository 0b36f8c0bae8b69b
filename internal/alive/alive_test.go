//go:build unix

package alive

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary hold a file until its input ends.
func TestMain(m *testing.M) {
	if path := os.Getenv("FIRSTLINE_TEST_HOLD"); path != "" {
		if _, err := Hold(path); err != nil {
			panic(err)
		}
		child := exec.Command("sleep", "600")
		if err := child.Start(); err != nil {
			panic(err)
		}
		fmt.Println(child.Process.Pid)
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A file is held as long as its process runs: a zombie holds nothing, and
// neither does a child that outlives it.
func TestHeldByAnotherProcess(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *exec.Cmd){
		"killed and a zombie": func(t *testing.T, c *exec.Cmd) {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			untilZombie(t, c.Process.Pid)
			if err := syscall.Kill(c.Process.Pid, 0); err != nil {
				t.Errorf("there is no zombie: %v", err)
			}
		},
		"killed": func(_ *testing.T, c *exec.Cmd) {
			_ = c.Process.Kill()
			_ = c.Wait()
		},
		"ended": func(_ *testing.T, c *exec.Cmd) { _ = c.Wait() },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "lock")
			c := exec.CommandContext(t.Context(), os.Args[0])
			c.Env = append(os.Environ(), "FIRSTLINE_TEST_HOLD="+path)
			in, err := c.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			var child int
			if _, err := fmt.Sscan(line, &child); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = syscall.Kill(child, syscall.SIGKILL) })
			if !Held(path) {
				t.Error("it is not held while its process runs")
			}
			if name == "ended" {
				_ = in.Close()
			}
			end(t, c)
			if Held(path) {
				t.Error("it is held after its end")
			}
			if err := syscall.Kill(child, 0); err != nil {
				t.Errorf("the child does not live on: %v", err)
			}
			_ = c.Wait()
		})
	}
}

// untilZombie waits until a process without a waiting parent has ended.
func untilZombie(t *testing.T, pid int) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < time.Minute; {
		out, err := exec.CommandContext(t.Context(), "ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
		if err != nil {
			t.Fatalf("ps: %v", err)
		}
		if strings.HasPrefix(strings.TrimSpace(string(out)), "Z") {
			return
		}
	}
	t.Fatal("it does not end")
}

func TestHeldHere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if Held(path) {
		t.Error("it is held where there is none")
	}
	l, err := Hold(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // asking changes nothing
		if !Held(path) {
			t.Error("it is not held")
		}
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); Held(path) || err == nil {
		t.Error("it is held after it was released, or stays")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if Held(path) {
		t.Error("a file that a process left is held")
	}
}

// Concurrent readers do not disturb each other, and never mistake a held file
// for a free one.
func TestManyReaders(t *testing.T) {
	dir := t.TempDir()
	left, held := filepath.Join(dir, "left"), filepath.Join(dir, "held")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Hold(held)
	if err != nil {
		t.Fatal(err)
	}
	var looking sync.WaitGroup
	for range 8 {
		looking.Go(func() {
			for range 200 {
				if Held(left) || !Held(held) {
					t.Error("it is told wrongly")
					return
				}
			}
		})
	}
	looking.Wait()
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}
