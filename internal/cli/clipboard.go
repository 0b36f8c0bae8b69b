package cli

import (
	"os"
	"runtime"

	system "github.com/atotto/clipboard"

	"firstline/internal/clipboard"
)

// clipboards are those that can be reached from this terminal; sequences: it may be
// asked by escape sequences.
func clipboards(sequences bool) *clipboard.Clipboard {
	write := system.WriteAll
	if system.Unsupported {
		write = nil
	}
	return clipboard.New(func(name string) string {
		if name == "TERM" && !sequences {
			return "dumb"
		}
		return os.Getenv(name)
	}, runtime.GOOS, write)
}
