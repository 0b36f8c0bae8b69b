package keys

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"firstline/internal/clean"
)

// named are the keys that have a name, as the screen knows them.
var named = map[string]bool{
	"enter": true, "esc": true, "tab": true, "space": true, "backspace": true, "delete": true, "insert": true, "up": true, "down": true,
	"left": true, "right": true, "home": true, "end": true, "pgup": true, "pgdown": true,
}

// otherNames are what else these keys are called.
var otherNames = map[string]string{
	"return": "enter", "escape": "esc", "del": "delete", "ins": "insert", "pgdn": "pgdown", "pagedown": "pgdown", "pageup": "pgup", "⌫": "backspace",
	"↑": "up", "↓": "down", "←": "left", "→": "right",
}

// modifiers, in the order in which the screen names them.
var modifiers = []string{"ctrl", "alt", "shift", "meta", "hyper", "super"}

// sameAs are keys that a terminal sends as another one.
var sameAs = map[string]string{"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "esc", "ctrl+@": "ctrl+space"}

// mostFunctionKeys is how many function keys have a name.
const mostFunctionKeys = 63

// Parse reads the name of a key, such as "a", "A", "ctrl-d", "alt-enter" or "f1", and
// returns it as the screen names it. An error says what to write.
func Parse(text string) (string, error) {
	if text == " " {
		return "space", nil
	}
	rest := strings.TrimSpace(text)
	has := map[string]bool{}
	for {
		i := strings.IndexAny(rest, "+-")
		if i <= 0 || i == len(rest)-1 {
			break
		}
		name := strings.ToLower(rest[:i])
		if !slices.Contains(modifiers, name) {
			break
		}
		if has[name] {
			return "", fmt.Errorf("this has %s twice", name)
		}
		has[name], rest = true, rest[i+1:]
	}
	base, err := parseBase(rest, has)
	if err != nil {
		return "", err
	}
	key := ""
	for _, m := range modifiers {
		if has[m] {
			key += m + "+"
		}
	}
	key += base
	if other := sameAs[key]; other != "" {
		return "", fmt.Errorf("a terminal sends %s as %s: write %q or another key", Show(key), Show(other), Show(other))
	}
	return key, nil
}

// parseBase reads a key without its modifiers, which it may change.
func parseBase(text string, has map[string]bool) (string, error) {
	lower := strings.ToLower(text)
	if other := otherNames[lower]; other != "" {
		lower = other
	}
	if named[lower] || isFunctionKey(lower) {
		return lower, nil
	}
	if utf8.RuneCountInString(text) != 1 || clean.Line(text) != text || strings.ContainsFunc(text, unicode.IsSpace) {
		return "", errors.New(`this is no key: write a character, or a name such as "ctrl-d", "alt-enter", "shift-tab", "space", "pgdn" or "f1"`)
	}
	if len(has) == 0 {
		return text, nil
	}
	if has["shift"] && len(has) == 1 {
		return "", errors.New(`write what shift makes of it, such as "A"`)
	}
	if lower != text {
		if has["ctrl"] {
			return lower, nil // a terminal sends the same for both
		}
		has["shift"] = true
	}
	return lower, nil
}

// isFunctionKey reports whether a name is that of a function key.
func isFunctionKey(name string) bool {
	for n := range mostFunctionKeys {
		if name == fmt.Sprintf("f%d", n+1) {
			return true
		}
	}
	return false
}

// shownAs is how the names of keys are written for a person.
var shownAs = map[string]string{"down": "↓", "up": "↑", "left": "←", "right": "→", "backspace": "⌫", "pgdown": "pgdn"}

// Show writes a key for a person: "ctrl-d", "↓".
func Show(key string) string {
	text := ""
	for _, m := range modifiers {
		if rest, found := strings.CutPrefix(key, m+"+"); found && rest != "" {
			text, key = text+m+"-", rest
		}
	}
	if shown := shownAs[key]; shown != "" {
		key = shown
	}
	return text + key
}

// ShowAll writes the keys of a command for a person: the first, and beside a letter
// an arrow that asks for the same. It is empty without a key.
func ShowAll(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	text := Show(keys[0])
	if !types(keys[0]) {
		return text
	}
	for _, k := range keys[1:] {
		if k == "up" || k == "down" || k == "left" || k == "right" {
			return text + " " + Show(k)
		}
	}
	return text
}

// types reports whether a key types something.
func types(key string) bool { return key == "space" || utf8.RuneCountInString(key) == 1 }
