package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// texts are the texts of a picture, and how many groups it has. It must be XML.
func texts(t *testing.T, svg string) (all []string, groups int) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	inText := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, groups
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
			if token.Name.Local == "g" {
				groups++
			}
			for _, a := range token.Attr {
				if strings.Contains(a.Name.Local, "href") || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("it has %s", a.Name.Local)
				}
			}
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if inText {
				all = append(all, string(token))
			}
		}
	}
}

func picture(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "a.svg")
	err := run(append([]string{"-o", out, "-title", `a "title" & more`, "-width", "20", "-height", "3"}, args...))
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), nil
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "screen")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPicture(t *testing.T) {
	svg, err := picture(t, file(t, "\x1b[1;38;5;210mCRIT\x1b[0m <b> & 漢字\nsecond \x1b[7mrow\x1b[0m\n"))
	if err != nil {
		t.Fatal(err)
	}
	all, groups := texts(t, svg)
	if got := strings.Join(all, "|"); groups != 1 || !strings.HasPrefix(got, "CRIT| <b> & 漢字 ") || !strings.Contains(got, "second |row") {
		t.Errorf("the picture has %d groups and the texts %q", groups, got)
	}
	for _, want := range []string{`fill="#ff8787" font-weight="bold">CRIT`, `fill="` + foreground + `"/><text x="58.8"`, `fill="` + background + `">row`, "a &#34;title&#34; &amp; more"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is not in\n%s", want, svg)
		}
	}
	if strings.Contains(svg, "keyframes") {
		t.Error("a single screen is animated")
	}
}

func TestRecording(t *testing.T) {
	svg, err := picture(t, file(t, "one")+":1", file(t, "two")+":2.5", file(t, "three")+":0.5")
	if err != nil {
		t.Fatal(err)
	}
	if _, groups := texts(t, svg); groups != 3 {
		t.Errorf("it has %d screens", groups)
	}
	for _, want := range []string{
		"animation:t1 4.00s step-end infinite", "@keyframes t0{0%{visibility:visible}25.000%{visibility:hidden}}",
		"@keyframes t1{0%{visibility:hidden}25.000%{visibility:visible}87.500%{visibility:hidden}}",
		"@keyframes t2{0%{visibility:hidden}87.500%{visibility:visible}}",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is not in the picture", want)
		}
	}
}

func TestRefused(t *testing.T) {
	one := file(t, "one")
	for name, args := range map[string][]string{
		"nothing": nil, "no such file": {"/none"}, "no seconds": {one, one + ":1"}, "seconds of a single one": {one + ":1"},
		"no number": {one + ":x", one + ":1"}, "0 seconds": {one + ":0", one + ":1"}, "too many rows": {file(t, "1\n2\n3\n4")},
	} {
		if _, err := picture(t, args...); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
