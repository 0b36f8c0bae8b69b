package config

import (
	"slices"
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[keys]\npreset = \"emacs\"\nhelp = \"F2\"\nresolve = []\nnote = [\"N\", \"alt-n\"]\nnext_step = \"alt-j\"\nnext_graph = \"alt-j\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{"down": "ctrl+n down", "help": "f2", "resolve": "", "note": "N alt+n", "escalate": "e"} {
		if got := strings.Join(c.Keys.Of("list", command), " "); got != want {
			t.Errorf("%s is %q, want %q", command, got, want)
		}
	}
	c, err = Load(write(t, ""))
	if err != nil || !slices.Equal(c.Keys.Of("list", "down"), []string{"j", "down"}) {
		t.Errorf("without [keys], down is %q (%v)", c.Keys.Of("list", "down"), err)
	}
}

func TestFaultsOfKeys(t *testing.T) {
	clearEnvironment(t)
	for _, c := range []struct{ document, want string }{
		{"[keys]\n\nnote = \"a\"", `:3:1: "a" asks for both note and acknowledge: give acknowledge another key, or none by acknowledge = []`},
		{"[keys]\nnote = [\"n\",\n  \"C-n\"]", `:3:3: this is no key: write a character, or a name such as "ctrl-d"`},
		{"[keys]\nescalat = \"x\"", `:2:1: "escalat" is not known in [keys]: the nearest known name is escalate`},
		{"[keys]\npreset = \"nano\"", `:2:1: there is no preset of that name: write "vim", "arrows", "emacs"`},
		{"[keys]\npreset = [\"vim\"]", `:2:1: preset must be text in quotes, such as "vim"`},
		{"[keys]\nnote = 3", `:2:1: note must be a key in quotes`},
		{"[keys]\nnote = [\"n\", 3]", `:2:1: note must be a key in quotes`},
		{"[keys]\nnote = { a = \"b\" }", `:2:1: note must be a key in quotes`},
		{"keys = \"vim\"", `:1:`},
		{"[keys]\nclose = []", `:2:1: close needs a key`},
	} {
		if _, err := Load(write(t, c.document)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.document, err, c.want)
		}
	}
}
