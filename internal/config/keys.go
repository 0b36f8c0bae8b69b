package config

import (
	"maps"
	"slices"
	"strconv"

	"firstline/internal/clean"
	"firstline/internal/keys"
)

// keys reads the keys of commands: text, or a list of texts.
func (b *builder) keys(f map[string]any) keys.Bindings {
	before := len(b.faults)
	s := keys.Settings{Keys: map[string][]string{}}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		at := []string{"keys", name}
		texts, is := listOfTexts(f[name])
		switch {
		case name == "preset":
			if s.Preset, is = f[name].(string); !is || s.Preset == "" {
				b.fault(at, "preset must be text in quotes, such as %q", keys.Vim)
			}
		case !slices.Contains(keys.Commands(), name):
			b.fault(at, "%s is not known in [keys]: %s; docs/keys.md has the names of all commands", quoteKey(name), suggestion(name, keys.Commands()))
		case !is:
			b.fault(at, "%s must be a key in quotes, such as \"ctrl-d\", or a list of keys, such as [\"d\", \"pgdn\"]", clean.Line(name))
		default:
			s.Keys[name] = b.keyNames(at, texts)
		}
	}
	if len(b.faults) > before {
		return keys.Bindings{}
	}
	bindings, faults := s.Resolve()
	for _, f := range faults {
		command := f.Command
		if command == "" {
			command = "preset"
		}
		b.fault([]string{"keys", command}, "%s", f.Sentence)
	}
	return bindings
}

// keyNames reads the names of keys.
func (b *builder) keyNames(at, texts []string) []string {
	list := []string{}
	for i, text := range texts {
		key, err := keys.Parse(text)
		if err != nil {
			b.fault(append(slices.Clone(at), strconv.Itoa(i)), "%v", err)
			continue
		}
		list = append(list, key)
	}
	return list
}

// listOfTexts is a text or a list of texts as a list.
func listOfTexts(value any) (list []string, is bool) {
	if text, is := value.(string); is {
		return []string{text}, true
	}
	values, is := value.([]any)
	for _, v := range values {
		text, isText := v.(string)
		list, is = append(list, text), is && isText
	}
	return list, is
}
