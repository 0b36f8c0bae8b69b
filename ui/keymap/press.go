package keymap

import (
	"strconv"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// named are the keys that have a name of more than one letter.
var named = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "insert": tea.KeyInsert,
}

// Press is the press of a key by its name in the table, such as "ctrl+d", for what
// is clicked instead.
func Press(name string) tea.KeyPressMsg {
	var msg tea.KeyPressMsg
	for _, m := range []struct {
		prefix string
		mod    tea.KeyMod
	}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}} {
		if rest, has := strings.CutPrefix(name, m.prefix); has {
			name, msg.Mod = rest, msg.Mod|m.mod
		}
	}
	code, is := named[name]
	if number, err := strconv.Atoi(strings.TrimPrefix(name, "f")); err == nil && len(name) > 1 && number >= 1 && number <= 20 {
		code, is = tea.KeyF1+rune(number-1), true
	}
	if is {
		msg.Code = code
		if name == "space" && msg.Mod == 0 {
			msg.Text = " "
		}
		return msg
	}
	msg.Code, _ = utf8.DecodeRuneInString(name)
	if msg.Mod == 0 {
		msg.Text = name
	}
	return msg
}
