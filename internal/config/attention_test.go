package config

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/attention"
	"firstline/internal/triage"
)

func TestAttention(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Attention
	if !a.Reading || !a.Title || !a.Bell || a.Terminal != attention.Auto || a.Desktop != DesktopAuto || !a.Quiet.IsZero() {
		t.Errorf("the defaults are %+v", a)
	}
	for _, g := range []triage.Group{{Mine: true, Urgency: "low"}, {Urgency: "high"}} {
		if a.Filter.Match(g, time.Time{}) {
			t.Errorf("the default takes %+v", g)
		}
	}
	if !a.Filter.Match(triage.Group{Mine: true, Urgency: "high"}, time.Time{}) {
		t.Error("the default does not take what is mine with high urgency")
	}
	c, err = Load(write(t, `[filters]
loud = "severity=critical"
[attention]
filter = "@loud !silenced"
reading = false
title = false
bell = false
terminal = "OSC9"
desktop = "off"
quiet = "daily 22:00-07:00 UTC"
`))
	if err != nil {
		t.Fatal(err)
	}
	a = c.Attention
	if a.Reading || a.Title || a.Bell || a.Terminal != attention.OSC9 || a.Desktop != DesktopOff || !a.Quiet.Covers(time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", a)
	}
	if !a.Filter.Match(triage.Group{Severity: triage.Critical}, time.Time{}) {
		t.Error("the saved filter is not taken")
	}
}

func TestAttentionSaysWhatIsWrong(t *testing.T) {
	clearEnvironment(t)
	for line, want := range map[string]string{
		`filter = "mine ="`:     "filter, at",
		`filter = "@nothing"`:   "no filter is saved",
		`terminal = "osc52"`:    `"osc9", "osc99", "osc777"`,
		`desktop = "always"`:    `"auto", "on" or "off"`,
		`quiet = "22:00-07:00"`: "want days, times and a time zone",
		`bell = "yes"`:          "true or false",
		`notify = true`:         "is not known in [attention]",
	} {
		_, err := Load(write(t, "[attention]\n"+line+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ":2:") {
			t.Errorf("%s: %v, want %q in it, and its line", line, err, want)
		}
	}
}
