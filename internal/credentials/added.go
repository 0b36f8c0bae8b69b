package credentials

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// longSecret is the length from which a secret is hidden in data, too. A shorter
// one may be an ordinary word, such as the name of a service.
const longSecret = 12

var (
	adding sync.Mutex
	// list are the secrets of this program in the forms in which they may be
	// written, the longest first. Nothing changes a list that is stored here.
	list atomic.Pointer[[]string]
)

// Add makes a secret known, so that it is hidden wherever text is shown: a
// server may repeat the secret of another one. Secrets of fewer than 4 characters
// are ignored.
func Add(secret string) {
	encoded := base64.StdEncoding.EncodeToString([]byte(secret))
	add([]string{secret, quoted(secret), url.QueryEscape(secret), encoded, strings.TrimRight(encoded, "=")})
}

// AddHeader makes the values of a request's headers known that may be secret.
// It leaves out short ones, which may be ordinary words.
func AddHeader(header http.Header) {
	add(slices.DeleteFunc(secrets(header), func(form string) bool { return len(form) < longSecret }))
}

func add(forms []string) {
	missing := func(all []string) []string {
		return slices.DeleteFunc(slices.Clone(forms), func(form string) bool { return len(form) < 4 || slices.Contains(all, form) })
	}
	if len(missing(added())) == 0 {
		return
	}
	adding.Lock()
	defer adding.Unlock()
	all := slices.Concat(added(), missing(added()))
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	all = slices.Compact(all)
	list.Store(&all)
}

func added() []string {
	if all := list.Load(); all != nil {
		return *all
	}
	return nil
}

// HideAny replaces each secret that was added in a text about a failure, or in a
// log line.
func HideAny(text string) string { return hide(text, 4) }

// HideInData replaces each known secret of at least 12 characters in a text that
// is shown, such as a title or a label.
func HideInData(text string) string { return hide(text, longSecret) }

func hide(text string, shortest int) string {
	for _, secret := range added() {
		if len(secret) < shortest {
			break
		}
		if len(secret) <= len(text) && strings.Contains(text, secret) {
			text = strings.ReplaceAll(text, secret, mark)
		}
	}
	return text
}

// quoted is a text as JSON writes it.
func quoted(text string) string { return strings.Trim(strconv.Quote(text), `"`) }

// Forget makes no secret known. It is for tests.
func Forget() { list.Store(nil) }
