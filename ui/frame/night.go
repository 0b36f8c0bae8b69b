package frame

import (
	"context"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/report"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/reply"
)

// NightReader counts the interruptions of the last night before a time, and of them
// those of a person by ids. It returns nil where no history is stored. Its calls are
// made off the loop.
type NightReader func(ctx context.Context, me []string, now time.Time) *report.Night

// night is what the header says of the last night.
type night struct {
	reading reply.Loader
	last    *report.Night
	// me is whose it is, asked for whom it was read at last, and due when it is read
	// again.
	me, asked []string
	due       time.Time
}

// againAfter is when a night is read again that was not read whole.
const againAfter = 10 * time.Minute

// Follow reads the last night when that is due.
func (h *Header) Follow() tea.Cmd {
	n, read, now := &h.night, h.Options.Night, h.Now
	if read == nil || n.reading.Busy() || now.Before(n.due) && slices.Equal(n.asked, h.person.ids) {
		return nil
	}
	n.asked, n.due = h.person.ids, now.Add(againAfter)
	ctx, me := h.Context, n.asked
	return reply.Start(&n.reading, func() *report.Night { return read(ctx, me, now) }, reply.Nothing(func(last *report.Night) {
		n.last, n.me = last, me
		if last != nil && !last.Unread {
			n.due = last.Span.Until.AddDate(0, 0, 1) // when the next night has ended
		}
	}))
}

// texts are what to say of the last night, the longest first; none where nothing was
// ever synced. From the beginning of the next night until its end it says nothing: people
// would not know which night is the last.
func (n *night) texts(now time.Time) []string {
	switch {
	case n.last == nil, !now.Before(n.last.Span.Since.AddDate(0, 0, 1)):
		return nil
	case n.last.Unread:
		return []string{"last night: not synced", "last night: ?"}
	}
	number, more := strconv.Itoa(n.last.Interruptions), ""
	if n.last.AtLeast {
		more = "+"
	}
	yours := ""
	if len(n.me) > 0 && n.last.Interruptions > 0 {
		yours = ", " + strconv.Itoa(n.last.Own) + " yours"
	}
	all := wording.Count(n.last.Interruptions, "interruption")
	if n.last.AtLeast {
		all = number + " or more interruptions"
	}
	return []string{"last night: " + all + yours, "last night: " + number + more + yours}
}

// nightText is the longest text of the last night that fits, or empty.
func (h *Header) nightText(width int) string {
	for _, text := range h.night.texts(h.Now) {
		if h.WidthOf(text) <= width {
			return text
		}
	}
	return ""
}

// withNight adds the last night to the person on one line. The team gives way to it.
func (h *Header) withNight(who []draw.Span, width int) []draw.Span {
	team := draw.Span{Text: " · " + h.person.team, Role: draw.Dim}
	lists := [][]draw.Span{who}
	if n := len(who); h.person.team != "" && n > 0 && who[n-1] == team {
		lists = append(lists, who[:n-1])
	}
	for _, list := range lists {
		if text := h.nightText(width - h.WidthOfSpans(list) - h.WidthOf(" · ")); text != "" {
			return append(list[:len(list):len(list)], draw.Span{Text: " · " + text, Role: draw.Dim})
		}
	}
	return who
}
