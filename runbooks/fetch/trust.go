package fetch

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
)

// doubtful is a page that the server sent and that may not be the runbook. It never
// replaces a stored copy by itself.
type doubtful struct {
	at   time.Time
	page Page
	why  string
}

// maxDoubts bounds the remembered doubtful pages.
const maxDoubts = 100

// doubtAbout returns the doubtful page that a fetch has found a moment ago.
func (f *Fetcher) doubtAbout(key string) (doubtful, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.doubts[key]
	return d, ok && f.options.Now().Sub(d.at) < freshFor
}

func (f *Fetcher) setDoubt(key string, d doubtful) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.doubts == nil || len(f.doubts) >= maxDoubts {
		f.doubts = map[string]doubtful{}
	}
	f.doubts[key] = d
}

// Trust stores the doubtful page of an address, because a person says that it is
// the runbook.
func (f *Fetcher) Trust(ctx context.Context, rawURL string) error {
	target, err := url.Parse(clean.URL(rawURL))
	if err != nil || target.Host == "" {
		return &Error{URL: rawURL, Sentence: "it is not an http or https address.", Err: err}
	}
	target.Fragment = ""
	key := target.String()
	d, ok := f.doubtAbout(key)
	if !ok {
		if _, err := f.Fetch(ctx, rawURL); err != nil {
			return err
		}
		if d, ok = f.doubtAbout(key); !ok {
			return nil // what is stored is what the server sends
		}
	}
	if f.options.Cache == nil {
		return nil
	}
	d.page.FetchedAt = f.options.Now()
	if err := f.options.Cache.SetPage(ctx, d.page); err != nil {
		return fmt.Errorf("storing the page: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.doubts, key)
	return nil
}

// doubt says why a page may not be the runbook at the address that was asked for;
// empty: it is. stored is the copy of an earlier fetch, if there is one.
func (f *Fetcher) doubt(asked, landed *url.URL, title, markdown, stored string) string {
	switch host := landed.Hostname(); {
	case f.leadsAway(asked, landed):
		return fmt.Sprintf("the server redirects to %s", clean.Line(host))
	case saysNotFound(title, markdown):
		return "the page says that it was not found"
	case stored != "" && unlike(stored, markdown):
		return "the page has nothing in common with the stored copy"
	}
	return ""
}

// leadsAway reports whether a redirect ended on a host that is neither a part of
// the one that was asked nor configured.
func (f *Fetcher) leadsAway(asked, landed *url.URL) bool {
	from := strings.TrimPrefix(strings.ToLower(asked.Hostname()), "www.")
	to := strings.TrimPrefix(strings.ToLower(landed.Hostname()), "www.")
	return to != from && !strings.HasSuffix(to, "."+from) && !slices.Contains(f.options.Hosts, to) && !f.hasToken(to)
}

// signInSegment is a part of a path that leads to a sign-in page.
var signInSegment = lazyregexp.New(`(?i)^(?:log-?in|sign-?in|sign_in|sso|saml2?|oauth2?|authorize|authenticate|auth|adfs|cas|session)s?(?:\.\w+)?$`)

// leadsToSignIn reports whether a redirect ended at a path for signing in that the
// address itself has not.
func leadsToSignIn(asked, landed *url.URL) bool {
	own := strings.Split(strings.ToLower(asked.Path), "/")
	for segment := range strings.SplitSeq(strings.ToLower(landed.Path), "/") {
		if signInSegment.MatchString(segment) && !slices.Contains(own, segment) {
			return true
		}
	}
	return false
}

// signInWords are in the headings of sign-in pages.
var signInWords = lazyregexp.New(`(?i)\b(?:sign(?:ed|ing)?[ -]?(?:in|up|on)|log(?:ged|ging)?[ -]?(?:in|on)|password|welcome|authenticat\w*|verify|account|single sign|sso|forgot\w*|register|hello)\b`)

// asksToSignIn reports whether a page asks for an e-mail address or a password and
// has no heading of its own.
func asksToSignIn(root *html.Node) bool {
	field, own := false, false
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Input:
			for _, a := range n.Attr {
				field = field || a.Key == "type" && (strings.EqualFold(a.Val, "password") || strings.EqualFold(a.Val, "email")) ||
					a.Key == "autocomplete" && strings.EqualFold(a.Val, "username")
			}
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			text := strings.TrimSpace(textOf(n))
			own = own || text != "" && !signInWords.MatchString(text)
		}
	}
	return field && !own
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// titleOf is the text of the page's title.
func titleOf(root *html.Node) string {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Title {
			return strings.TrimSpace(textOf(n))
		}
	}
	return ""
}

// notFound is a title that says that there is no such page, and nothing else.
var notFound = lazyregexp.New(`(?i)^(?:oops!? *)?(?:(?:error )?404(?: error)?|(?:http )?404[ :,.–—-]*)?[ :,.–—-]*(?:(?:sorry,? *)?(?:the |this |that )?(?:requested )?(?:page|file|document|url)?(?: you (?:requested|are looking for|were looking for))? ?(?:could not be found|can.t be found|cannot be found|was not found|is not found|not found|does not exist|doesn.t exist|no longer exists|is not here|isn.t here)[.!]?)?$`)

// shortPage is the most that a page without content of its own has, in bytes.
const shortPage = 600

// saysNotFound reports whether a page that was sent with status 200 says that there
// is no such page: its title or first heading says nothing else, or it is short and says so.
func saysNotFound(title, markdown string) bool {
	says := func(text string) bool {
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("|·•»", r) }) {
			part = strings.Trim(part, " #*-–—")
			if part != "" && !strings.EqualFold(part, "sorry") && notFound.MatchString(part) {
				return true
			}
			before, _, cut := strings.Cut(part, " - ")
			if before = strings.TrimSpace(before); cut && before != "" && notFound.MatchString(before) {
				return true
			}
		}
		return false
	}
	if says(title) {
		return true
	}
	for line := range strings.Lines(markdown) {
		line, _, _ = strings.Cut(line, " {#") // the id of a heading
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if strings.HasPrefix(line, "#") || len(markdown) < shortPage {
			if says(line) {
				return true
			}
		}
		if strings.HasPrefix(line, "#") && len(markdown) >= shortPage {
			break // the first heading
		}
	}
	return false
}

// fewLines is how many lines a text must have to be compared.
const fewLines = 4

// unlike reports whether two texts have neither a heading nor a fifth of their lines
// in common.
func unlike(stored, now string) bool {
	before, after := linesOf(stored), linesOf(now)
	if len(before) < fewLines {
		return false
	}
	common := 0
	for line := range before {
		if after[line] {
			if strings.HasPrefix(line, "#") {
				return false
			}
			common++
		}
	}
	return common*5 < min(len(before), max(len(after), 1))
}

// linesOf are the different lines of a text, in lower case.
func linesOf(text string) map[string]bool {
	lines := map[string]bool{}
	for line := range strings.Lines(text) {
		if line = strings.ToLower(strings.TrimSpace(line)); len(line) > 2 {
			lines[line] = true
		}
	}
	return lines
}
