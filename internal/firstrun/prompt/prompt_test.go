package prompt

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"firstline/internal/firstrun"
)

// typed gives one line for each read, as a terminal does.
type typed struct{ lines []string }

func (l *typed) Read(p []byte) (int, error) {
	if len(l.lines) == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.lines[0]+"\n")
	l.lines = l.lines[1:]
	return n, nil
}

func plain(lines ...string) (*Terminal, *strings.Builder) {
	var out strings.Builder
	return &Terminal{In: &typed{lines}, Out: &out, Plain: true, ASCII: true, NoColor: true}, &out
}

// TestLineByLine asks without drawing, as for a screen reader.
func TestLineByLine(t *testing.T) {
	q := firstrun.Question{Title: "Which …?", Help: "Help."}
	refuses := func(text string) error {
		if text == "wrong" {
			return errors.New("this is wrong")
		}
		return nil
	}
	person, out := plain("7", "2", "1", "0", "wrong", "right", "")
	if at, err := person.Choose(t.Context(), q, []string{"one", "two", "three"}, 0); at != 1 || err != nil {
		t.Errorf("chose %d, %v", at, err)
	}
	if taken, err := person.Several(t.Context(), q, []string{"one", "two"}, []bool{true, true}); err != nil || taken[0] || !taken[1] {
		t.Errorf("took %v, %v", taken, err)
	}
	if text, err := person.Write(t.Context(), q, "before", refuses); text != "right" || err != nil {
		t.Errorf("wrote %q, %v", text, err)
	}
	if text, err := person.Write(t.Context(), q, "before", refuses); text != "before" || err != nil {
		t.Errorf("enter alone writes %q, %v", text, err)
	}
	person.Say(firstrun.Finding{Verdict: firstrun.Fine, Sentence: "Good … \x1b[31m"}, firstrun.Finding{Verdict: firstrun.Wrong, Sentence: "Bad."})
	for _, want := range []string{"Help.\n", "1. one\n", "between 1 and 3", "this is wrong", "ok Good ...", "x Bad."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
	for _, r := range out.String() {
		if r > '~' || r < ' ' && r != '\n' {
			t.Errorf("it has %q", r)
		}
	}
}

// TestLineByLineSaysWhatEnterDoes: what is offered is seen, and can be taken or left out.
func TestLineByLineSaysWhatEnterDoes(t *testing.T) {
	fine := func(text string) error {
		if text == nothing || text == "" {
			return errors.New("this is no email")
		}
		return nil
	}
	for _, c := range []struct {
		text, empty, typed, want string
		says                     []string
	}{
		{"dana@example.com", "skip", "", "dana@example.com", []string{"Enter alone: dana@example.com", "A single -: skip."}},
		{"dana@example.com", "skip", "-", "", nil},
		{"dana@example.com", "skip", "ann@example.com", "ann@example.com", nil},
		{"file", "", "", "file", []string{"Enter alone: file"}},
	} {
		person, out := plain(c.typed)
		got, err := person.Write(t.Context(), firstrun.Question{Title: "What?", Help: "Help.", Empty: c.empty}, c.text, fine)
		if err != nil || got != c.want {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
		for _, says := range c.says {
			if !strings.Contains(out.String(), says) {
				t.Errorf("%+v: it says\n%s", c, out)
			}
		}
		if c.text != "" && strings.Contains(out.String(), "Empty:") {
			t.Errorf("%+v: an empty answer is promised:\n%s", c, out)
		}
	}
	person, out := plain("")
	if got, err := person.Write(t.Context(), firstrun.Question{Title: "What?", Help: "Help.", Empty: "no more"}, "", func(string) error { return nil }); got != "" || err != nil || !strings.Contains(out.String(), "Help. Empty: no more.") {
		t.Errorf("wrote %q, %v:\n%s", got, err, out)
	}
	person, out = plain("", "2", "")
	if at, err := person.Choose(t.Context(), firstrun.Question{Title: "Which?"}, []string{"one", "two"}, 1); at != 1 || err != nil || !strings.Contains(out.String(), "Enter alone takes 2: two.") {
		t.Errorf("chose %d, %v:\n%s", at, err, out)
	}
	if taken, err := person.Several(t.Context(), firstrun.Question{Title: "Which?"}, []string{"one", "two"}, []bool{true, false}); err != nil || !taken[0] || !taken[1] {
		t.Errorf("took %v, %v", taken, err)
	}
	if strings.Contains(out.String(), "Space") || strings.Contains(out.String(), "Invalid") || !strings.Contains(out.String(), "enter alone goes on") {
		t.Errorf("it says\n%s", out)
	}
}

// TestLeavingLineByLine: ctrl-c leaves though nothing is typed.
func TestLeavingLineByLine(t *testing.T) {
	in, typing := io.Pipe()
	defer typing.Close()
	for what, ask := range map[string]func(context.Context, *Terminal, firstrun.Question) error{
		"choosing": func(ctx context.Context, person *Terminal, q firstrun.Question) error {
			_, err := person.Choose(ctx, q, []string{"one", "two"}, 0)
			return err
		},
		"several": func(ctx context.Context, person *Terminal, q firstrun.Question) error {
			_, err := person.Several(ctx, q, []string{"one", "two"}, []bool{true, false})
			return err
		},
		"writing": func(ctx context.Context, person *Terminal, q firstrun.Question) error {
			_, err := person.Write(ctx, q, "text", func(string) error { return nil })
			return err
		},
	} {
		asked := make(chan struct{})
		person := &Terminal{In: &reads{Reader: in, began: asked}, Out: io.Discard, Plain: true}
		ctx, leave := context.WithCancel(t.Context())
		go func() {
			<-asked
			leave()
		}()
		if err := ask(ctx, person, firstrun.Question{Title: "What?"}); !errors.Is(err, firstrun.ErrInterrupted) {
			t.Errorf("%s: %v", what, err)
		}
		leave()
	}
}

// reads closes began when it is read.
type reads struct {
	io.Reader
	began chan struct{}
	once  sync.Once
}

func (r *reads) Read(p []byte) (int, error) {
	r.once.Do(func() { close(r.began) })
	return r.Reader.Read(p)
}

// TestNoLineIsBroken where the output is no terminal.
func TestNoLineIsBroken(t *testing.T) {
	person, out := plain()
	person.Say(firstrun.Finding{Sentence: strings.Repeat("word ", 50) + "end"})
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Errorf("it has %d lines", n)
	}
}

// TestLinesBreakBetweenWords at all widths.
func TestLinesBreakBetweenWords(t *testing.T) {
	const line = "The answers make /home/ann/.config/first-line/config.toml. Nothing is written before the end; ctrl-c leaves."
	for width := 42; width < 130; width++ {
		text := wrapped(line, width)
		for part := range strings.SplitSeq(text, "\n") {
			if len(part) > width {
				t.Errorf("%q is wider than %d", part, width)
			}
		}
		if got := strings.Join(strings.Fields(text), " "); got != line {
			t.Errorf("at %d it is\n%s", width, text)
		}
	}
	if got := wrapped(line, 0); got != line {
		t.Errorf("without a width it is %q", got)
	}
}

// TestNothingTypedIsNoAnswer: the end of the input is not taken for enter.
func TestNothingTypedIsNoAnswer(t *testing.T) {
	person, _ := plain()
	if _, err := person.Choose(t.Context(), firstrun.Question{Title: "Write it?"}, []string{"yes", "no"}, 0); !errors.Is(err, firstrun.ErrInterrupted) {
		t.Errorf("choosing gives %v", err)
	}
	if _, err := person.Write(t.Context(), firstrun.Question{Title: "What?"}, "x", func(string) error { return nil }); !errors.Is(err, firstrun.ErrInterrupted) {
		t.Errorf("writing gives %v", err)
	}
	if _, err := person.Secret(t.Context(), firstrun.Question{Title: "What?", Empty: "back"}, func(string) error { return nil }); err == nil {
		t.Error("a secret is typed where it would be seen")
	}
}
