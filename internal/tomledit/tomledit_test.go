package tomledit

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestApply(t *testing.T) {
	url := func(element int, value any) Setting {
		return Setting{Table: "server", List: true, Element: element, Key: "url", Value: value}
	}
	me := func(value any) Setting { return Setting{Table: "me", Key: "email", Value: value} }
	for _, c := range []struct {
		what, document string
		settings       []Setting
		want           string
	}{
		{"a value", "[me] # who\nemail = \"a@b\" # mine\nrole = 'x'\n", []Setting{me("c@d")}, "[me] # who\nemail = \"c@d\" # mine\nrole = 'x'\n"},
		{"a value of several lines", "[me]\nemail = [\n  \"a\", # first\n  \"b\",\n] # all\nrole = 1\n", []Setting{me([]string{"c"})}, "[me]\nemail = [\n#   \"a\", # first\n#   \"b\",\n  \"c\",\n] # all\nrole = 1\n"},
		{"a further item", "[me]\nemail = [\n  \"a\", # first\n  # old\n  'b', # second\n]\n", []Setting{me([]string{"a", "b", "c", "d"})}, "[me]\nemail = [\n  \"a\", # first\n  # old\n  'b', # second\n  \"c\",\n  \"d\",\n]\n"},
		{"a further item after one without a comma", "[me]\nemail = [\n\t\"a\",\n\t\"b\" # second\n]\n", []Setting{me([]string{"a", "b", "c"})}, "[me]\nemail = [\n\t\"a\",\n\t\"b\", # second\n\t\"c\",\n]\n"},
		{"a further item in the last line", "[me]\nemail = [\"a\", # first\n  \"b\"] # all\n", []Setting{me([]string{"a", "b", "c"})}, "[me]\nemail = [\"a\", # first\n  \"b\", \"c\"] # all\n"},
		{"a further item in a line", "[me]\nemail = [\"a\"] # all\n", []Setting{me([]string{"a", "b"})}, "[me]\nemail = [\"a\", \"b\"] # all\n"},
		{"an item less", "[me]\nemail = [\n  \"a\", # first\n  \"b\", # second\n  \"c\"\n]\n", []Setting{me([]string{"a", "c"})}, "[me]\nemail = [\n  \"a\", # first\n#   \"b\", # second\n  \"c\"\n]\n"},
		{"the items in another order", "[me]\nemail = [\n  \"a\", # first\n  \"b\",\n]\n", []Setting{me([]string{"b", "a"})}, "[me]\nemail = [\n#   \"a\", # first\n  \"b\",\n  \"a\",\n]\n"},
		{"away with its tables", "[me]\nx = 1\n[me.email]\na = [\n1]\n[me.email.b] # b\nc = 1\n[me.emails]\nd = 1\n[you]\ne = 1\n", []Setting{me(nil)}, "[me]\nx = 1\n# [me.email]\n# a = [\n# 1]\n# [me.email.b] # b\n# c = 1\n[me.emails]\nd = 1\n[you]\ne = 1\n"},
		{"away with dotted keys, of one element", "[[server]]\nurl.a = 1\nurl.b = 2\nc = 1\n[[server]]\nurl.a = 1\n", []Setting{url(0, nil)}, "[[server]]\n# url.a = 1\n# url.b = 2\nc = 1\n[[server]]\nurl.a = 1\n"},
		{"an example", "[me]\n# Who.\n# email = \"dana@example.com\"\n# role = \"x\"\n", []Setting{me("c@d")}, "[me]\n# Who.\nemail = \"c@d\"\n# role = \"x\"\n"},
		{"an example under an example", "a = 1\n# [me]\n# email = \"x\"\n# [you]\n# email = \"y\"\n", []Setting{me("c@d")}, "a = 1\n[me]\nemail = \"c@d\"\n# [you]\n# email = \"y\"\n"},
		{"an example of another table", "[me]\nrole = 1\n# [you]\n# email = \"y\"\n", []Setting{me("c@d")}, "[me]\nrole = 1\nemail = \"c@d\"\n# [you]\n# email = \"y\"\n"},
		{"no such key", "[me]\nrole = 1\n\n[you]\n", []Setting{me("c@d")}, "[me]\nrole = 1\nemail = \"c@d\"\n\n[you]\n"},
		{"no such table", "[you]\nx = 1\n\n\n", []Setting{me("c@d")}, "[you]\nx = 1\n\n[me]\nemail = \"c@d\"\n"},
		{"an empty document", "", []Setting{me("c@d")}, "[me]\nemail = \"c@d\"\n"},
		{"no line end at the end", "[me]\nemail = \"a\"", []Setting{me("c@d")}, "[me]\nemail = \"c@d\""},
		{"line ends of Windows", "[me]\r\nemail = \"a\"\r\nb = 1\r\n", []Setting{me("c@d")}, "[me]\r\nemail = \"c@d\"\r\nb = 1\r\n"},
		{"an example within a value is none", "[me]\nx = '''\n# email = \"a\"\n'''\n", []Setting{me("c@d")}, "[me]\nx = '''\n# email = \"a\"\n'''\nemail = \"c@d\"\n"},
		{"away", "[me]\nemail = \"a\" # mine\nx = 1\n", []Setting{me(nil)}, "[me]\n# email = \"a\" # mine\nx = 1\n"},
		{"away what is not there", "[me]\nx = 1\n", []Setting{me(nil)}, "[me]\nx = 1\n"},
		{"a first element", "# Servers.\n# [[server]]\n# url = \"x\"\n# a = 1\n\n[me]\n", []Setting{url(0, "y")}, "# Servers.\n[[server]]\nurl = \"y\"\n# a = 1\n\n[me]\n"},
		{"a further element", "[[server]]\nurl = \"x\"\n# More.\n# a = 1\n\n# Me.\n[me]\n", []Setting{url(1, "y")}, "[[server]]\nurl = \"x\"\n# More.\n# a = 1\n\n[[server]]\nurl = \"y\"\n\n# Me.\n[me]\n"},
		{"after the tables of the last element", "[[server]]\nurl = \"x\"\n[server.http]\na = 1\n[me]\n", []Setting{url(1, "y")}, "[[server]]\nurl = \"x\"\n[server.http]\na = 1\n\n[[server]]\nurl = \"y\"\n[me]\n"},
		{"the second element", "[[server]]\nurl = \"x\"\n[[server]]\nurl = \"y\"\n", []Setting{url(1, "z")}, "[[server]]\nurl = \"x\"\n[[server]]\nurl = \"z\"\n"},
		{"elements one by one", "", []Setting{url(0, "x"), url(1, "y")}, "[[server]]\nurl = \"x\"\n\n[[server]]\nurl = \"y\"\n"},
		{"an inline table", "[me]\nemail = { a = 1 } # mine\n", []Setting{me(map[string]any{"b": map[string]any{"d": "x", "c": true}, "a": "y"})}, "[me]\nemail = { a = \"y\", b = { c = true, d = \"x\" } } # mine\n"},
		{"quotes", "", []Setting{me(`a="b"`)}, "[me]\nemail = 'a=\"b\"'\n"},
		{"an active header within an example", "[a]\n# [me]\nx = 1\n", []Setting{me("c@d")}, "[a]\n# [me]\nx = 1\n\n[me]\nemail = \"c@d\"\n"},
	} {
		got, err := Apply(c.document, c.settings...)
		if err != nil || got != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.what, err, got, c.want)
		}
	}
}

