package triage

import "testing"

func TestShortTitle(t *testing.T) {
	for title, want := range map[string]string{
		"[FIRING:3] HighErrorRate checkout": "HighErrorRate checkout",
		"[FIRING] HighErrorRate":            "HighErrorRate",
		"[RESOLVED] Disk full":              "Disk full",
		"[FIRING:3]":                        "(no title)",
		"[FIRING:3]  ":                      "(no title)",
		"  [FIRING:1] X":                    "X",
		"[firing:2] X":                      "X",
		"[FIRING:1, RESOLVED:2] X (a b)":    "X (a b)",
		"[FIRING:1|RESOLVED:2] X":           "X",
		"[ FIRING : 4 ] X":                  "X",
		"":                                  "",
		"[FIRING:x] odd":                    "[FIRING:x] odd",
		"[EU] checkout":                     "[EU] checkout",
		"plain":                             "plain",
	} {
		if got := ShortTitle(title); got != want {
			t.Errorf("%q became %q, want %q", title, got, want)
		}
	}
}
