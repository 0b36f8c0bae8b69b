package cli

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/shell"
)

// exampleCommands are the lines of the shell examples of a document that run firstline,
// as arguments.
func exampleCommands(t *testing.T, text string) (lines [][]string) {
	t.Helper()
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(strings.TrimSuffix(line, "\n"), " | ")
			if !strings.HasPrefix(line, "firstline") {
				continue
			}
			words, err := shell.Fields(line, func(string) string { return "" })
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			lines = append(lines, words[1:])
		}
	}
	return lines
}

// TestExamplesRun runs the commands of the README and of docs/scripts.md as they are
// there, but for the number of the incident: a person says "y" where one is asked. What
// runs until it is ended, and init, which asks much, have tests of their own.
func TestExamplesRun(t *testing.T) {
	w := withPast(t)
	config, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	w.configure(string(config), fmt.Sprintf("[postmortems]\ndirectory = %q\n", t.TempDir()))
	w.run("sync", "--since", "30d").want(t, exitDone)
	incident := w.incident("HighErrorRate")
	number := w.number(incident.ID)
	ran := 0
	for _, name := range []string{"README.md", "scripts.md"} {
		for _, args := range exampleCommands(t, documents(t)[name]) {
			line := strings.Join(args, " ")
			if strings.HasPrefix(line, "watch") || strings.Contains(line, "--watch") || strings.HasPrefix(line, "init") {
				continue
			}
			for i := range args {
				if args[i] == "1042" {
					args[i] = number
				}
			}
			ran++
			if len(args) == 0 || args[0] == "--read-only" {
				shown := false
				w.atScreen(func(_ context.Context, s *setup) error {
					shown = s.settings.ReadOnly == (len(args) > 0)
					return nil
				}, args...).want(t, exitDone)
				if !shown {
					t.Errorf("firstline %s does not show the screen that it should", line)
				}
				continue
			}
			want := exitDone
			if args[0] == "readiness" {
				want = exitWanting // the demo's services lack something
			}
			if r := w.typed("y\ny\n", args...); r.status != want || r.invalid != nil {
				t.Errorf("firstline %s ends with %d, want %d (%v)\n%s%s", line, r.status, want, r.invalid, r.out, r.err)
			}
		}
	}
	if ran < 15 {
		t.Errorf("only %d commands were found", ran)
	}
	after := w.incident("HighErrorRate")
	if after.Status != "acknowledged" || len(after.Notes) == 0 || len(after.Assignees) != 1 || after.Assignees[0] == incident.Assignees[0] {
		t.Errorf("after the README the incident is %+v", after)
	}
}
