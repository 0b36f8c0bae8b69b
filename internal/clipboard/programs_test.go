package clipboard

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/child"
)

// programNames are the programs that a clipboard found, in their order.
func programNames(c *Clipboard) []string {
	var names []string
	for _, p := range c.programs {
		names = append(names, p.name)
	}
	return names
}

func TestWhichPrograms(t *testing.T) {
	all := []string{"pbcopy", "wl-copy", "xclip", "xsel", "termux-clipboard-set", "clip.exe"}
	for name, c := range map[string]struct {
		environment, system string
		installed, want     []string
	}{
		"Wayland with an X server": {"WAYLAND_DISPLAY=w DISPLAY=:0", "linux", all, []string{"wl-copy", "xclip", "xsel"}},
		"X":                        {"DISPLAY=:0", "linux", all, []string{"xclip", "xsel"}},
		"X with xsel alone":        {"DISPLAY=:0", "freebsd", []string{"xsel"}, []string{"xsel"}},
		"Windows's Linux":          {"WSL_DISTRO_NAME=Debian", "linux", all, []string{"clip.exe"}},
		"Android":                  {"TERMUX_VERSION=1", "android", all, []string{"termux-clipboard-set"}},
		"a Mac":                    {"", "darwin", all, []string{"pbcopy"}},
		"Windows":                  {"", "windows", all, nil},
		"no display":               {"", "linux", all, nil},
		"nothing installed":        {"DISPLAY=:0", "linux", nil, nil},
	} {
		environment := func(variable string) string {
			for pair := range strings.FieldsSeq(c.environment) {
				if value, is := strings.CutPrefix(pair, variable+"="); is {
					return value
				}
			}
			return ""
		}
		got := programNames(New(environment, c.system, func(name string) bool { return slices.Contains(c.installed, name) }, nil))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// stub puts a program of a shell script on the PATH, before all others.
func stub(t *testing.T, name, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("it needs a shell")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // it must be a program
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// copied is a clipboard with all programs of a system.
func copied(system string, needs ...string) *Clipboard {
	return New(func(name string) string {
		if slices.Contains(needs, name) {
			return "set"
		}
		return ""
	}, system, func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	}, nil)
}

const someText = "héllo\n\twörld 🙂 $(reboot)\x1b[31m"

// Each program gets the text as its input, exactly, with its arguments and without our
// tokens.
func TestEachProgramGetsTheText(t *testing.T) {
	t.Setenv("FIRSTLINE_TEST_SECRET", "s3cr3t")
	child.Hide("FIRSTLINE_TEST_SECRET")
	for _, system := range []string{"linux", "darwin"} {
		for _, p := range programsOf(system) {
			t.Run(p.name, func(t *testing.T) {
				got := filepath.Join(t.TempDir(), "got")
				stub(t, p.name, `echo "$* $FIRSTLINE_TEST_SECRET" >'`+got+`' && cat >>'`+got+`'`)
				clip := &Clipboard{programs: []program{p}, run: runProgram}
				took, err := clip.Copy(t.Context(), someText)
				text, _ := os.ReadFile(got)
				if err != nil || !slices.Equal(took, []string{"the system"}) || string(text) != strings.Join(p.arguments, " ")+" \n"+someText {
					t.Errorf("%v, %v, it got %q", took, err, text)
				}
			})
		}
	}
}

// A program that fails leaves the text to the next one; where none takes it, each says
// why.
func TestTheNextProgramTakesIt(t *testing.T) {
	stub(t, "xclip", "exit 1")
	stub(t, "xsel", "cat >/dev/null")
	if took, err := copied("linux", "DISPLAY").Copy(t.Context(), someText); err != nil || len(took) != 1 {
		t.Errorf("%v, %v", took, err)
	}
	stub(t, "xsel", "exit 3")
	took, err := copied("linux", "DISPLAY").Copy(t.Context(), someText)
	if len(took) > 0 || err == nil || err.Error() != "the system: xclip: exit status 1; xsel: exit status 3" {
		t.Errorf("%v, %v", took, err)
	}
}

// A program that never ends is ended, and a large text that nobody reads holds nobody up.
func TestAProgramThatHangs(t *testing.T) {
	stub(t, "xclip", "exec sleep 1000")
	clip := &Clipboard{programs: []program{{name: "xclip"}}, run: runProgram}
	begun := time.Now()
	_, err := clip.Copy(t.Context(), strings.Repeat(someText, 100_000))
	if err == nil || !strings.Contains(err.Error(), "xclip: it did not end within 3s") {
		t.Errorf("after %s: %v", time.Since(begun), err)
	}
}

// What a program leaves running, as xclip does, is not waited for.
func TestAProgramThatGoesOnInTheBackground(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	stub(t, "xclip", "cat >/dev/null; sleep 1000 & echo $! >'"+pid+"'")
	clip := &Clipboard{programs: []program{{name: "xclip"}}, run: runProgram}
	_, err := clip.Copy(t.Context(), someText)
	text, readErr := os.ReadFile(pid)
	if err != nil || readErr != nil {
		t.Fatalf("%v, %v", err, readErr)
	}
	if out, err := exec.CommandContext(t.Context(), "kill", strings.TrimSpace(string(text))).CombinedOutput(); err != nil {
		t.Errorf("it does not go on: %s", out)
	}
}

// needed skips a test without programs, or fails it where they are required.
func needed(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); errors.Is(err, exec.ErrNotFound) {
			if os.Getenv("FIRSTLINE_REQUIRE_SERVERS") == "1" && runtime.GOOS == "linux" {
				t.Fatalf("%s is not installed", name)
			}
			t.Skipf("%s is not installed", name)
		}
	}
}

