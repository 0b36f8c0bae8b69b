package config

import (
	"strings"
	"testing"
)

func TestScreen(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[pagerduty]\n[screen]\nmouse = true\nsplit = 60\n"))
	if err != nil || c.Screen != (Screen{Mouse: true, Split: 60}) {
		t.Errorf("%+v, %v", c.Screen, err)
	}
	for text, want := range map[string]string{
		"split = 90":     "config.toml:3:",
		"split = -1":     "config.toml:3:",
		"split = 19":     "must be a percentage from 20 to 80",
		"split = \"x\"":  "config.toml:3:",
		"mouse = \"on\"": "config.toml:3:",
		"mice = true":    "\"mice\" is not known in [screen]",
	} {
		if _, err := Load(write(t, "[pagerduty]\n[screen]\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
