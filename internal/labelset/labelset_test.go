package labelset

import (
	"maps"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Texts that are plain are quoted as all others are.
func TestQuoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]*`), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		if got, want := string(appendQuoted([]byte("x"), s)), "x"+strconv.Quote(s); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

// Completed labels are those of both, the alert's own first, without empty ones.
func TestComplete(t *testing.T) {
	c := Comparer{[]string{"replica"}}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) map[string]string {
			l := map[string]string{}
			for _, label := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "replica"} {
				if v := rapid.SampledFrom([]string{"none", "none", "", "x", "y"}).Draw(t, name); v != "none" {
					l[label] = v
				}
			}
			if len(l) == 0 && rapid.Bool().Draw(t, "nil") {
				return nil
			}
			return l
		}
		labels, external := draw("label"), draw("external")
		before := maps.Clone(labels)
		want, added := map[string]string{}, false
		for name, value := range labels {
			if value != "" {
				want[name] = value
			}
		}
		for name, value := range external {
			if value != "" && want[name] == "" && name != "replica" {
				want[name], added = value, true
			}
		}
		got := c.Complete(labels, external)
		if !added {
			want = labels // nothing is to be made
		}
		if !maps.Equal(got, want) || !maps.Equal(labels, before) {
			t.Fatalf("%v with %v is %v, want %v", labels, external, got, want)
		}
		if c.Adds(labels, external) != added {
			t.Fatalf("%v with %v: adds %v, want %v", labels, external, !added, added)
		}
		// Equal hashes are those of equal labels.
		others, theirs := draw("label"), draw("external")
		whole := c.Complete(others, theirs)
		if !added || !c.Adds(others, theirs) {
			return
		}
		x, _ := c.Hashes(labels, external)
		y, _ := c.Hashes(others, theirs)
		if (x.Set == y.Set && x.Others == y.Others) != maps.Equal(got, whole) {
			t.Fatalf("the hashes of %v and %v are %v and %v", got, whole, x, y)
		}
	})
}
