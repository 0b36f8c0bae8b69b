// Package messages shows how each source does and what was said so far.
package messages

import (
	"slices"

	"firstline/internal/clean"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// Room is the sources and the history of messages, the latest first.
type Room struct {
	room.Reader
	snapshots func() []sources.Snapshot
}

// New opens the messages. snapshots gives what each source last said.
func New(s *room.Screen, snapshots func() []sources.Snapshot) *Room {
	r := &Room{Reader: room.Reader{Screen: s, Title: "Sources and messages"}, snapshots: snapshots}
	r.Resize()
	return r
}

// Resize writes the messages for another size or theme.
func (r *Room) Resize() {
	r.Lines = nil
	width := r.Inside()
	for _, s := range r.snapshots() {
		r.Lines = append(r.Lines, r.sourceLine(s))
		if s.Err != nil {
			r.Lines = append(r.Lines, room.Indented(r.Sentence(s.Err, width-2))...)
		}
	}
	r.Lines = append(r.Lines, "")
	if len(r.Messages.History) == 0 {
		r.Lines = append(r.Lines, r.Theme.Of(draw.Dim).On("No messages yet"))
	}
	// The one in the line is the last of the history, whatever its time.
	history := slices.Clone(r.Messages.History)
	slices.SortStableFunc(history, func(a, b room.Message) int { return a.At.Compare(b.At) })
	for _, msg := range slices.Backward(history) {
		mark, role := msg.Level.Mark()
		at := r.Times().Second(msg.At)
		for i, l := range r.Wrap(msg.Text, width-12) {
			if i > 0 {
				at, mark = "", " "
			}
			r.Lines = append(r.Lines, r.Theme.Of(draw.Dim).On(r.Fit(at, 10))+r.Theme.Of(role).On(mark)+" "+l)
		}
	}
	r.Clamp()
}

// sourceLine says how a source does.
func (r *Room) sourceLine(s sources.Snapshot) string {
	line := r.Spans(
		draw.Span{Text: r.Fit(clean.Line(s.Source.Name), 16) + "  ", Role: draw.Strong},
		draw.Span{Text: r.Fit(string(s.Source.Kind), 12) + "  ", Role: draw.Dim})
	switch {
	case s.Err != nil:
		line += r.Theme.Of(draw.Critical).On("✗ failing since " + r.Clock(s.FailingSince, r.Now))
		if !s.AsOf.IsZero() {
			line += ", shown as of " + r.Clock(s.AsOf, r.Now)
		}
	case s.AsOf.IsZero():
		line += "not read yet"
	default:
		line += r.Theme.Of(draw.Good).On("✓") + " read at " + r.Times().Second(s.AsOf)
	}
	return line
}
