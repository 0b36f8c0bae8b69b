package firstrun

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"firstline/internal/config"
	"firstline/sources"
)

// TestDirectoriesAreAdded: those of the file stay, as they are written there.
func TestDirectoriesAreAdded(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for document, want := range map[string]string{
		"[runbooks]\ndirectories = [\n  \"~/a\", # first\n  \"b\", # second\n]\n": "[runbooks]\ndirectories = [\n  \"~/a\", # first\n  \"b\", # second\n  \"/c\",\n  \"/d\",\n]\n",
		"[runbooks]\ndirectories = [\"~/a\"] # mine\n":                            "[runbooks]\ndirectories = [\"~/a\", \"/c\", \"/d\"] # mine\n",
		"[runbooks]\nrun = \"never\"\n":                                           "[runbooks]\nrun = \"never\"\ndirectories = [\"/c\", \"/d\"]\n",
		"[runbooks]\ndirectories = [\"/c\", \"/d\"]\n":                            "[runbooks]\ndirectories = [\"/c\", \"/d\"]\n",
	} {
		r, _, _ := firstRun(t, document, nil)
		for _, path := range []string{"/c", "/d", "/c"} {
			r.AddDirectory(path)
		}
		if strings.Contains(document, "~/a") {
			r.AddDirectory(filepath.Join(home, "a"))
		}
		if got, err := r.Edited(); err != nil || got != want {
			t.Errorf("%q becomes\n%s%v", document, got, err)
		}
	}
}

// TestEmailOfAnother says whose the token is.
func TestEmailOfAnother(t *testing.T) {
	me := &sources.User{Name: "Dana", Email: "dana@example.com"}
	d := sources.Data{Users: []sources.User{*me, {Email: "other@example.com"}}}
	d.Extents.Users = sources.Whole
	for _, c := range []struct {
		email   string
		account *Account
		want    string
	}{
		{"other@example.com", &Account{Person: true, Me: me, Data: d}, "The token is that of dana@example.com, but your email is to be other@example.com."},
		{"nobody@example.com", &Account{Person: true, Me: me, Data: d}, "The token is that of dana@example.com, but your email is to be nobody@example.com."},
		{"Dana@Example.com", &Account{Person: true, Me: me, Data: d}, ""},
		{"other@example.com", &Account{Data: d}, ""},
		{"nobody@example.com", &Account{Data: d}, "PagerDuty has no user with the email nobody@example.com, or this token may not see it."},
		{"nobody@example.com", nil, ""},
		{"", &Account{Person: true, Me: me, Data: d}, ""},
	} {
		r := &Run{account: c.account, Answers: Answers{Email: c.email}}
		got := ""
		for _, f := range r.TryEmail() {
			got += f.Sentence
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.email, got, c.want)
		}
	}
}

// TestPolicyWithoutPagerDuty says whether PagerDuty was asked.
func TestPolicyWithoutPagerDuty(t *testing.T) {
	for command, want := range map[string]string{"": "PagerDuty was not asked", "print": "answers", "other": "PagerDuty was not asked"} {
		document := ""
		if command != "" {
			document = "[pagerduty]\ntoken_command = \"" + command + "\"\n"
		}
		r, _, _ := firstRun(t, document, nil)
		r.Answers.Policy = "P1"
		var said []string
		for _, f := range r.TryAll(t.Context()) {
			said = append(said, f.Sentence)
		}
		if got := strings.Join(said, "\n"); command != "print" && !strings.Contains(got, want) || command == "print" && !strings.Contains(got, "The first line is the escalation policy First line (P1)") {
			t.Errorf("with %q it says\n%s", command, got)
		}
	}
	r, _, _ := firstRun(t, "", nil)
	r.Answers.Token, r.Answers.Policy = &Token{From: File, Name: "x", Secret: "bad"}, "P1"
	if found := r.TryAll(t.Context()); !strings.Contains(found[len(found)-1].Sentence, "PagerDuty could not be read") {
		t.Errorf("it says %v", found)
	}
}

// TestHunks checks the lines of the new file in a difference of several hunks.
func TestHunks(t *testing.T) {
	before := strings.Repeat("x\n", 3) + "a\nb\nc\nd\n" + strings.Repeat("y\n", 20) + "e\n" + strings.Repeat("z\n", 20) + "end\n"
	after := strings.Repeat("x\n", 3) + "A\nb\nc\nnew\nd\n" + strings.Repeat("y\n", 20) + strings.Repeat("z\n", 20) + "more\n-- \n++ \nend\n"
	text := Plan{Path: "p", Before: before, After: after}.String()
	lines := strings.Split(after, "\n")
	header := regexp.MustCompile(`^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@$`)
	at, hunks := 0, 0
	for _, line := range strings.Split(text, "\n")[2:] {
		if m := header.FindStringSubmatch(line); m != nil {
			hunks, at = hunks+1, 0
			for _, digit := range m[1] {
				at = at*10 + int(digit-'0')
			}
			continue
		}
		if line == "" || line[0] == '-' {
			continue
		}
		if line[1:] != lines[at-1] {
			t.Fatalf("line %d is %q, not %q:\n%s", at, lines[at-1], line[1:], text)
		}
		at++
	}
	if hunks != 3 {
		t.Errorf("there are %d hunks:\n%s", hunks, text)
	}
}

// TestNewFileWithoutValues says that none is set.
func TestNewFileWithoutValues(t *testing.T) {
	for after, want := range map[string]string{
		"# a\n[me]\n":           "p is new. It describes all options; none is set.\n",
		"[me]\nemail = \"a\"\n": "p is new. It describes all options; these are set:\n\n  [me]\n  email = \"a\"\n",
	} {
		if got := (Plan{Path: "p", After: after}).String(); got != want {
			t.Errorf("%q: %q", after, got)
		}
	}
}

// TestPolicyIsNamed: the summary has the name of the policy that was chosen by its id.
func TestPolicyIsNamed(t *testing.T) {
	policies := []sources.Policy{{ID: "P1", Name: "Evil"}, {ID: "P2", Name: "twice"}, {ID: "P3", Name: "Twice"}}
	r := &Run{account: &Account{Data: sources.Data{Policies: policies}}, Present: config.Config{}}
	for policy, want := range map[string]string{"P1": "Evil (P1)", "evil": "Evil (P1)", "twice": "twice", "": "-", "P9": "P9"} {
		if r.Answers.Policy = policy; r.saysPolicy() != want {
			t.Errorf("%q: %q", policy, r.saysPolicy())
		}
	}
}
