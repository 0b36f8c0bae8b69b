package cli

import (
	"encoding/json"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	runApp(t.Context(), "", nil, "version").want(t, exitDone).says(t, "firstline test")
	var got versionJSON
	if err := json.Unmarshal([]byte(runApp(t.Context(), "", nil, "version", "--json").want(t, exitDone).out), &got); err != nil || got.Version != "test" {
		t.Errorf("%+v, %v", got, err)
	}
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"}}}
	if j := versionOf("1", info); j.Commit == nil || *j.Commit != "abc" || j.CommittedAt == nil || *j.CommittedAt != "2026-01-02T03:04:05Z" || !j.Changed {
		t.Errorf("%+v", j)
	}
	if j := versionOf("1", nil); j.Commit != nil || j.CommittedAt != nil || j.Changed {
		t.Errorf("of a build that says nothing: %+v", j)
	}
}

// TestEachHelpHasTheExitStatus: a script that calls a command finds there what its
// status means.
func TestEachHelpHasTheExitStatus(t *testing.T) {
	t.Parallel()
	root := newApp(nil, nil, nil, "test").rootCommand()
	var check func(*cobra.Command)
	check = func(c *cobra.Command) {
		if !strings.Contains(c.Long, "Exit status: 0") {
			t.Errorf("the help of %q does not say what its exit status means", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check(root)
}
