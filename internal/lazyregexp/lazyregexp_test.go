package lazyregexp

import (
	"sync"
	"testing"
)

func TestNew(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an invalid expression is not found in tests")
		}
	}()
	New("(")
}

// The first use compiles the expression, however many there are at once.
func TestFirstUse(t *testing.T) {
	re := &Regexp{text: "^a(b+)$"}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := re.FindStringSubmatch("abb"); len(got) != 2 || got[1] != "bb" || re.MatchString("b") {
				t.Errorf("it finds %q", got)
			}
		})
	}
	all.Wait()
}
