package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/weekhours"
	"firstline/sources"
	"firstline/ui/steprun"
)

// crowd has so many people on call on the first line's first level.
func crowd(h *harness, d *account, n int) []string {
	changed := story(noon)[0]
	changed.Data.OnCalls = slices.Clone(changed.Data.OnCalls)
	var names []string
	first := changed.Data.OnCalls[0]
	changed.Data.OnCalls = slices.Delete(changed.Data.OnCalls, 0, 1)
	for i := range n {
		name := fmt.Sprintf("Responder Number %02d", i+1)
		names = append(names, name)
		entry := first
		entry.User = sources.Reference{ID: fmt.Sprintf("PX%02d", i), Name: name}
		changed.Data.OnCalls = append(changed.Data.OnCalls, entry)
		changed.Data.Users = append(changed.Data.Users, sources.User{ID: entry.User.ID, Name: name, Email: fmt.Sprintf("x%d@example.com", i), TimeZone: "Asia/Singapore"})
	}
	d.onCalls = changed.Data.OnCalls
	h.send(snapshotsMsg{list: []sources.Snapshot{changed}})
	return names
}

// Before the key that sends, everybody who is notified was on the screen,
// however small that is and however many they are.
func TestWhoIsNotifiedWasOnTheScreen(t *testing.T) {
	race.Skip(t)
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}, {60, 50}, {200, 15}} {
		for _, n := range []int{1, 2, 5, 9, 20, 40} {
			for _, selected := range []int{1, 2} {
				t.Run(fmt.Sprintf("%dx%d/%d people/%d groups", size[0], size[1], n, selected), func(t *testing.T) {
					d := newAccount()
					h := withStory(t, size[0], size[1], d.with)
					names := crowd(h, d, n)
					h.put("Q1CHECKOUT")
					if selected > 1 {
						h.press("space")
						h.put("Q3DISK")
						h.press("space")
					}
					h.press("e")
					h.write("x")
					h.press("tab")
					seen := ""
					presses := 0
					for ; len(d.acts()) == 0; presses++ {
						if presses > 60 {
							t.Fatalf("enter never sends:\n%s", h.screen())
						}
						screen := h.screen()
						seen += screen
						if strings.Contains(screen, "enter: read on") == strings.Contains(screen, "enter sends") {
							t.Fatalf("the hint does not say what enter does:\n%s", screen)
						}
						h.press("enter")
					}
					for _, name := range names {
						if !strings.Contains(seen, name) {
							t.Errorf("%s is notified and was never on the screen", name)
						}
					}
					// What follows if nobody answers takes a second look where there is little
					// room, or more than one group.
					if n == 1 && presses > 1 && (presses > 4 || size[1] >= 24 && selected == 1) {
						t.Errorf("it took %d keys to notify one person", presses)
					}
				})
			}
		}
	}
}

// flat is text without blanks, frames and marks of sections.
func flat(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n│┌┐└┘─", r) }), "")
}

// Whatever the action and the size: each line that must be seen was whole on the
// screen before the key that sends, no sentence is cut where it has room, and no
// heading is shown without what is under it.
func TestEachConsequenceWasWholeOnTheScreen(t *testing.T) {
	race.Skip(t)
	for _, size := range [][2]int{{60, 15}, {60, 20}, {80, 24}, {100, 30}, {120, 30}, {200, 50}} {
		for name, open := range dialogs {
			for _, crowded := range []int{0, 7} {
				t.Run(fmt.Sprintf("%dx%d/%s/%d", size[0], size[1], name, crowded), func(t *testing.T) {
					d := newAccount()
					h := withAll(t, d, size[0], size[1], nil)
					if crowded > 0 {
						crowd(h, d, crowded)
					}
					open(h)
					before := len(d.acts())
					var frames []string
					for presses := 0; len(d.acts()) == before; presses++ {
						dialog := h.m.actions.Dialog
						if dialog == nil || presses > 80 {
							t.Fatalf("enter never sends:\n%s", h.screen())
						}
						h.whole()
						drawn, _, _ := dialog.Draw()
						text := ""
						for _, l := range drawn {
							text += flat(h.m.Bare(l))
						}
						frames = append(frames, text)
						preview := dialog.Plan.Preview()
						room := dialog.Parts().Upper
						h.press("enter")
						if len(d.acts()) == before {
							continue
						}
						for _, section := range preview.Sections {
							for i, line := range section.Lines {
								part := dialog.PreviewLine(line, section.Heading == "")
								whole := flat(line.Text)
								if i == 0 {
									whole = flat(section.Heading) + whole
								}
								if line.MustSee && len(part) < room && !slices.ContainsFunc(frames, func(f string) bool { return strings.Contains(f, whole) }) {
									t.Errorf("%q was never whole on the screen", line.Text)
								}
							}
						}
					}
				})
			}
		}
	}
}

