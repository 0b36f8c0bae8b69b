package record

import (
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

func FuzzTriedIn(f *testing.F) {
	f.Add("Tried:\n- a (b, 2026-11-23 03:12 UTC)\n- c", "text (x", "a, (b)")
	f.Add("", "a", "[[ [ ]]")
	f.Add("", "a [did not help: b]", " ] (")
	f.Fuzz(func(t *testing.T, content, text, by string) {
		for _, step := range TriedIn([]sources.Note{{Content: content}}) {
			if step.Text == "" || strings.ContainsAny(step.Text+step.By, "\n\x1b") {
				t.Errorf("%q gives %+v", content, step)
			}
		}
		// A step that firstline writes is read back unchanged.
		step := TriedStep{Text: text, Said: Remark{Kind: DidNotHelp, Why: by}.Said(), By: by, At: time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)}
		back := TriedIn([]sources.Note{{Content: TriedHeading + "\n- " + step.Line()}})
		if stepText(text) == "" {
			return
		}
		if len(back) != 1 || !back[0].Is(text) || back[0].Said != remarkText(step.Said) || !back[0].At.Equal(step.At) {
			t.Errorf("%q comes back as %+v", step.Line(), back)
		}
	})
}
