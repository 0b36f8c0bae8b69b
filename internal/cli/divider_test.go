package cli

import (
	"log/slog"
	"os"
	"testing"

	"firstline/internal/config"
)

func TestTheDividerIsStored(t *testing.T) {
	s := &setup{config: config.Config{}, stateDirectory: t.TempDir(), log: slog.New(slog.DiscardHandler)}
	if got := s.split(); got != 0 {
		t.Errorf("at first it is %d", got)
	}
	s.storeSplit(62)
	if got := s.split(); got != 62 {
		t.Errorf("%d was stored", got)
	}
	s.config.Screen.Split = 40
	if got := s.split(); got != 40 {
		t.Errorf("once the configuration says 40 it is %d", got)
	}
	for _, text := range []string{"", "{", "null", `{"Split":-1,"Configured":40}`, `{"Split":101,"Configured":40}`, `{"Split":"x"}`} {
		if err := os.WriteFile(s.dividerPath(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, want := s.split(), 40; got != want {
			t.Errorf("of %q it is %d", text, got)
		}
	}
	s.demo = true
	s.storeSplit(70)
	s.demo = false
	if got := s.split(); got != 40 {
		t.Errorf("the demo stored %d", got)
	}
}
