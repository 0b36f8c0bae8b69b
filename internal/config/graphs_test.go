package config

import (
	"strings"
	"testing"
)

func TestGraphsOfAService(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[pagerduty]\n[[service]]\nname = \"checkout\"\n[[service.graph]]\ntitle = \"requests\"\nquery = 'rate(x{service=\"$service\"}[5m]) > 5'\n[[service.graph]]\ntitle = \"errors\"\nquery = 'y'\n"))
	if err != nil || len(c.Graphs["checkout"]) != 2 || c.Graphs["checkout"][0].Title != "requests" {
		t.Errorf("%+v, %v", c.Graphs, err)
	}
	for _, f := range []struct{ text, want string }{
		{"title = \"x\"\nquery = 'sum('", "config.toml:6:1: this is not PromQL: 1:5: parse error: unclosed left parenthesis"},
		{"title = \"x\"\nquery = '{a=$b}'", "within quotes"},
		{"query = 'x'", "a graph needs a title"},
		{"title = \"x\"", "a graph needs a query"},
		{"title = \"x\"\nquerry = 'x'", "\"querry\" is not known in [service.graph]: the nearest known name is query"},
	} {
		_, err := Load(write(t, "[pagerduty]\n[[service]]\nname = \"checkout\"\n[[service.graph]]\n"+f.text+"\n"))
		if err == nil || !strings.Contains(err.Error(), f.want) {
			t.Errorf("%s: %v", f.text, err)
		}
	}
}

func TestSparklines(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[pagerduty]\n[list]\nsparkline = true\n"))
	if err != nil || !c.Sparklines {
		t.Errorf("%v, %v", c.Sparklines, err)
	}
	for text, want := range map[string]string{
		"sparklines = true":  "\"sparklines\" is not known in [list]: the nearest known name is sparkline",
		"sparkline = \"on\"": "config.toml:3:",
	} {
		if _, err := Load(write(t, "[pagerduty]\n[list]\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
