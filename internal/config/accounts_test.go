package config

import (
	"strings"
	"testing"
)

// TestAccounts: one account may be in [pagerduty] or [[pagerduty]], several have names
// and tokens of their own.
func TestAccounts(t *testing.T) {
	const two = "[me]\nemail = \"dana@example.com\"\n[[pagerduty]]\nname = \"us\"\ntoken_env = \"A\"\n[[pagerduty]]\nname = \"eu\"\nregion = \"eu\"\ntoken_file = \"t\"\nemail = \"dana@example.org\"\n"
	for what, test := range map[string]struct {
		document string
		env      map[string]string
		// want are the names, emails and regions, or part of the error.
		want string
	}{
		"none":                                 {"", nil, ""},
		"a token only":                         {"", map[string]string{TokenVariable: "t"}, "pagerduty  us"},
		"an address only":                      {"", map[string]string{"FIRSTLINE_PAGERDUTY_URL": "http://127.0.0.1:1"}, "pagerduty  us"},
		"an empty table":                       {"[pagerduty]\n", nil, "pagerduty  us"},
		"a name and an email":                  {"[pagerduty]\nname = \"work\"\nemail = \"d@example.com\"\n", nil, "work d@example.com us"},
		"dotted keys":                          {"pagerduty.region = \"eu\"\n", nil, "pagerduty  eu"},
		"one in a list":                        {"[[pagerduty]]\nregion = \"eu\"\n", nil, "pagerduty  eu"},
		"the environment over one in a list":   {"[[pagerduty]]\nregion = \"us\"\n", map[string]string{"FIRSTLINE_PAGERDUTY_REGION": "eu"}, "pagerduty  eu"},
		"two":                                  {two, nil, "us dana@example.com us, eu dana@example.org eu"},
		"two in one line":                      {"pagerduty = [{token_env = \"A\"}, {name = \"b\", token_env = \"B\"}]\n", nil, "pagerduty  us, b  us"},
		"the environment over two":             {two, map[string]string{"FIRSTLINE_PAGERDUTY_REGION": "eu"}, "environment variable FIRSTLINE_PAGERDUTY_REGION: the file has 2 PagerDuty accounts"},
		"a region in the second":               {strings.Replace(two, `"eu"`+"\ntoken", `"asia"`+"\ntoken", 1), nil, `:8:1: "asia" is not a region`},
		"the same name":                        {"[[pagerduty]]\ntoken_env = \"A\"\n[[pagerduty]]\ntoken_env = \"B\"\n", nil, ":3:3: there is another source called pagerduty"},
		"a server of that name":                {two + "[[prometheus]]\nname = \"EU\"\nurl = \"http://a\"\n", nil, "there is another source called EU"},
		"no token of its own":                  {"[[pagerduty]]\ntoken_env = \"A\"\n[[pagerduty]]\nname = \"b\"\n", nil, ":3:3: the account b has no token of its own"},
		"the same variable":                    {"[[pagerduty]]\ntoken_env = \"A\"\n[[pagerduty]]\nname = \"b\"\ntoken_env = \"A\"\n", nil, ":5:1: the account pagerduty has the same token_env"},
		"the same entry of the keyring":        {"[[pagerduty]]\ntoken_keyring = \"a\"\n[[pagerduty]]\nname = \"b\"\ntoken_keyring = \"a\"\n", nil, ":5:1: the account pagerduty has the same token_keyring"},
		"the same file under another path":     {"[[pagerduty]]\ntoken_file = \"a\"\n[[pagerduty]]\nname = \"b\"\ntoken_file = \"./a\"\n", nil, ":5:1: the account pagerduty has the same token_file"},
		"the same command":                     {"[[pagerduty]]\ntoken_command = \"a\"\n[[pagerduty]]\nname = \"b\"\ntoken_command = \" a\"\n", nil, ":5:1: the account pagerduty has the same token_command"},
		"a table in braces":                    {"pagerduty = { region = \"eu\" }\n", nil, `:1:13: "pagerduty" must be a table: write [pagerduty], or [[pagerduty]]`},
		"an email that is none, in the second": {"[[pagerduty]]\ntoken_env = \"A\"\n[[pagerduty]]\nname = \"b\"\nemail = \"b\"\ntoken_env = \"B\"\n", nil, ":5:1: this is not an email address"},
		"a team without a name, in the second": {"[[pagerduty]]\ntoken_env = \"A\"\n[[pagerduty]]\nname = \"b\"\nteams = [\"\"]\ntoken_env = \"B\"\n", nil, ":5:10: a team's name or id is missing"},
		"an unknown key in the second":         {two + "tokn_env = \"x\"\n", nil, `:11:1: "tokn_env" is not known in [pagerduty]: the nearest known name is token_env`},
		"the token itself, in the second":      {two + "token = \"x\"\n", nil, ":11:1: the token itself does not belong in this file"},
	} {
		t.Run(what, func(t *testing.T) {
			c, err := Parse("/nowhere/config.toml", []byte(test.document), func(name string) (string, bool) { v, ok := test.env[name]; return v, ok })
			if err != nil {
				if test.want == "" || !strings.Contains(err.Error(), test.want) {
					t.Errorf("the error is %v, want %q", err, test.want)
				}
				return
			}
			var all []string
			for _, p := range c.PagerDuty {
				all = append(all, p.Name+" "+p.Email+" "+p.Region)
			}
			if got := strings.Join(all, ", "); got != test.want {
				t.Errorf("the accounts are %q, want %q", got, test.want)
			}
		})
	}
}

// TestTokenOfOneAccount: PAGERDUTY_TOKEN is of the only account, and of none of several
// that does not name it.
func TestTokenOfOneAccount(t *testing.T) {
	t.Setenv(TokenVariable, "only-one-has-this")
	t.Setenv("SECOND_TOKEN", "second-has-this")
	for document, want := range map[string][]string{
		"[pagerduty]\n":                        {"only-one-has-this"},
		"[pagerduty]\ntoken_command = \"x\"\n": {"only-one-has-this"},
		"[[pagerduty]]\ntoken_env = \"PAGERDUTY_TOKEN\"\n[[pagerduty]]\nname = \"b\"\ntoken_env = \"SECOND_TOKEN\"\n":     {"only-one-has-this", "second-has-this"},
		"[[pagerduty]]\ntoken_command = \"echo a-has-this\"\n[[pagerduty]]\nname = \"b\"\ntoken_env = \"SECOND_TOKEN\"\n": {"a-has-this", "second-has-this"},
	} {
		c, err := Load(write(t, document))
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range c.PagerDuty {
			if token, err := p.Token(t.Context()); err != nil || token != want[i] {
				t.Errorf("%q: the token of %s is %q, %v; want %q", document, p.Name, token, err, want[i])
			}
		}
	}
	p := PagerDuty{TokenEnv: TokenVariable, oneOfSeveral: true}
	t.Setenv(TokenVariable, "")
	if _, err := p.Token(t.Context()); err == nil || !strings.Contains(err.Error(), "set PAGERDUTY_TOKEN, which token_env names") {
		t.Errorf("without the variable the error is %v", err)
	}
}
