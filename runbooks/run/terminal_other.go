//go:build !unix

package run

import (
	"io"
	"os/exec"
)

// inOwnTerminal runs nothing: the command gets the person's terminal itself.
func inOwnTerminal(*exec.Cmd, io.Reader, io.Writer, io.Writer) (bool, error) { return false, nil }
