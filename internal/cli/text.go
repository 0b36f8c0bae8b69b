package cli

import (
	"io"
	"os"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/ascii"
)

// text is where text for people goes, textTo the same beside the output. JSON, CSV, HTML,
// raw runbooks and what a template makes are exact, and go to the output itself.
func (a *app) text() io.Writer { return a.textTo(a.out) }

func (a *app) textTo(w io.Writer) io.Writer {
	terminal := a.isTerminal(w)
	only := localeOfASCII(os.Getenv) || terminal && onlyASCII(os.Getenv)
	if a.ascii != nil {
		only = *a.ascii
	}
	if !only {
		return w
	}
	return asciiWriter{w, terminal}
}

// asciiWriter writes our own signs in ASCII. Letters of other alphabets stay, for a file
// or a program that can read them, but not on a terminal without them: there they are as
// on the screen. Each text is written whole.
type asciiWriter struct {
	io.Writer
	terminal bool
}

func (w asciiWriter) Write(p []byte) (int, error) {
	text := ascii.Signs(string(p))
	if w.terminal {
		text = ascii.Only(text, ansi.WcWidth)
	}
	if _, err := io.WriteString(w.Writer, text); err != nil {
		return 0, err
	}
	return len(p), nil
}
