package config

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	referencePath = "../../docs/configuration.md"
	// referenceBegins begins the generated part of the document, which is its end.
	referenceBegins = "<!-- What follows is made of config.example.toml and internal/config/file.go:\n`go test ./internal/config -run Generated -update` writes it again. -->\n"
)

// TestGeneratedReference: the end of docs/configuration.md has each option as
// config.example.toml describes it.
func TestGeneratedReference(t *testing.T) {
	text, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(text), referenceBegins)
	if !found {
		t.Fatalf("%s has no generated part", referencePath)
	}
	sections, err := readSections(readExample(t))
	if err != nil {
		t.Fatal(err)
	}
	generated(t, referencePath, []byte(before+referenceBegins+reference(sections)))
}

func reference(sections []section) string {
	var b strings.Builder
	b.WriteString("\n## All options\n")
	for _, s := range sections {
		if len(s.path) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n### `%s`\n\n%s\n", s.header(), prose(s.description))
		var rows, examples []string
		for _, o := range s.options {
			if o.field.Name == "" {
				examples = append(examples, o.name+" = "+o.value)
				continue
			}
			rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |\n", o.name, cell(valueWords(o)), cell(prose(o.description))))
		}
		if len(rows) > 0 {
			b.WriteString("\n| option | value | |\n|---|---|---|\n" + strings.Join(rows, ""))
		}
		if len(examples) > 0 {
			b.WriteString("\n```toml\n" + s.header() + "\n" + strings.Join(examples, "\n") + "\n```\n")
		}
	}
	return b.String()
}

// cell is text in a cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", `\|`), "\n", " ")
}

// prose is a description as Markdown: what is in double brackets or begins with $ would
// be read as a link or as mathematics.
func prose(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		word := strings.Trim(w, "().,:;")
		if !strings.Contains(w, "`") && (strings.HasPrefix(word, "[") || strings.HasPrefix(word, "$") || strings.Contains(word, "_") || strings.Contains(word, "<")) {
			words[i] = strings.Replace(w, word, "`"+word+"`", 1)
		}
	}
	return strings.Join(words, " ")
}

// valueWords says what an option may be set to, and to what it is if nothing sets it.
func valueWords(o option) string {
	words := kindWords(o.field.Type, o.field.Tag)
	switch {
	case o.isDefault():
		return words + "; default: `" + o.value + "`"
	case o.isRequired():
		return words + "; required"
	}
	return words
}

func kindWords(t reflect.Type, tag reflect.StructTag) string {
	values := strings.Fields(tag.Get("values"))
	for i, v := range values {
		values[i] = "`" + strconv.Quote(v) + "`"
	}
	t = deref(t)
	switch {
	case t.Kind() == reflect.Slice:
		return "a list of texts"
	case t.Kind() == reflect.Map && element(t.Elem()).Kind() == reflect.Struct:
		return "a table: each name has " + keyWords(element(t.Elem()))
	case t.Kind() == reflect.Map && len(values) > 0:
		return "a table of names, each with " + alternatives(values)
	case t.Kind() == reflect.Map:
		return "a table"
	case t.Kind() == reflect.Struct:
		return "a table with " + keyWords(t)
	case len(values) > 0:
		return alternatives(values)
	case t.Kind() == reflect.Bool:
		return "`true` or `false`"
	case t.Kind() == reflect.Int, t.Kind() == reflect.Float64:
		return numberWords(t, tag)
	case t.Kind() == reflect.Interface:
		return "a text or a list of texts"
	}
	if form, ok := forms[tag.Get("form")]; ok {
		return regexp.MustCompile(`"[^"]*"`).ReplaceAllString(form.words, "`$0`")
	}
	return "a text"
}

func keyWords(t reflect.Type) string {
	var names []string
	for f := range fields(t) {
		names = append(names, "`"+f.Tag.Get("toml")+"`")
	}
	return strings.Join(names, ", ")
}

func numberWords(t reflect.Type, tag reflect.StructTag) string {
	words := "a number"
	if t.Kind() == reflect.Int {
		words = "a whole number"
	}
	least, most, _ := limits(tag)
	if least != nil && most != nil {
		return fmt.Sprintf("%s from %.0f to %.0f", words, *least, *most)
	}
	return words
}

