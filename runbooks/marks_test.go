package runbooks

import (
	"strings"
	"testing"

	xansi "github.com/charmbracelet/x/ansi"
)

// Each step's mark refers to the line that shows the step, at any width.
func TestMarksLeadToTheSteps(t *testing.T) {
	rb, err := Parse("a.md", []byte(`# Title

Some text that goes on for a while, long enough to be broken into lines.

> [!WARNING]
> Careful.
>
> 1. quoted step

1. first step, which is long enough to be broken into several lines when narrow
   `+"```sh\n   echo one\n   ```"+`
2. second step
   - [ ] nested task
- [x] third step

| a | b |
|---|---|
| 1 | 2 |

- [ ] last step
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{24, 40, 100} {
		r, err := Render(rb, Style{Width: width, NoColor: true})
		if err != nil {
			t.Fatal(err)
		}
		lineOf := map[int]int{}
		for i, m := range r.Marks {
			if i > 0 && m.Line < r.Marks[i-1].Line {
				t.Errorf("width %d: mark %d goes back to line %d", width, i, m.Line)
			}
			if _, found := lineOf[m.Source]; !found {
				lineOf[m.Source] = m.Line
			}
		}
		steps := rb.Steps(nil)
		if len(steps) != 6 {
			t.Fatalf("%d steps", len(steps))
		}
		for _, s := range steps {
			line, found := lineOf[s.Line]
			if !found {
				t.Errorf("width %d: no mark for step %q", width, s.Text)
				continue
			}
			word, _, _ := strings.Cut(s.Text, " ")
			if got := xansi.Strip(r.Lines[line]); !strings.Contains(got, word) {
				t.Errorf("width %d: step %q is marked on %q", width, s.Text, got)
			}
		}
	}
}
