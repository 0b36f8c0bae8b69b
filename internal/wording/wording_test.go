package wording

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCount(t *testing.T) {
	for _, test := range []struct {
		n          int
		noun, want string
	}{
		{0, "incident", "0 incidents"},
		{1, "incident", "1 incident"},
		{2, "incident", "2 incidents"},
		{1, "policy", "1 policy"},
		{3, "policy", "3 policies"},
		{2, "key", "2 keys"},
	} {
		if got := Count(test.n, test.noun); got != test.want {
			t.Errorf("Count(%d, %q) = %q, want %q", test.n, test.noun, got, test.want)
		}
	}
}

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "you have it": "You have it", "élise was asked": "Élise was asked", "3 left": "3 left", "Ann": "Ann", "\xff": "\xff", "世界": "世界",
		"token_file x is not there": "token_file x is not there", "url under [[prometheus]] must": "url under [[prometheus]] must", "email in [me]: no": "email in [me]: no", "under a_b": "Under a_b",
	} {
		if got := Sentence(text); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, text := range []string{"", "a", "Grüße", "世界世界", strings.Repeat("x", 40), "\xff\xfe"} {
		for limit := 3; limit < 12; limit++ {
			got := Shorten(text, limit)
			switch {
			case len(text) <= limit && got != text, len(got) > limit, utf8.ValidString(text) && !utf8.ValidString(got):
				t.Errorf("Shorten(%q, %d) = %q", text, limit, got)
			}
		}
	}
}