func TestApplyRefusesOtherForms(t *testing.T) {
	for _, document := range []string{"me = { email = \"a\" }\n", "me.email = \"a\"\n", "[[me]]\nx = 1\n", "me = 1\n"} {
		if got, err := Apply(document, Setting{Table: "me", Key: "email", Value: "b"}); !errors.Is(err, ErrForm) {
			t.Errorf("%q became %q, %v", document, got, err)
		}
	}
	if got, err := Apply("[me\n", Setting{Table: "me", Key: "email", Value: "b"}); err == nil || errors.Is(err, ErrForm) {
		t.Errorf("a wrong document became %q, %v", got, err)
	}
}

func TestExamples(t *testing.T) {
	example, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Examples(string(example), "pagerduty")
	if err != nil {
		t.Fatal(err)
	}
	v, err := values(got)
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range v {
		if m, is := table.(map[string]any); !is || len(m) > 0 || name == "pagerduty" {
			t.Errorf("%s is still %v", name, table)
		}
	}
	before, after := strings.Split(string(example), "\n"), strings.Split(got, "\n")
	if len(before) != len(after) {
		t.Fatalf("%d lines became %d", len(before), len(after))
	}
	for i := range before {
		if after[i] != before[i] && after[i] != "# "+before[i] {
			t.Errorf("%q became %q", before[i], after[i])
		}
	}
	// Set again, all is as it was.
	again, err := Apply(got, Setting{Table: "pagerduty", Key: "region", Value: "us"}, Setting{Table: "prometheus", List: true, Key: "name", Value: "prom-eu"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n[pagerduty]\n", "\nregion = \"us\"\n", "\n[[prometheus]]\n", "\nname = \"prom-eu\"\n"} {
		if !strings.Contains(again, want) {
			t.Errorf("there is no %q in\n%s", want, again)
		}
	}
}

func FuzzApply(f *testing.F) {
	f.Add("[a]\nk = 1 # c\n# x = 2\n[[b]]\nk = [\n1, # d\n2]\n# [[b]]\n# k = \"\"\n", "a", "k", "v", 0, false)
	f.Add("# [[b]]\r\n# k = 1\r\n", "b", "k", "'\"\\\n", 0, true)
	f.Add("a.k = 1\nb = {k = 2}\n", "b", "k", "", 1, true)
	f.Fuzz(func(t *testing.T, document, table, key, value string, element int, list bool) {
		s := Setting{Table: table, List: list, Element: element, Key: key, Value: value}
		got, err := Apply(document, s)
		if err != nil {
			return
		}
		before, _ := values(document)
		if !s.apply(before) {
			t.Fatalf("%+v can't be set in %q, but gave %q", s, document, got)
		}
		after, err := values(got)
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Fatalf("%+v in %q gave %q: %v", s, document, got, err)
		}
		missing := 0
		lines := strings.Split(strings.ReplaceAll(got, "\r\n", "\n"), "\n")
		for _, l := range strings.Split(strings.ReplaceAll(document, "\r\n", "\n"), "\n") {
			if strings.TrimSpace(l) != "" && !slices.Contains(lines, l) {
				missing++
			}
		}
		if missing > 2 && !strings.ContainsAny(document, "['\"") { // a value of several lines, or an example with its header
			t.Fatalf("%+v in %q gave %q: %d lines are gone", s, document, got, missing)
		}
	})
}