// whole fails where the preview on the screen begins or ends within what is read
// together, though there is room for it.
func (h *harness) whole() {
	h.t.Helper()
	d := h.m.actions.Dialog
	p := d.Parts()
	rows := d.Visible(p)
	if len(rows) == 0 {
		h.t.Fatalf("nothing of the preview is shown:\n%s", h.screen())
	}
	at := func(text string, from int) int {
		for i := from; i < len(p.Rows); i++ {
			if p.Rows[i].Text == text && p.Rows[i].MustSee == rows[0].MustSee {
				return i
			}
		}
		return -1
	}
	from := at(rows[0].Text, 0)
	for from >= 0 && !slices.Equal(p.Rows[from:min(from+len(rows), len(p.Rows))], rows) {
		from = at(rows[0].Text, from+1)
	}
	if from < 0 {
		h.t.Fatalf("what is shown is no part of the preview:\n%s", h.screen())
	}
	end := from + len(rows)
	texts := make([]string, len(p.Rows))
	for i, r := range p.Rows {
		texts[i] = r.Text
	}
	next := 0
	for _, section := range d.Plan.Preview().Sections {
		for i, line := range section.Lines {
			part := d.PreviewLine(line, section.Heading == "")
			first := next
			for first+len(part) <= len(texts) && !slices.Equal(texts[first:first+len(part)], part) {
				first++
			}
			if first+len(part) > len(texts) {
				continue // it is shown in another way
			}
			last := first + len(part)
			next = last
			if i == 0 && section.Heading != "" {
				first--
			}
			if last-first > p.Upper {
				continue
			}
			if first < from && last > from || first < end && last > end {
				h.t.Errorf("%q is cut:\n%s", line.Text, h.screen())
			}
		}
	}
}

// Scrolling by any steps shows whole sentences, gets to the end, and back.
func TestScrollingShowsWholeSentences(t *testing.T) {
	race.Skip(t)
	for _, size := range [][2]int{{60, 15}, {60, 20}, {80, 24}, {100, 30}} {
		for name, open := range dialogs {
			d := newAccount()
			h := withAll(t, d, size[0], size[1], nil)
			crowd(h, d, 7)
			open(h)
			for _, key := range []string{"down", "up", "pgdown", "pgup"} {
				for range 60 {
					h.press(key)
					h.whole()
				}
				rows := h.m.actions.Dialog.Visible(h.m.actions.Dialog.Parts())
				all := h.m.actions.Dialog.Parts().Rows
				if down := key == "down" || key == "pgdown"; down && rows[len(rows)-1] != all[len(all)-1] || !down && rows[0] != all[0] {
					t.Errorf("%s, %v: %s does not get to the end:\n%s", name, size, key, h.screen())
				}
			}
		}
	}
}

// A burst shows no more of the preview, and a smaller window takes back what
// was seen of it.
func TestWhatWasSeenIsWhatWasOnTheScreen(t *testing.T) {
	d := newAccount()
	h := withStory(t, 60, 15, d.with)
	crowd(h, d, 20)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("x")
	h.press("tab")
	h.dialog("Responder Number 01", "enter: read on")
	h.pours("\r\r\r\r\r\r\r\r\r\r\r\r")
	h.dialog("Responder Number 01", "too fast to be read")
	for range 80 {
		h.press("down")
	}
	h.dialog("enter sends")
	h.send(windowSize(40, 10)) // nothing is drawn
	h.press("enter")
	d.expect(t)
	h.send(windowSize(60, 15))
	h.dialog("enter sends")
	// Whoever is new must be seen as well.
	crowd(h, d, 21)
	h.dialog("enter: read on")
	h.press("enter")
	d.expect(t)
	h.dialog("Responder Number 21")
}

// A sentence that needs one more yes was on the screen before it got that.
func TestWhatIsAskedOnceMoreWasOnTheScreen(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
		hours, err := weekhours.Parse("Mon-Fri 13:00-17:00 UTC")
		if err != nil {
			t.Fatal(err)
		}
		d := newAccount()
		h := withAll(t, d, size[0], size[1], func(o *Options) {
			o.Respond.Role = respond.FirstLine
			o.Respond.Services = map[string]respond.ServiceSettings{"payments": {Hours: hours, Outside: respond.OutsideFirstLine}}
		})
		snapshots := story(noon)
		snapshots[0].Data.OnCalls[2].User = userReference(ann)
		d.onCalls = snapshots[0].Data.OnCalls
		h.send(snapshotsMsg{list: snapshots[:1]})
		h.put("Q3DISK")
		h.press("e")
		h.write("Needs the owner.")
		h.press("tab")
		if len(h.m.actions.Dialog.Plan.Confirm) == 0 {
			t.Fatalf("nothing is asked once more:\n%s", h.screen())
		}
		seen := ""
		for range 20 {
			lines, _, _ := h.m.actions.Dialog.Draw()
			for _, l := range lines {
				seen += h.m.Bare(l)
			}
			h.press("enter")
			if h.m.actions.Dialog == nil || h.m.actions.Dialog.Plan.Confirmed {
				break
			}
		}
		flat := strings.Join(strings.FieldsFunc(seen, func(r rune) bool { return strings.ContainsRune(" \n│┌┐└┘─", r) }), "")
		for _, sentence := range h.m.actions.Dialog.Plan.Confirm {
			if !strings.Contains(flat, strings.ReplaceAll(sentence, " ", "")) {
				t.Errorf("%dx%d: %q was said yes to and was never on the screen:\n%s", size[0], size[1], sentence, seen)
			}
		}
		d.expect(t)
	}
}

// A command is run once all of it was on the screen.
func TestALongCommandIsReadBeforeItRuns(t *testing.T) {
	store := newMemory()
	h := readRunbook(t, withSteps(store))
	h.send(windowSize(60, 15))
	h.press("J", "x")
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("echo line %02d", i))
	}
	r, _ := steprun.New(&h.m.Screen, steprun.Options{Command: strings.Join(lines, "\n"), Record: h.m.pane.Runbook.RecordRun, Steps: h.m.steps})
	h.m.open(r)
	h.send(nil)
	seen := ""
	for range 20 {
		seen += h.screen()
		if !strings.Contains(h.screen(), "Run this step?") {
			break
		}
		h.press("enter")
	}
	for _, l := range lines {
		if !strings.Contains(seen, l) {
			t.Errorf("%q ran and was never on the screen", l)
		}
	}
	if len(store.runs) != 1 {
		t.Errorf("ran %d times", len(store.runs))
	}
}
