package cli

import (
	"os"
	"os/exec"
	"runtime"

	system "github.com/atotto/clipboard"

	"firstline/internal/clipboard"
)

// clipboards are those that can be reached from this terminal.
func clipboards() *clipboard.Clipboard {
	installed := func(program string) bool {
		_, err := exec.LookPath(program)
		return err == nil
	}
	var write func(string) error
	if runtime.GOOS == "windows" { // there it needs no program
		write = system.WriteAll
	}
	return clipboard.New(os.Getenv, runtime.GOOS, installed, write)
}
