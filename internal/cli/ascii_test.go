package cli

import (
	"slices"
	"testing"

	"firstline/internal/config"
	"firstline/ui/list"
)

// The configuration and the list have the same columns.
func TestColumnsOfTheConfiguration(t *testing.T) {
	var names []string
	for _, c := range list.AllColumns() {
		names = append(names, string(c))
	}
	if !slices.Equal(names, config.ListColumns()) {
		t.Errorf("the list has the columns %v, the configuration %v", names, config.ListColumns())
	}
}

func TestOnlyASCII(t *testing.T) {
	for _, c := range []struct {
		environment map[string]string
		want        bool
	}{
		{map[string]string{}, false},
		{map[string]string{"TERM": "linux", "LANG": "en_US.UTF-8"}, true},
		{map[string]string{"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, false},
		{map[string]string{"LANG": "en_US.utf8"}, false},
		{map[string]string{"LANG": "C.UTF-8"}, false},
		{map[string]string{"LANG": "C"}, true},
		{map[string]string{"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, true},
		{map[string]string{"LANG": "de_DE.ISO-8859-1"}, true},
		{map[string]string{"LANG": "en_US"}, false}, // it may be any
	} {
		if got := onlyASCII(func(name string) string { return c.environment[name] }); got != c.want {
			t.Errorf("%v: %v", c.environment, got)
		}
	}
}
