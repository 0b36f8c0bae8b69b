package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	template "github.com/DataDog/datadog-agent/pkg/template/text"

	"firstline/internal/credentials"
	"firstline/internal/lazyregexp"
	"firstline/internal/wording"
)

// groupFormat prints groups by a template of the person's.
type groupFormat struct {
	template *template.Template
	// labels are the labels, annotations and values that it names: not every alert has
	// each.
	labels []string
}

// namedLabel is a label in a template.
var namedLabel = lazyregexp.New(`\.(?:` + strings.Join(textMaps, "|") + `)\.(\w+)`)

// formatFunctions are the functions of a template besides those of Go's. What a field
// may be is null, so that each takes anything.
var formatFunctions = []struct{ call, does string }{
	{"age TIME", "how long ago a time was: 12m"},
	{"clock TIME", "a time in your zone: 15:04, with the day where that is not today"},
	{"default TEXT VALUE", "the value, or the text where it is empty"},
	{"join SEPARATOR LIST", "the texts of a list as one"},
	{"json VALUE", "a value as JSON, on one line"},
	{"label NAME GROUP", "the values of a label in the alerts of a group: {{label \"pod\" .}}"},
	{"lower TEXT, upper TEXT", "the text in lower or upper case"},
	{"truncate NUMBER TEXT", "at most so many characters of a text"},
}

// formatFunctionsHelp lists the functions.
func formatFunctionsHelp() string {
	var b strings.Builder
	for _, f := range formatFunctions {
		fmt.Fprintf(&b, "  %-24s %s\n", f.call, f.does)
	}
	return b.String()
}

// functionsAt are the functions at a time.
func functionsAt(now time.Time) template.FuncMap {
	return template.FuncMap{
		"age":      func(v any) (string, error) { return ofTime(v, func(t time.Time) string { return age(now.Sub(t), t) }) },
		"clock":    func(v any) (string, error) { return ofTime(v, func(t time.Time) string { return clockOf(t, now) }) },
		"default":  defaultTo,
		"join":     joined,
		"json":     jsonText,
		"label":    labelOf,
		"lower":    func(v any) string { return strings.ToLower(fmt.Sprint(v)) },
		"upper":    func(v any) string { return strings.ToUpper(fmt.Sprint(v)) },
		"truncate": func(most int, v any) string { return truncated(most, fmt.Sprint(v)) },
	}
}

// mostFormat bounds what a template makes of one group, in bytes.
const mostFormat = 1 << 20

// parseFormat reads a template.
func parseFormat(text string) (*groupFormat, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("the template is empty")
	}
	t, err := template.New("").Option("missingkey=error").Funcs(functionsAt(time.Time{})).Parse(breaks(text))
	if err != nil {
		return nil, formatError(err)
	}
	f := &groupFormat{template: t}
	for _, m := range namedLabel.FindAllStringSubmatch(text, -1) {
		f.labels = append(f.labels, m[1])
	}
	return f, nil
}

// breaks replaces \t and \n outside of actions, as shells do not.
func breaks(text string) string {
	var b strings.Builder
	for text != "" {
		plain, rest, action := strings.Cut(text, "{{")
		b.WriteString(strings.NewReplacer(`\t`, "\t", `\n`, "\n").Replace(plain))
		if !action {
			break
		}
		inside, after, closed := strings.Cut(rest, "}}")
		b.WriteString("{{" + inside)
		if closed {
			b.WriteString("}}")
		}
		text = after
	}
	return b.String()
}

