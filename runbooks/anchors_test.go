package runbooks

import "testing"

func TestAnchors(t *testing.T) {
	rb := mustParse(t, "a.md", "# Page\n\n<a name=\"one\"></a>\n<a id='uno'></a>\n\n## First `x` thing!\n\n## <a name=\"two\"></a>Second\n\ntext <a name=\"in-text\"></a> more\n\n## Third {#three_3}\n\n## Fourth { #four .x }\n\n## Fifth [¶](#five)\n\n## Sixth {: #six }\n\n## up{job=\"a\"}\n\n## Seven [#](#seven)\n")
	for fragment, want := range map[string]string{
		"one": "First x thing!", "uno": "First x thing!", "first-x-thing": "First x thing!", "two": "Second", "second": "Second", "in-text": "Second",
		"three_3": "Third", "third": "Third", "four": "Fourth", "#FOUR": "Fourth", "five": "Fifth", "fifth": "Fifth", "six": "Sixth", "upjoba": `up{job="a"}`, "user-content-seven": "Seven",
		"nothing": "",
	} {
		got := ""
		if h := rb.At(fragment); h != nil {
			got = h.Text
		}
		if got != want {
			t.Errorf("#%s leads to %q, want %q", fragment, got, want)
		}
	}
	r, err := Render(rb, Style{Width: 60, NoColor: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range rb.Headings {
		if line := r.Lines[r.HeadingLines[i]]; line != "# "+h.Text && line != "## "+h.Text && i != 1 {
			t.Errorf("%+v is drawn as %q", h, line)
		}
	}
}
