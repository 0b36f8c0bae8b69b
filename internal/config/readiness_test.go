package config

import (
	"os"
	"strings"
	"testing"
	"time"

	"firstline/internal/readiness"
)

func TestReadiness(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[readiness]\nwindow_days = 7\nsleep = 0\ncontained = 75\ninterruptions = 2.5\npeople = 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := readiness.Defaults()
	want.Window, want.Sleep, want.Contained, want.Interruptions, want.People = 7*24*time.Hour, 0, 0.75, 2.5, 3
	if c.Readiness != want {
		t.Errorf("%+v, want %+v", c.Readiness, want)
	}
	// The example has the defaults.
	text, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "[readiness]\n")
	section, _, _ := strings.Cut(after, "\n[")
	if c, err = Load(write(t, "[readiness]\n"+section)); err != nil || !found || c.Readiness != readiness.Defaults() {
		t.Errorf("the example has %+v, %v", c.Readiness, err)
	}
}

func TestWrongReadiness(t *testing.T) {
	clearEnvironment(t)
	for line, want := range map[string]string{
		"window_days = 6":   "config.toml:2:1: window_days is 6, but must be from 7 to 180",
		"ahead_days = 61":   "ahead_days is 61, but must be from 1 to 60",
		"back_days = 0":     "back_days is 0, but must be from 1 to 90",
		"contained = 101":   "contained is 101, but must be from 0 to 100",
		"budget = -1":       "budget is -1, but must be from 0 to 100",
		"sleep = nan":       "sleep is NaN, but must be from 0 to 10000",
		"sleeps = 1":        `"sleeps" is not known in [readiness]: the nearest known name is sleep`,
		"unexplained = '5'": "unexplained",
	} {
		if _, err := Load(write(t, "[readiness]\n"+line+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}
