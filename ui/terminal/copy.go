package terminal

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Clipboard is the clipboards that a text can be given to.
type Clipboard interface {
	// Sequence asks the terminal, which never says whether it took the text; empty
	// where it can't be asked.
	Sequence(text string) string
	// Others reports whether Copy has something to do. It gives the text to the others,
	// off the loop: took names those that have it, the error says why some have not.
	Others() bool
	Copy(ctx context.Context, text string) (took []string, err error)
}

// copied is the text that was copied last.
type copied struct {
	what, text string
	at         time.Time
	// asked: the terminal was.
	asked bool
	// waiting: the others have not answered yet. took names those that have the text,
	// fault says why some have not.
	waiting bool
	took    []string
	fault   string
}

// Copy copies a text, and says how. what names it: "the link https://…".
func (t *Terminal) Copy(what, text string) tea.Cmd {
	c := &copied{what: what, text: text, at: t.TimeNow(), asked: true}
	t.copied = c
	clip := t.options.Clipboard
	if clip == nil {
		t.sayCopied(c)
		return tea.SetClipboard(text)
	}
	var ask tea.Cmd
	sequence := clip.Sequence(text)
	if c.asked = sequence != ""; c.asked {
		ask = tea.Raw(sequence)
	}
	if !clip.Others() {
		t.sayCopied(c)
		return ask
	}
	type answer struct {
		took []string
		err  error
	}
	ctx := t.Context
	c.waiting = true
	return tea.Batch(ask, reply.Start(new(reply.Loader), func() answer {
		took, err := clip.Copy(ctx, text)
		return answer{took, err}
	}, reply.Nothing(func(a answer) {
		c.waiting, c.took = false, a.took
		if a.err != nil {
			c.fault = clean.Line(strings.ReplaceAll(a.err.Error(), "\n", "; "))
		}
		t.sayCopied(c)
	})))
}

// sayCopied says what became of a copy. What was copied may be long, and comes where a
// narrow line leaves out the rest.
func (t *Terminal) sayCopied(c *copied) {
	shows := "(" + t.Keys.KeyOf(keymap.ShowCopied, keymap.InNormal) + " shows it)"
	switch {
	case len(c.took) > 0:
		t.SayWith(room.OK, "Copied by "+strings.Join(c.took, " and ")+": "+c.what, shows)
	case c.asked:
		t.SayWith(room.OK, "Copied, if the terminal takes it: "+c.what, shows)
	default:
		t.SayWith(room.Caution, "There is no clipboard here for "+c.what, shows)
	}
}

// WhyNothingCopied says why there is nothing to show; empty where there is.
func (t *Terminal) WhyNothingCopied() string {
	if t.copied == nil {
		return "nothing was copied yet"
	}
	return ""
}

// copiedRoom shows what was copied last, and what is known of where it went.
type copiedRoom struct {
	room.Reader
	copied *copied
}

// Copied opens what was copied last.
func (t *Terminal) Copied() room.Overlay {
	r := &copiedRoom{Reader: room.Reader{Screen: t.Screen, Title: "Copied"}, copied: t.copied}
	r.Resize()
	return r
}

// Resize writes it for another size.
func (r *copiedRoom) Resize() {
	c, width := r.copied, r.Inside()
	r.Lines = r.Paragraph(clean.Line(c.what)+", at "+r.Clock(c.at, r.Now), width, draw.Strong)
	say := func(text string, role draw.Role) { r.Lines = append(r.Lines, r.Paragraph(text, width, role)...) }
	if c.asked {
		say("The terminal was asked to take it (OSC 52). It never says whether it did: where nothing can be pasted, its settings forbid it.", draw.Plain)
	}
	switch {
	case c.waiting:
		say("Others have not answered yet.", draw.Dim)
	case len(c.took) > 0:
		say("✓ Taken by "+strings.Join(c.took, " and ")+".", draw.Good)
	case !c.asked:
		say("! There is no clipboard here: select the text below with the mouse.", draw.Warning)
	}
	if c.fault != "" {
		say("✗ Not taken by "+c.fault+".", draw.Failed)
	}
	r.Lines = append(r.Lines, "")
	for line := range strings.SplitSeq(strings.TrimRight(clean.Text(c.text), "\n"), "\n") {
		r.Lines = append(r.Lines, r.HardWrap(line, width)...)
	}
	r.Clamp()
}
