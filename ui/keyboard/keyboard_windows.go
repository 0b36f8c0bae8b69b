package keyboard

import "io"

// timed is the console's own reader: the parser knows it by its type and reads
// events from it. They are read all the time, so that each has the time at
// which it comes.
func (k *Keyboard) timed(from io.Reader) io.Reader { return from }