// lines are the groups, each on a line of its own.
func (f *groupFormat) lines(groups []groupJSON, now time.Time) (string, error) {
	var b strings.Builder
	f.template.Funcs(functionsAt(now))
	for i := range groups {
		fields, err := f.fieldsOf(&groups[i])
		if err != nil {
			return "", err
		}
		one := &bounded{}
		if err := f.template.Execute(one, fields); err != nil {
			return "", formatError(err)
		}
		b.Write(one.Bytes())
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// bounded takes a bounded text.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(text []byte) (int, error) {
	if b.Len()+len(text) > mostFormat {
		return 0, errors.New("it makes more than 1 MB of one group")
	}
	return b.Buffer.Write(text)
}

var (
	templateFault = lazyregexp.New(`(?s)^template: :(\d+)(?::(\d+))?: (?:executing "" at <(.*?)>: )?(.*)$`)
	noKey         = lazyregexp.New(`^map has no entry for key "(.*)"$`)
	noField       = lazyregexp.New(`^can't evaluate field (\S+) in type `)
)

// formatError says where a template is wrong, and what to do.
func formatError(err error) error {
	m := templateFault.FindStringSubmatch(err.Error())
	if m == nil {
		return errors.New(oneLine(err.Error()))
	}
	at, why := "line "+m[1], m[4]
	if column, err := strconv.Atoi(m[2]); err == nil {
		at += fmt.Sprintf(", column %d", column+1)
	}
	if key := noKey.FindStringSubmatch(why); key != nil {
		why = fmt.Sprintf("there is no field %q: docs/json.md has those of a group, and index takes labels", key[1])
	} else if field := noField.FindStringSubmatch(why); field != nil {
		why = fmt.Sprintf("there is no field %s in what is no object, or null here: put it between {{with}} and {{end}}", field[1])
	}
	if m[3] != "" {
		why = m[3] + ": " + why
	}
	return fmt.Errorf("%s: %s", at, oneLine(why))
}

// fieldsOf is a group as a template sees it: as JSON has it, with texts that are safe to
// print, and what is null empty.
func (f *groupFormat) fieldsOf(g *groupJSON) (any, error) {
	text, err := json.Marshal(g)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return f.printable(v), nil
}

// textMaps are the fields whose names come from outside: what is not in them is empty.
var textMaps = []string{"labels", "annotations", "values"}

func (f *groupFormat) printable(v any) any {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return printableText(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		number, _ := v.Float64()
		return number
	case []any:
		for i := range v {
			v[i] = f.printable(v[i])
		}
		return v
	case map[string]any:
		for name, value := range v {
			if texts, ok := value.(map[string]any); ok && slices.Contains(textMaps, name) {
				v[name] = f.textsOf(texts)
			} else {
				v[name] = f.printable(value)
			}
		}
		return v
	}
	return v
}

func printableText(s string) string { return credentials.HideInData(oneLine(s)) }

func (f *groupFormat) textsOf(v map[string]any) map[string]string {
	texts := make(map[string]string, len(v))
	for _, name := range f.labels {
		texts[name] = ""
	}
	for name, value := range v {
		if text, ok := value.(string); ok {
			texts[printableText(name)] = printableText(text)
		}
	}
	return texts
}

// ofTime writes a time of the JSON; null stays empty.
func ofTime(v any, write func(time.Time) string) (string, error) {
	text := fmt.Sprint(v)
	if text == "" {
		return "", nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return "", fmt.Errorf("%q is no time", wording.Shorten(text, 40))
	}
	return write(t), nil
}

func defaultTo(otherwise, v any) any {
	if truth, _ := template.IsTrue(v); truth {
		return v
	}
	return otherwise
}

func joined(separator string, list any) (string, error) {
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice {
		return "", fmt.Errorf("%q is no list", wording.Shorten(fmt.Sprint(list), 40))
	}
	texts := make([]string, v.Len())
	for i := range texts {
		texts[i] = fmt.Sprint(v.Index(i).Interface())
	}
	return strings.Join(texts, separator), nil
}

func jsonText(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(jsonLines{&b})
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// labelOf has the values of a label in the alerts of a group.
func labelOf(name string, group any) (string, error) {
	fields, ok := group.(map[string]any)
	alerts, isGroup := fields["alerts"].([]any)
	if !ok || !isGroup {
		return "", errors.New("label takes a group: {{label \"pod\" .}}")
	}
	var labels []map[string]string
	for _, one := range alerts {
		if alert, ok := one.(map[string]any); ok {
			of, _ := alert["labels"].(map[string]string)
			labels = append(labels, of)
		}
	}
	return strings.Join(labelValues(labels, name), ", "), nil
}

// labelValues are the values that a label has, sorted.
func labelValues(alerts []map[string]string, name string) []string {
	seen := map[string]bool{}
	for _, labels := range alerts {
		if value := labels[name]; value != "" {
			seen[value] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func truncated(most int, text string) string {
	most = max(most, 0)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}
