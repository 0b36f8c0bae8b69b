package cli

import (
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestFaultsAreNoJSON: whatever writes JSON writes none where it can't begin, so that what
// a script reads is either whole or empty. The sentence is on standard error.
func TestFaultsAreNoJSON(t *testing.T) {
	w := newHarness(t)
	w.configure("nothing = 1")
	var walk func(*cobra.Command)
	found := 0
	walk = func(cmd *cobra.Command) {
		for _, below := range cmd.Commands() {
			walk(below)
		}
		if cmd.Flags().Lookup("json") == nil {
			return
		}
		found++
		path := strings.Fields(cmd.CommandPath())[1:]
		for _, more := range [][]string{{"--json", "--no-such-flag"}, {"--json", "1"}} {
			r := w.run(append(append([]string{}, path...), more...)...)
			if cmd.Name() == "version" && more[1] == "1" || r.status == exitDone {
				continue
			}
			if r.out != "" || r.err == "" || strings.HasPrefix(strings.TrimSpace(r.err), "{") {
				t.Errorf("%q: status %d, standard output %.200q, standard error %.200q", append(path, more...), r.status, r.out, r.err)
			}
		}
	}
	walk(newApp(nil, nil, nil, "test").rootCommand())
	if found < 10 {
		t.Errorf("only %d commands were tried", found)
	}
}

// TestEachFieldIsForTemplates: --format takes every field that a group of --json has.
func TestEachFieldIsForTemplates(t *testing.T) {
	t.Parallel()
	for _, f := range reflect.VisibleFields(reflect.TypeFor[groupJSON]()) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" || strings.HasPrefix(options, "omit") {
			continue
		}
		format, err := parseFormat("{{." + name + "}}|{{json ." + name + "}}")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, g := range []groupJSON{{}, someGroup("text", noon)} {
			if _, err := format.lines([]groupJSON{g}, noon); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
