package ui

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"

	"firstline/runbooks"
)

// A name that several teams use is suggested, and says whose it is.
func TestRunbooksOfOthersAreSuggested(t *testing.T) {
	h := withStory(t, 120, 30, func(o *Options) {
		o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": fstest.MapFS{
			"letters/QueueBacklog.md":  {Data: []byte("# Letters wait\n\nText of the letters team.\n")},
			"invoices/QueueBacklog.md": {Data: []byte("# Invoices wait\n")},
		}}})
	})
	h.put("QueueBacklog")
	h.reads("No runbook yet", "Others have a runbook of that name", "invoices, letters")
	h.press("enter", "f")
	h.sees("of letters: Letters wait", "of invoices: Invoices wait")
	h.press("2")
	h.reads("Text of the letters team.")
	h.press("backspace")
	h.reads("No runbook yet")
}

// Trust takes the page that is there now.
func (w *web) Trust(context.Context, string) error {
	w.document = *w.document.Now
	return w.err
}

func TestWhatMayBeAnotherRunbookIsOffered(t *testing.T) {
	const address = "https://runbooks.example.com/checkout"
	site := &web{document: runbooks.Fetched{
		URL: address, Markdown: "# Stored page\n", At: noon, Doubt: "the server redirects to portal.example.com",
		Now: &runbooks.Fetched{URL: address, Markdown: "# Portal\n\nText of the portal.\n", At: noon},
	}}
	h := newHarness(t, 120, 30, func(o *Options) { o.Library = runbooks.Open(runbooks.Options{Fetcher: site}) })
	h.send(snapshotsMsg{list: story(noon)})
	h.put("HighErrorRate")
	h.reads("Stored page", "redirects to", "f shows")
	h.press("enter", "f")
	h.sees("read the page that is there now: Portal", "take that page for the runbook")
	h.press("1")
	h.reads("Text of the portal.")
	h.press("backspace")
	h.reads("redirects to")
	h.press("f", "2")
	h.status("is the runbook from now on")
	h.reads("Text of the portal.")
	h.seesNot("redirects to")
}