// TestRealXServer copies with the real programs to a real X server, and pastes from it.
func TestRealXServer(t *testing.T) {
	needed(t, "Xvfb", "xclip", "xsel")
	display := startX(t)
	for name, paste := range map[string][]string{
		"xclip": {"xclip", "-out", "-selection", "clipboard"},
		"xsel":  {"xsel", "--output", "--clipboard"},
	} {
		t.Setenv("DISPLAY", display)
		clip := copied("linux", "DISPLAY")
		clip.programs = slices.DeleteFunc(clip.programs, func(p program) bool { return p.name != name })
		for _, text := range []string{someText + " by " + name, strings.Repeat(name+" ", 4_000)} {
			if took, err := clip.Copy(t.Context(), text); err != nil || len(took) != 1 {
				t.Fatalf("%s: %v, %v", name, took, err)
			}
			// xsel leaves it to a program in the background, which may not have it yet.
			until(t, name+" gives the text", func() (string, bool) {
				ctx, cancel := context.WithTimeout(t.Context(), longest) // xsel may wait for ever
				defer cancel()
				out, err := exec.CommandContext(ctx, paste[0], paste[1:]...).Output()
				return fmt.Sprintf("pasted are %d bytes, %v: %.80q", len(out), err, out), err == nil && string(out) == text
			})
		}
	}
	t.Setenv("DISPLAY", ":5999")
	if took, err := copied("linux", "DISPLAY").Copy(t.Context(), someText); len(took) > 0 || err == nil || !strings.Contains(err.Error(), "xclip: exit status 1; xsel: exit status 1") {
		t.Errorf("without a server: %v, %v", took, err)
	}
}

// startX starts an X server that chooses its display itself.
func startX(t *testing.T) (display string) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(t.Context(), "Xvfb", "-displayfd", "3", "-screen", "0", "320x200x8", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n') // a server whose reader is gone ends
	if err != nil {
		t.Fatalf("the X server does not start: %v", err)
	}
	_ = read.Close()
	display = ":" + strings.TrimSpace(number)
	until(t, "the X server takes clients", func() (string, bool) {
		ask := exec.CommandContext(t.Context(), "xsel", "--output", "--clipboard")
		ask.Env = append(os.Environ(), "DISPLAY="+display)
		out, err := ask.CombinedOutput()
		return fmt.Sprintf("%v: %s", err, out), err == nil
	})
	return display
}

// until waits until something holds; else says what there is instead.
func until(t *testing.T, what string, holds func() (instead string, ok bool)) {
	t.Helper()
	const patience = 30 * time.Second
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		instead, ok := holds()
		if ok {
			return
		}
		if time.Since(begun) > patience {
			t.Fatalf("%s: never; %s", what, instead)
		}
	}
}