func alternatives(values []string) string {
	last := len(values) - 1
	if last < 1 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:last], ", ") + " or " + values[last]
}

// set is a document with the table of an option as the example has it, but for the option
// itself: it has the value, or is left out where that is empty.
func set(sections []section, at int, name, value string) string {
	var b strings.Builder
	s := sections[at]
	for n := 1; n < len(s.path); n++ { // what it is in
		for i, outer := range sections {
			if slices.Equal(outer.path, s.path[:n]) {
				b.WriteString(set(sections, i, "", ""))
			}
		}
	}
	b.WriteString(s.header() + "\n")
	for _, o := range s.options {
		switch {
		case o.name == name && value != "":
			b.WriteString(name + " = " + value + "\n")
		case o.name != name && (o.shown || s.path[0] == "compensation"):
			b.WriteString(o.name + " = " + o.value + "\n")
		}
	}
	return b.String()
}

// TestOptionsAgreeWithLoad: what the tags say of an option is what Load does, and the
// schema too.
func TestOptionsAgreeWithLoad(t *testing.T) {
	sections, err := readSections(readExample(t))
	if err != nil {
		t.Fatal(err)
	}
	validate := compiled(t)
	// Load leaves these empty, and who uses them has the default.
	elsewhere := []string{"pagerduty.url", "pagerduty.token_env", "labels.service", "labels.team", "labels.heartbeats", "labels.ignore"}
	// Others in the example are not valid without these.
	needed := []string{"compensation.currency", "service.developers_on_call"}
	checked := 0
	for i, s := range sections {
		for _, o := range s.options {
			if o.field.Name == "" {
				continue
			}
			path := strings.Join(s.path, ".") + "." + o.name
			valid := func(value string, want bool) {
				t.Helper()
				checked++
				document := set(sections, i, o.name, value)
				if err := loadText(document); (err == nil) != want {
					t.Errorf("%s = %s: Load: %v", path, value, err)
				}
				if err := validate(document); (err == nil) != want {
					t.Errorf("%s = %s: the schema: %v", path, value, err)
				}
			}
			if !slices.Contains(needed, path) {
				valid("", !o.isRequired())
			}
			valid(o.value, true)
			wrongValues(o.field, valid)
			if same := sameConfig(set(sections, i, o.name, o.value), set(sections, i, o.name, "")); same != o.isDefault() && !o.isRequired() && !slices.Contains(elsewhere, path) {
				t.Errorf("%s = %s in the example: that it is the default is %v, but its tag says %v", path, o.value, same, o.isDefault())
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d values were checked", checked)
	}
}

func sameConfig(a, b string) bool {
	none := func(string) (string, bool) { return "", false }
	one, errOne := build("/nowhere/config.toml", []byte(a), none)
	two, errTwo := build("/nowhere/config.toml", []byte(b), none)
	for _, c := range []*Config{&one, &two} {
		c.written = file{}
		for i := range c.PagerDuty {
			if len(c.PagerDuty[i].Teams) == 0 {
				c.PagerDuty[i].Teams = nil
			}
		}
	}
	return errOne == nil && errTwo == nil && reflect.DeepEqual(one, two)
}

// wrongValues gives values that an option can't have, and the limits of those that it can.
func wrongValues(f reflect.StructField, valid func(value string, want bool)) {
	t := deref(f.Type)
	if t.Kind() != reflect.Bool {
		valid("true", false)
	}
	if t.Kind() != reflect.String && t.Kind() != reflect.Interface {
		valid(`"zzz"`, false)
	}
	values := strings.Fields(f.Tag.Get("values"))
	if len(values) > 0 && t.Kind() == reflect.String {
		valid(`"zzz"`, false)
		if f.Name != "Stage" { // one of them needs more
			for _, v := range values {
				valid(strconv.Quote(v), true)
			}
		}
	}
	least, most, open := limits(f.Tag)
	number := func(v float64) string {
		if t.Kind() == reflect.Int {
			return strconv.Itoa(int(v))
		}
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	if least != nil {
		valid(number(*least), !open)
		valid(number(*least-1), false)
	}
	if most != nil {
		valid(number(*most), !open)
		valid(number(*most+1), false)
	}
}
