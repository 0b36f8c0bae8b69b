package pane

import (
	"slices"
	"testing"
)

// The head has the title, so that another heading is in the line that it had.
func TestAHeadingIsSaidToBeOneOnce(t *testing.T) {
	b := Shown{headings: []shownHeading{{level: 1, text: "Errors", line: 1}, {level: 2, text: "Meaning", line: 2}, {level: 2, text: "Impact", line: 4}}}
	b.shift(0, -2)
	lines := []string{"Meaning", "What it means.", "Impact"}
	b.nameHeadings(lines)
	if want := []string{"heading: Meaning", "What it means.", "heading: Impact"}; !slices.Equal(lines, want) {
		t.Errorf("it says %q, not %q", lines, want)
	}
}
