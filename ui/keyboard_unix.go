//go:build !windows

package ui

import "io"

// timed lets the parser read with the time of each read.
func (k *keyboard) timed(from io.Reader) io.Reader { return &timedReader{keyboard: k, from: from} }
