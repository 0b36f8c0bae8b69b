package store

import (
	"os"
	"path/filepath"
	"testing"
)

func TestHealth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.sqlite")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.TryWrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Writer(); err != nil {
		t.Fatal(err)
	}
	h, err := s.Health(t.Context())
	if err != nil || h.Fault != "" || h.Size == 0 || h.Others != 0 || len(h.Damaged) > 0 {
		t.Errorf("the health is %+v, %v", h, err)
	}
	other, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if _, err := other.Writer(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".damaged-1", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if h, err = s.Health(t.Context()); err != nil || h.Others != 1 || len(h.Damaged) != 1 {
		t.Errorf("with another one the health is %+v, %v", h, err)
	}
	if n, err := s.PastCount(t.Context()); n != 0 || err != nil {
		t.Errorf("the history has %d incidents, %v", n, err)
	}
}
