package ui

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"firstline/runbooks"
	"firstline/ui/reply"
)

// lateReply is a kind of reply that can come after the screen has moved on.
type lateReply struct {
	open func(t *testing.T) *harness
	// ask makes the screen ask for something, whose reply is held; moveOn makes
	// that reply late.
	ask, moveOn func(h *harness)
	// ending: the first of the replies makes the others late.
	ending bool
	// then checks the screen once every reply has come.
	then func(h *harness)
}

func pressing(list ...string) func(*harness) { return func(h *harness) { h.press(list...) } }

// lateSite and lateDesktop answer again once the screen has moved on.
var (
	lateSite    = &web{}
	lateDesktop *shiftMaker
)

// lateReplies are all kinds that a person can leave behind; what belongs to a
// group and is cached for it comes late without harm, and is here too.
var lateReplies = map[string]lateReply{
	"the pages of a group": {
		open:   func(t *testing.T) *harness { return withStory(t, 120, 30, withRunbooks) },
		ask:    pressing("j"),
		moveOn: pressing("k"),
		then:   func(h *harness) { h.reads("More than 5% of requests fail") },
	},
	"an arrangement with another filter": {
		open: func(t *testing.T) *harness { return withStory(t, 120, 30, nil) },
		ask: func(h *harness) {
			h.press("/")
			h.write("mail")
		},
		moveOn: pressing("esc"),
		then:   func(h *harness) { h.list("1–8 of 8") },
	},
	"an arrangement in another order": {
		open:   func(t *testing.T) *harness { return withStory(t, 120, 30, nil) },
		ask:    pressing("v"),
		moveOn: pressing("v", "v", "v", "v"),
		then:   func(h *harness) { h.list("1–8 of 8") },
	},
	"what a filter can be completed with": {
		open:   func(t *testing.T) *harness { return withStory(t, 120, 30, nil) },
		ask:    pressing("/"),
		moveOn: pressing("esc"),
		then:   func(h *harness) { h.list("1–8 of 8") },
	},
	"a runbook from the web": {
		open: func(t *testing.T) *harness {
			lateSite.document = runbooks.Fetched{URL: "https://runbooks.example.com/checkout", Markdown: "# First page\n", At: noon}
			h := newHarness(t, 120, 30, func(o *Options) { o.Library = runbooks.Open(runbooks.Options{Fetcher: lateSite}) })
			h.send(snapshotsMsg{list: story(noon)})
			h.put("HighErrorRate")
			h.reads("First page")
			lateSite.document.Markdown = "# Old page\n"
			return h
		},
		ask: func(h *harness) {
			h.press("ctrl+r")
			for !h.m.pane.Runbook.Looking.Busy() {
				r := h.replies[0] // the content that says that it is being read
				h.replies = h.replies[1:]
				h.deliver(r)
			}
		},
		moveOn: func(h *harness) {
			lateSite.document.Markdown = "# New page\n"
			h.press("ctrl+r")
		},
		then: func(h *harness) { h.reads("New page"); h.seesNot("Old page") },
	},
	"a link that was followed": {
		open:   func(t *testing.T) *harness { return readRunbook(t) },
		ask:    pressing("f", "1"),
		moveOn: pressing("esc", "j", "k"),
		then:   func(h *harness) { h.seesNot("Nothing but text") },
	},
	"a link before another": {
		open: func(t *testing.T) *harness {
			files := fstest.MapFS{
				"HighErrorRate.md": {Data: []byte("# Start\n\n[a](a.md) [b](b.md)\n")}, "a.md": {Data: []byte("# A\n\nText of a.\n")}, "b.md": {Data: []byte("# B\n\nText of b.\n")},
			}
			h := withStory(t, 120, 30, func(o *Options) {
				o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": files}})
			})
			h.put("HighErrorRate")
			h.press("enter")
			return h
		},
		ask:    pressing("f", "1"),
		moveOn: pressing("f", "2"),
		then:   func(h *harness) { h.reads("Text of b."); h.seesNot("Text of a.") },
	},
	"what happened to a group": {
		open: func(t *testing.T) *harness {
			h := withStory(t, 120, 30, newChronicle().with)
			h.put("Q1CHECKOUT")
			return h
		},
		ask:    pressing("3"),
		moveOn: pressing("1"),
		then:   func(h *harness) { h.press("3"); h.reads("Tue 10 Mar 2026") },
	},
	"when an alert fired before": {
		open: func(t *testing.T) *harness {
			h := withStory(t, 120, 30, func(o *Options) { o.Past = (&before{}).options() })
			h.put("Q1CHECKOUT")
			return h
		},
		ask:    pressing("5"),
		moveOn: pressing("1"),
		then:   func(h *harness) { h.press("5"); h.reads("3 times before") },
	},
	"what was done at an earlier time": {
		open: func(t *testing.T) *harness {
			h := withStory(t, 120, 40, func(o *Options) { o.Past = (&before{}).options() })
			h.put("Q1CHECKOUT")
			h.press("5", "enter")
			return h
		},
		ask:    pressing("enter"),
		moveOn: pressing("esc"),
		then:   func(h *harness) { h.reads("3 times before"); h.press("enter"); h.reads("It was the cache.") },
	},
	"the ticks of a group": {
		open: func(t *testing.T) *harness {
			h := readRunbook(t, func(o *Options) { o.Memory = newMemory() })
			h.press("esc")
			return h
		},
		ask:    pressing("j"),
		moveOn: pressing("k"),
		then:   func(h *harness) { h.reads("Meaning") },
	},
	"the plan of a dialog that was closed": {
		open: func(t *testing.T) *harness {
			h := withStory(t, 120, 40, newAccount().with)
			h.put("Q1CHECKOUT")
			return h
		},
		ask:    pressing("e"),
		moveOn: pressing("esc", "n"),
		then:   func(h *harness) { h.dialog("Note"); h.seesNot("Escalate to") },
	},
	"a result after the last": {
		open: func(t *testing.T) *harness {
			d := newAccount()
			h := withStory(t, 120, 40, d.with)
			h.put("Q1CHECKOUT")
			d.fail = errUnreachable
			h.press("a")
			return h
		},
		ask:    pressing("enter"),
		ending: true, // brings all results at once
		moveOn: pressing("enter"),
		then:   func(h *harness) { h.seesNot("No connection.") },
	},
	"the text of a handover that was closed": {
		open: func(t *testing.T) *harness {
			lateDesktop = newShiftMaker()
			return withStory(t, 120, 40, lateDesktop.with)
		},
		ask: pressing("H"),
		moveOn: func(h *harness) {
			h.press("esc")
			lateDesktop.text = "# The new text"
			h.press("H")
		},
		then: func(h *harness) { h.dialog("# The new text"); h.seesNot("Open (2)") },
	},
	"the output of a step after its end": {
		open: func(t *testing.T) *harness {
			h := readRunbook(t, withSteps(newMemory()))
			h.press("J", "x")
			return h
		},
		ask:    pressing("enter"),
		ending: true, // brings all the output
		moveOn: pressing("j"),
		then:   func(h *harness) { h.dialog("exit 0") },
	},
}

