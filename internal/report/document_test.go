package report

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// element is a part of a page.
type element struct {
	name     string
	attrs    map[string]string
	text     string
	children []*element
}

func (e *element) each(f func(*element)) {
	f(e)
	for _, c := range e.children {
		c.each(f)
	}
}

// all is the text of the element and of all in it.
func (e *element) all() string {
	var b strings.Builder
	e.each(func(e *element) { b.WriteString(e.text + " ") })
	return b.String()
}

// parsedDocument parses a page, and fails where it is not well-formed.
func parsedDocument(t *testing.T, text string) *element {
	t.Helper()
	if !strings.HasPrefix(text, "<!DOCTYPE html>") {
		t.Fatal("it has no doctype")
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.AutoClose, d.Entity = []string{"meta"}, xml.HTMLEntity
	d.Strict = false // meta has no end
	root := &element{}
	open := []*element{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		top := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			top.children, open = append(top.children, e), append(open, e)
		case xml.EndElement:
			if top.name != token.Name.Local {
				t.Fatalf("</%s> ends <%s>", token.Name.Local, top.name)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
	if len(open) != 1 {
		t.Fatalf("<%s> has no end", open[len(open)-1].name)
	}
	return root
}

func documentOf(t *testing.T, h past.History, o Options) (string, *element) {
	t.Helper()
	r := New(h, o)
	text := r.HTML(wallclock.In(time.UTC), o.Span.Until)
	return text, parsedDocument(t, text)
}

// A page needs nothing from elsewhere and runs nothing.
func selfContained(t *testing.T, root *element) {
	t.Helper()
	ids, links := map[string]bool{}, []string{}
	root.each(func(e *element) {
		if slices.Contains([]string{"script", "link", "iframe", "object", "embed", "img", "image", "use", "base", "form", "foreignObject", "audio", "video"}, e.name) {
			t.Errorf("there is <%s>", e.name)
		}
		if e.name == "style" && (strings.Contains(e.text, "url(") || strings.Contains(e.text, "@import")) {
			t.Error("the style refers to something else")
		}
		for name, value := range e.attrs {
			switch {
			case name == "href" && strings.HasPrefix(value, "#"):
				links = append(links, value[1:])
			case name == "href", name == "src", name == "style", strings.HasPrefix(name, "on"), strings.Contains(value, "//"):
				t.Errorf("<%s> has %s=%q", e.name, name, value)
			case name == "id":
				if ids[value] {
					t.Errorf("two are %q", value)
				}
				ids[value] = true
			}
		}
	})
	for _, to := range links {
		if !ids[to] {
			t.Errorf("a link goes to %q, which is not there", to)
		}
	}
}

// defined checks that each figure has its definition in its row, and each plot and table one
// below its heading.
func defined(t *testing.T, r *Report, root *element) {
	t.Helper()
	rows := map[string]*element{}
	root.each(func(e *element) {
		if id, is := strings.CutPrefix(e.attrs["id"], "figure-"); is {
			rows[id] = e
		}
		for n, c := range e.children {
			if c.name == "h2" && strings.TrimSpace(c.text) != "All figures" && (n+1 == len(e.children) || e.children[n+1].attrs["class"] != "definition") {
				t.Errorf("%s has no definition", c.text)
			}
		}
	})
	for n, f := range Figures() {
		if !r.Total.Values[n].Applies {
			continue
		}
		if rows[f.ID] == nil || !strings.Contains(rows[f.ID].all(), f.Definition) {
			t.Errorf("%s has no definition", f.ID)
		}
	}
	for _, table := range r.Tables {
		if !strings.Contains(root.all(), table.Definition) {
			t.Errorf("%s has no definition", table.ID)
		}
	}
}

func TestDocument(t *testing.T) {
	for _, by := range append(Groupings(), ByNothing) {
		h, o := readHand(t), handOptions(t)
		o.By = by
		text, root := documentOf(t, h, o)
		selfContained(t, root)
		r := New(h, o)
		defined(t, &r, root)
		for _, want := range []string{"On-call load from Mon 19 Oct 2026", "Interruptions by weekday and hour", "default-src &#39;none&#39;", "In the time before", "What is behind it (56)"} {
			if !strings.Contains(text, want) {
				t.Errorf("by %s there is no %q", by, want)
			}
		}
	}
}

// What comes from outside is text.
func TestDocumentOfHostileNames(t *testing.T) {
	const hostile = `</title><script>alert(1)</script>{{.}}"'><img src=x onerror=y>` + "\x1b[31m\u202e"
	h, o := readHand(t), handOptions(t)
	for id, p := range h.People {
		p.Name = hostile
		h.People[id] = p
	}
	for n := range h.Incidents {
		i := &h.Incidents[n]
		i.Title, i.Service.Name, i.Alert, i.Teams = hostile, hostile, hostile, []past.Name{{ID: hostile, Name: hostile}}
		for k := range i.Entries {
			i.Entries[k].Text = hostile
		}
	}
	for _, o.By = range append(Groupings(), ByNothing) {
		text, root := documentOf(t, h, o)
		selfContained(t, root)
		if strings.ContainsAny(text, "\x1b\u202e") {
			t.Error("what steers is in it")
		}
		if strings.Contains(text, "<script") || strings.Contains(text, "<img") || strings.Count(text, "</title><") != strings.Count(text, "</title></rect>") {
			t.Error("a name is more than text")
		}
		if !strings.Contains(root.all(), "<script>alert(1)</script>{{.}}") {
			t.Error("the title is not there as text")
		}
	}
}

// A number that lacks data says so, and 0 for lack of data too.
func TestDocumentSaysWhatIsUnknown(t *testing.T) {
	o := handOptions(t)
	_, root := documentOf(t, past.History{}, o)
	selfContained(t, root)
	if text := root.all(); !strings.Contains(text, "Nothing is drawn, because the history of this time was not read") || !strings.Contains(text, "Unknown, because") {
		t.Errorf("of nothing the page says %s", text)
	}
	root.each(func(e *element) {
		if e.attrs["class"] == "number" && strings.TrimSpace(e.text) != "?" {
			t.Errorf("of nothing a figure is %q", e.text)
		}
	})
	// A week was read, in which nothing happened.
	h := past.History{People: map[string]past.Person{}, Log: []sources.Span{{Since: o.Span.Since, Until: o.Span.Since.Add(week)}}}
	_, root = documentOf(t, h, o)
	text := root.all()
	for _, want := range []string{"What this report lacks", "Unknown, because there was none in what was read", "? was not read, or not wholly", "Nobody was interrupted"} {
		if !strings.Contains(text, want) {
			t.Errorf("of one of two weeks the page does not say %q", want)
		}
	}
	// All was read.
	h.Log[0].Since, h.Log[0].Until = o.Span.Since.Add(-2*week), o.Span.Until
	_, root = documentOf(t, h, o)
	if text := root.all(); strings.Contains(text, "none in what was read") || strings.Contains(text, "What this report lacks") {
		t.Error("a time without incidents that was read whole has doubts")
	}
}

// However many people, weeks and events there are, a page stays small.
func TestDocumentOfMuch(t *testing.T) {
	o := handOptions(t)
	o.Span.Since = o.Span.Until.Add(-57 * week)
	h := past.History{People: map[string]past.Person{}, Log: []sources.Span{{Since: o.Span.Since.Add(-57 * week), Until: o.Span.Until}}}
	for n := range 3000 {
		who, at := "u"+string(rune('A'+n%60)), o.Span.Since.Add(time.Duration(n)*3*time.Hour)
		h.People[who] = past.Person{ID: who, Name: "A person with a name that is longer than its place", Zone: "Europe/Berlin"}
		h.Incidents = append(h.Incidents, past.Incident{
			ID: who + at.Format(time.DateOnly), ReadAt: o.Span.Until, CreatedAt: at, ChangedAt: at, Status: sources.Resolved, DetailsRead: true,
			Entries: []past.Entry{{At: at, Kind: past.Notify, Way: past.Push, To: []string{who}}},
		})
	}
	text, root := documentOf(t, h, o)
	if len(text) > 1<<20 {
		t.Errorf("it has %d bytes", len(text))
	}
	if !strings.Contains(root.all(), "Others, without a bar: 20") || !strings.Contains(root.all(), "lists all") {
		t.Error("it does not say who and what is left out")
	}
	root.each(func(e *element) {
		if e.name == "rect" && (len(e.attrs["width"]) > 3 || e.attrs["width"] == "0" || strings.HasPrefix(e.attrs["y"], "-")) {
			t.Errorf("a rectangle is %v", e.attrs)
		}
	})
}
