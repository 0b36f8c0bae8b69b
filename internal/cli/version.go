package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionJSON is what version --json prints.
type versionJSON struct {
	Version string `json:"version"`
	// Commit and CommittedAt are null where the program was not built from a
	// checkout. Changed: the checkout had changes that were not committed.
	Commit      *string `json:"commit"`
	CommittedAt *string `json:"committed_at"`
	Changed     bool    `json:"changed"`
	Go          string  `json:"go"`
	System      string  `json:"system"`
	Processor   string  `json:"processor"`
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Prints the version; --json adds the commit, Go's version and the system that it was
built for.

Exit status: 0 done, 1 failed, 2 wrong usage.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if !asJSON {
				return a.printVersion()
			}
			info, _ := debug.ReadBuildInfo()
			return writeJSON(a.out, versionOf(a.version, info))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (docs/json.md)")
	return cmd
}

// versionOf is a version with what the build says of itself, nil: nothing.
func versionOf(version string, info *debug.BuildInfo) versionJSON {
	j := versionJSON{Version: version, Go: runtime.Version(), System: runtime.GOOS, Processor: runtime.GOARCH}
	if info == nil {
		return j
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			j.Commit = &s.Value
		case "vcs.time":
			j.CommittedAt = &s.Value
		case "vcs.modified":
			j.Changed = s.Value == "true"
		}
	}
	return j
}

func (a *app) printVersion() error {
	if _, err := fmt.Fprintf(a.out, "firstline %s\n", a.version); err != nil {
		return fmt.Errorf("printing the version: %w", err)
	}
	return nil
}
