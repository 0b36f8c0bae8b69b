package editor

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// script makes an editor of a few lines of shell. The file is "$1".
func script(t *testing.T, lines string) *Editor {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the editor of this test is a shell script")
	}
	// The path contains a blank: an editor may be installed anywhere.
	directory := filepath.Join(t.TempDir(), "my editors")
	if err := os.Mkdir(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(directory, "edit")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+lines), 0o700); err != nil { //nolint:gosec // it must be run
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	return New(func(name string) string {
		if name == "EDITOR" {
			return "'" + path + "'"
		}
		return ""
	})
}

func edit(t *testing.T, e *Editor, text string) (string, error) {
	t.Helper()
	return e.Text(t.Context(), text, strings.NewReader(""), io.Discard, io.Discard)
}

// left returns the files that an edit left behind.
func left(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.TempDir(), "firstline-*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTextComesBack(t *testing.T) {
	got, err := edit(t, script(t, `printf ' and more\n' >> "$1"`), "begun")
	if err != nil || got != "begun and more\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if files := left(t); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

func TestOnlyTheOwnerCanReadTheText(t *testing.T) {
	got, err := edit(t, script(t, `ls -l "$1" | cut -c1-10 > "$1"`), "secret")
	if err != nil || strings.TrimSpace(got) != "-rw-------" {
		t.Errorf("the file's mode is %q, %v", got, err)
	}
}

func TestAFailingEditorLosesNothing(t *testing.T) {
	_, err := edit(t, script(t, `printf 'an hour of work' > "$1"; exit 3`), "begun")
	files := left(t)
	if err == nil || len(files) != 1 || !strings.Contains(err.Error(), files[0]) {
		t.Fatalf("the error %v does not name the file that stays, %v", err, files)
	}
	if content, err := os.ReadFile(files[0]); err != nil || string(content) != "an hour of work" {
		t.Errorf("it holds %q, %v", content, err)
	}
}

func TestAnEditorThatWasLeftWithoutAChangeLeavesNoFile(t *testing.T) {
	if _, err := edit(t, script(t, `exit 1`), "begun"); err == nil {
		t.Error("the failure is not told")
	}
	if files := left(t); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

func TestTooMuchTextStaysInItsFile(t *testing.T) {
	_, err := edit(t, script(t, `head -c 1100000 /dev/zero > "$1"`), "begun")
	if files := left(t); err == nil || len(files) != 1 || !strings.Contains(err.Error(), files[0]) {
		t.Errorf("%v does not name what stays, %v", err, files)
	}
}

func TestNewTakesTheFirstThatIsSet(t *testing.T) {
	for _, c := range []struct {
		set  map[string]string
		want string
	}{
		{map[string]string{"VISUAL": "code --wait", "EDITOR": "nano"}, "code --wait"},
		{map[string]string{"VISUAL": "  ", "EDITOR": "nano"}, "nano"},
	} {
		if got := New(func(name string) string { return c.set[name] }).command; got != c.want {
			t.Errorf("%v gives %q, want %q", c.set, got, c.want)
		}
	}
	if New(func(string) string { return "" }).command == "" {
		t.Error("there is no editor where none is set")
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		command string
		line    int
		want    []string
	}{
		{"vi", 1, []string{"a b.md"}},
		{"vi", 12, []string{"+12", "a b.md"}},
		{"/usr/bin/nvim -u NONE", 12, []string{"+12", "a b.md"}},
		{"code --wait", 12, []string{"--goto", "a b.md:12"}},
		{"hx", 12, []string{"a b.md:12"}},
		{"my-own", 12, []string{"a b.md"}},
	} {
		if got := arguments(c.command, "a b.md", c.line); !slices.Equal(got, c.want) {
			t.Errorf("%s at %d: %q, want %q", c.command, c.line, got, c.want)
		}
	}
}

// An editor that ends with firstline is asked to, and what it had saved is taken.
func TestSavedTextComesBackWhereItIsEnded(t *testing.T) {
	for name, wrap := range map[string]string{"a command": "%s", "a line for the shell": "AS=line %s"} {
		e := script(t, "printf ' and saved' >> \"$1\"\necho ready\nread answer\n")
		e.command = fmt.Sprintf(wrap, e.command)
		ctx, cancel := context.WithCancel(t.Context())
		in, held, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ready, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = ready.Read(make([]byte, 8))
			cancel()
		}()
		got, err := e.Text(ctx, "begun", in, out, io.Discard)
		if err != nil || got != "begun and saved" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		if files := left(t); len(files) > 0 {
			t.Errorf("%s: left behind: %v", name, files)
		}
		for _, f := range []*os.File{in, held, ready, out} {
			_ = f.Close()
		}
	}
}