// A reply that comes after the screen has moved on changes nothing on it,
// whether it comes before or after the newer one.
func TestAReplyThatComesTooLateChangesNothing(t *testing.T) {
	for name, c := range lateReplies {
		for _, oldFirst := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				h := c.open(t)
				h.holdReplies = true
				c.ask(h)
				if len(h.replies) == 0 {
					t.Fatal("nothing was asked for")
				}
				var old []reply.Message
				old, h.replies = h.replies, nil
				if c.ending {
					h.deliver(old[0])
					old, h.replies = old[1:], nil
				}
				c.moveOn(h)
				if !oldFirst {
					h.deliverHeld()
					h.holdReplies = true
				}
				before, _ := h.m.frame()
				for _, r := range slices.Backward(old) {
					h.deliver(r)
					if after, _ := h.m.frame(); after != before {
						t.Fatalf("an old reply changed the screen from\n%s\nto\n%s", h.m.Bare(before), h.m.Bare(after))
					}
				}
				h.deliverHeld()
				c.then(h)
			})
		}
	}
}

// Replies of different kinds come in any order; the screen they lead to is the
// same.
func TestRepliesInAnyOrderLeadToTheSameScreen(t *testing.T) {
	screen := func(reverse bool) string {
		c := newChronicle()
		h := withStory(t, 120, 40, func(o *Options) {
			c.with(o)
			withLongRunbook(o)
			o.Memory = newMemory()
			o.ReadAlerts = func(context.Context, string) error { return nil }
		})
		h.put("Q3DISK")
		h.holdReplies = true
		h.put("Q1CHECKOUT")
		h.press("enter", "e")
		for h.holdReplies = true; len(h.replies) > 0; {
			held := h.replies
			h.replies = nil
			if reverse {
				slices.Reverse(held)
			}
			for _, r := range held {
				h.deliver(r)
			}
		}
		h.holdReplies = false
		return h.screen()
	}
	if forward, backward := screen(false), screen(true); forward != backward {
		t.Errorf("one order leads to\n%s\nthe other to\n%s", forward, backward)
	}
}
