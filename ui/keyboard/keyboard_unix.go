//go:build !windows

package keyboard

import "io"

// timed lets the parser read with the time of each read.
func (k *Keyboard) timed(from io.Reader) io.Reader { return &timedReader{Keyboard: k, from: from} }
