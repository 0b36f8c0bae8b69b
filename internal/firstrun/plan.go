package firstrun

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"firstline/internal/clean"
	"firstline/internal/config"
	"firstline/internal/keyring"
	"firstline/internal/lazyregexp"
)

// Plan is what is written.
type Plan struct {
	Path string
	// Before is the file as it was read; empty: it is new.
	Before, After string
	// Token is stored too, where it has a secret; its file is an absolute path.
	Token *Token
}

// Plan checks the answers together, and returns what is to be written.
func (r *Run) Plan() (Plan, error) {
	after, err := r.Edited()
	if err != nil {
		return Plan{}, fmt.Errorf("%s can't be changed: %w; write it by hand", r.Present.WantedPath, err)
	}
	c, err := config.Parse(r.Present.WantedPath, []byte(after), r.Lookup)
	if err == nil {
		err = r.checkCredentials(c)
	}
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Path: r.Present.WantedPath, Before: r.Document, After: after}
	if t := r.Answers.Token; t != nil && t.Secret != "" {
		stored := *t
		if t.From == File {
			stored.Name = c.Account().TokenFile
		}
		p.Token = &stored
	}
	return p, nil
}

// Check returns what is wrong with the answers together, in a sentence without a position,
// because nobody sees the file that they would make.
func (r *Run) Check() error {
	_, err := r.Plan()
	return withoutPosition(err)
}

// Nothing reports whether nothing is to be written.
func (p Plan) Nothing() bool { return p.Before == p.After && p.Token == nil }

// String shows what is written: the difference to the file, or the values of a new one.
func (p Plan) String() string {
	var b strings.Builder
	switch {
	case p.Before == p.After:
		fmt.Fprintf(&b, "%s stays as it is.\n", p.Path)
	case p.Before != "":
		b.WriteString(numbered(udiff.Unified(p.Path, p.Path+" (new)", p.Before, p.After)))
	default:
		fmt.Fprintf(&b, "%s is new. It describes all options", p.Path)
		header, before := "", "; these are set:\n\n"
		for line := range strings.Lines(p.After) {
			switch {
			case strings.TrimSpace(line) == "" || line[0] == '#':
			case line[0] == '[':
				header = "  " + line
			default:
				b.WriteString(before + header + "  " + line)
				header, before = "", ""
			}
		}
		if before != "" {
			b.WriteString("; none is set.\n")
		}
	}
	if t := p.Token; t != nil {
		b.WriteString("\n" + p.tokenLine(*t) + "\n")
	}
	return clean.Text(b.String())
}

var hunkHeader = lazyregexp.New(`^@@ -(\d+)(\S*) \+\d+(\S*) @@`)

// numbered corrects the line of the new file at which each hunk begins: udiff counts
// neither the lines between two changes of a hunk nor those that go.
func numbered(difference string) string {
	var b strings.Builder
	more := 0 // how many lines the new file has more so far
	for line := range strings.Lines(difference) {
		if m := hunkHeader.FindStringSubmatch(line); m != nil {
			from, _ := strconv.Atoi(m[1])
			line = fmt.Sprintf("@@ -%s%s +%d%s @@\n", m[1], m[2], from+more, m[3])
		} else if strings.HasPrefix(line, "+") && !strings.HasPrefix(line, "+++ ") {
			more++
		} else if strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "--- ") {
			more--
		}
		b.WriteString(line)
	}
	return b.String()
}

func (p Plan) tokenLine(t Token) string {
	if t.From == Keyring {
		return fmt.Sprintf("The token is stored in the keyring, as %s of %s.", t.Name, keyring.Service)
	}
	line := fmt.Sprintf("The token is stored in %s, which only you may read.", t.Name)
	if _, err := os.Lstat(t.Name); err == nil {
		line += " It takes the place of what is in that file."
	}
	return line
}

// errChanged is returned when another program wrote the file meanwhile.
var errChanged = errors.New("it was changed meanwhile, and was not written: run `firstline init` again")

// Write stores the token, then the file.
func (p Plan) Write(ctx context.Context) error {
	now, err := os.ReadFile(p.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s can't be read again: %w", p.Path, err)
	}
	if string(now) != p.Before || err != nil && p.Before != "" {
		return fmt.Errorf("%s: %w", p.Path, errChanged)
	}
	if t := p.Token; t != nil {
		if t.From == Keyring {
			err = keyring.Set(ctx, t.Name, t.Secret)
		} else {
			err = replaceFile(t.Name, t.Secret+"\n", 0o600)
		}
		if err != nil {
			return fmt.Errorf("nothing was written, because the token could not be stored: %w", err)
		}
	}
	if p.Before == p.After {
		return nil
	}
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(p.Path); err == nil {
		mode = info.Mode().Perm()
	}
	if err := replaceFile(p.Path, p.After, mode); err != nil {
		return fmt.Errorf("%s could not be written: %w", p.Path, err)
	}
	return nil
}

// replaceFile writes a file as a whole: it is there with all of its text, or as it
// was.
func replaceFile(path, text string, mode fs.FileMode) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // the link stays one
	}
	directory := filepath.Dir(path)
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(directory, ".firstline-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone where all went well
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Confirm shows the plan and asks for a yes. again: the answers are to be changed.
func (r *Run) Confirm(ctx context.Context, p Plan) (again bool, err error) {
	r.Person.Show(p.String())
	q, at := Question{Title: "Write it?"}, 0
	if p.Before != "" {
		q.Help, at = "The file is there already. What the difference does not show stays as it is.", 2
	}
	at, err = r.Person.Choose(ctx, q, []string{"Yes, write it", "Back to the answers", "No: nothing is written"}, at)
	if err == nil && at == 2 {
		err = ErrLeft
	}
	return at == 1, err
}
