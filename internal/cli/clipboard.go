package cli

import (
	"os"
	"runtime"

	system "github.com/atotto/clipboard"

	"firstline/internal/clipboard"
)

// clipboards are those that can be reached from this terminal.
func clipboards() *clipboard.Clipboard {
	write := system.WriteAll
	if system.Unsupported {
		write = nil
	}
	return clipboard.New(os.Getenv, runtime.GOOS, write)
}
