package config

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/theme"
)

func TestTheme(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[pagerduty]\n[theme]\nname = \"Okabe-Ito\"\nbackground = \"light\"\n[theme.colors]\ncritical = \"9\"\naccent = \"bright-cyan\"\nlines = [\"75\", \"red\"]\n"))
	if err != nil || c.Theme.Name != theme.OkabeIto || c.Theme.Background != theme.Light {
		t.Fatalf("%+v, %v", c.Theme, err)
	}
	own := c.Theme.Own
	if own.Colors[theme.Critical] != ansi.IndexedColor(9) || own.Colors[theme.Accent] != ansi.BrightCyan || own.Lines[0] != ansi.IndexedColor(75) || own.Lines[1] != ansi.Red || own.Colors[theme.Good] != nil {
		t.Errorf("one's own colours are %v", own)
	}
	for text, want := range map[string]string{
		"name = \"solarised\"":                  "config.toml:3:1: \"solarised\" is no theme: it is \"standard\", \"high-contrast\", \"okabe-ito\", \"16-colors\" or \"none\"",
		"background = \"grey\"":                 "config.toml:3:1: \"grey\" is no background: it is \"auto\", \"dark\" or \"light\"",
		"colors = { critical = \"#ff\" }":       "config.toml:3:12: \"#ff\" is no colour",
		"colors = { critical = 256 }":           "\"critical\" in [theme.colors] must be text in quotes",
		"colors = { critical = true }":          "\"critical\" in [theme.colors] must be text in quotes",
		"colors = { critial = \"red\" }":        "the nearest known name is critical",
		"colors = { lines = [\"1\", \"rose\"]}": "config.toml:3:26: \"rose\" is no colour",
		"colors = { lines = [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}": "config.toml:3:12: a graph has 8 colours for its lines at most",
		"name = \"none\"\ncolors = { dim = \"red\"}":                                  "config.toml:4:1: the theme \"none\" has no colours",
		"colour = { }": "the nearest known name is colors",
	} {
		if _, err := Load(write(t, "[pagerduty]\n[theme]\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
