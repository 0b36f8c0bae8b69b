package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	system "github.com/zalando/go-keyring"

	"firstline/internal/keyring"
)

func tokenFile(t *testing.T, mode os.FileMode, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, to string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTokenOrder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs sh")
	}
	clearEnvironment(t)
	file := tokenFile(t, 0o600, "from-file\nsecond line\n")
	p := PagerDuty{TokenFile: file, TokenCommand: "echo from-command; echo more"}
	want := func(p PagerDuty, token string) {
		t.Helper()
		if got, err := p.Token(t.Context()); err != nil || got != token {
			t.Errorf("Token = %q, %v, want %q", got, err, token)
		}
	}
	want(PagerDuty{TokenCommand: p.TokenCommand}, "from-command")
	want(p, "from-file")
	t.Setenv(TokenVariable, "from-variable")
	want(p, "from-variable")
	p.TokenEnv = "FIRSTLINE_TEST_TOKEN"
	want(p, "from-file") // token_env names another variable, so this one is not used
	t.Setenv("FIRSTLINE_TEST_TOKEN", " from-own-variable\n")
	want(p, "from-own-variable")
}

func TestTokenFaults(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes and sh")
	}
	clearEnvironment(t)
	for _, c := range []struct {
		name string
		p    PagerDuty
		want string
	}{
		{"nowhere", PagerDuty{}, "there is no PagerDuty token: set PAGERDUTY_TOKEN"},
		{"variable not set", PagerDuty{TokenEnv: "FIRSTLINE_TEST_NONE"}, "set FIRSTLINE_TEST_NONE, which token_env names, or token_keyring"},
		{"no file", PagerDuty{TokenFile: "/nonexistent/token"}, "is not there: create it"},
		{"open mode", PagerDuty{TokenFile: tokenFile(t, 0o640, "s3cr3t")}, "may be read by others (mode 0640): run chmod 600"},
		{"executable", PagerDuty{TokenFile: tokenFile(t, 0o700, "s3cr3t")}, "(mode 0700)"},
		{"empty file", PagerDuty{TokenFile: tokenFile(t, 0o600, "\n")}, "is empty"},
		{"a directory", PagerDuty{TokenFile: t.TempDir()}, "is not a plain file"},
		{"command fails", PagerDuty{TokenCommand: "echo s3cr3t; echo vault is locked s3cr3t >&2; exit 3"}, "it ended with status 3: run it by hand to see why"},
		{"command not there", PagerDuty{TokenCommand: "firstline-no-such-command"}, "it ended with status 127"},
		{"command silent", PagerDuty{TokenCommand: "true"}, "printed nothing"},
		{"the token in what it says alone", PagerDuty{TokenCommand: "echo no access with s3cr3t >&2; exit 1"}, "it ended with status 1: run it"},
		{"the token in pieces", PagerDuty{TokenCommand: "set -x; s=s3cr3t; false"}, "it ended with status 1: run it"},
		{"the token encoded", PagerDuty{TokenCommand: "echo czNjcjN0 >&2; exit 2"}, "it ended with status 2: run it"},
		{"stderr steers", PagerDuty{TokenCommand: `printf '\033]0;x\007told' >&2; exit 1`}, "status 1: run it"},
		{"a device", PagerDuty{TokenFile: "/dev/zero"}, "/dev/zero is not a plain file"},
		{"a terminal", PagerDuty{TokenFile: "/dev/tty"}, "/dev/tty is not a plain file"},
		{"a link to a device", PagerDuty{TokenFile: link(t, "/dev/zero")}, "is not a plain file"},
		{"nothing behind a link", PagerDuty{TokenFile: link(t, "/nonexistent")}, "is not there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			token, err := c.p.Token(t.Context())
			if err == nil || token != "" {
				t.Fatalf("Token = %q, %v, want an error", token, err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %q, want %q in it", err, c.want)
			}
			if strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
	if _, err := (PagerDuty{}).Token(t.Context()); !errors.Is(err, ErrNoToken) {
		t.Errorf("no token gave %v, want ErrNoToken", err)
	}
}

func TestTokenCommandIsBounded(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs sh")
	}
	_, err := tokenFromCommand(t.Context(), "exec sleep 60", time.Millisecond, time.Minute)
	if err == nil || !strings.Contains(err.Error(), "it did not end within 1ms") {
		t.Errorf("a command that does not end gave %v", err)
	}
}

// A read of a file that hangs ends after the time limit, or when its context
// ends.
func TestHangingFile(t *testing.T) {
	hangs := make(chan struct{})
	defer close(hangs)
	read := func() (string, error) { <-hangs; return "s3cr3t", nil }
	late := errors.New("it does not answer")
	if got, err := within(t.Context(), time.Millisecond, read, late); got != "" || !errors.Is(err, late) {
		t.Errorf("a hanging file gave %q, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := within(ctx, time.Hour, read, late); got != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("a hanging file that nobody waits for gave %q, %v", got, err)
	}
	if got, err := within(t.Context(), time.Hour, func() (string, error) { return "token", nil }, late); got != "token" || err != nil {
		t.Errorf("another file gave %q, %v", got, err)
	}
}

func TestWhereTheTokenComesFrom(t *testing.T) {
	for _, c := range []struct {
		name, variable, own string // the values of PAGERDUTY_TOKEN and OWN
		p                   PagerDuty
		source              string
		renewable           bool
	}{
		{name: "nowhere"},
		{name: "the environment", variable: "t", source: TokenVariable},
		{name: "the environment before a file", variable: "t", p: PagerDuty{TokenFile: "f"}, source: TokenVariable},
		{name: "the environment before a command", variable: "t", p: PagerDuty{TokenCommand: "c"}, source: TokenVariable},
		{name: "a variable of one's own", variable: "t", own: "t", p: PagerDuty{TokenEnv: "OWN", TokenFile: "f"}, source: "OWN"},
		{name: "a variable of one's own that is empty", variable: "t", own: " ", p: PagerDuty{TokenEnv: "OWN", TokenFile: "f"}, source: "token_file", renewable: true},
		{name: "a file", p: PagerDuty{TokenFile: "f"}, source: "token_file", renewable: true},
		{name: "a command", p: PagerDuty{TokenCommand: "c"}, source: "token_command", renewable: true},
		{name: "a file before a command", p: PagerDuty{TokenFile: "f", TokenCommand: "c"}, source: "token_file", renewable: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			clearEnvironment(t)
			t.Setenv(TokenVariable, c.variable)
			t.Setenv("OWN", c.own)
			if source, renewable := c.p.TokenFrom(); source != c.source || renewable != c.renewable {
				t.Errorf("TokenFrom = %q, %v, want %q, %v", source, renewable, c.source, c.renewable)
			}
		})
	}
}

func TestTypesOfToken(t *testing.T) {
	clearEnvironment(t)
	for text, want := range map[string]string{
		"": "", `token_type = ""`: "", `token_type = "token"`: "token", `token_type = "bearer"`: "bearer", `token_type = "Bearer"`: "bearer", `token_type = " TOKEN "`: "token",
	} {
		c, err := Load(write(t, "[pagerduty]\n"+text+"\n"))
		if err != nil || c.Account().TokenType != want {
			t.Errorf("%s: %q, %v", text, c.Account().TokenType, err)
		}
	}
	t.Setenv("FIRSTLINE_PAGERDUTY_TOKEN_TYPE", "bearer")
	if c, err := Load(write(t, "[pagerduty]\ntoken_type = \"token\"\n")); err != nil || c.Account().TokenType != "bearer" {
		t.Errorf("the environment gives %q, %v", c.Account().TokenType, err)
	}
}

func TestTokenVariables(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                   {TokenVariable},
		"[pagerduty]\ntoken_file = \"f\"\n":  {TokenVariable},
		"[pagerduty]\ntoken_env = \"OWN\"\n": {"OWN", TokenVariable},
		"[pagerduty]\ntoken_env = \"PAGERDUTY_TOKEN\"\n":                                                            {TokenVariable},
		"[runbooks.tokens.\"a.example\"]\ntoken_env = \"A\"\n":                                                      {"A", TokenVariable},
		"[runbooks.tokens.\"a.example\"]\ntoken_file = \"f\"\n":                                                     {TokenVariable},
		"[runbooks.tokens]\na = { token_env = \"A\" }\nb = { token_env = \"B\" }\n":                                 {"A", "B", TokenVariable},
		"[runbooks.tokens]\na = { token_env = \"A\" }\nb = { token_env = \"A\" }\n[pagerduty]\ntoken_env = \"A\"\n": {"A", TokenVariable},
	} {
		clearEnvironment(t)
		c, err := Load(write(t, text))
		if got := c.TokenVariables(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: the variables are %q, %v, want %q", text, got, err, want)
		}
	}
}

// TestTokenFromTheKeyring checks the order of the sources and that a keyring without
// the token is not passed over.
func TestTokenFromTheKeyring(t *testing.T) {
	clearEnvironment(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	system.MockInit()
	p := PagerDuty{TokenKeyring: "work", TokenCommand: "echo from-command"}
	if token, err := p.Token(t.Context()); token != "" || err == nil || !strings.Contains(err.Error(), "work") {
		t.Errorf("a keyring without the token gives %q, %v", token, err)
	}
	if err := system.Set(keyring.Service, "work", "from-keyring"); err != nil {
		t.Fatal(err)
	}
	if token, err := p.Token(t.Context()); token != "from-keyring" || err != nil {
		t.Errorf("got %q, %v", token, err)
	}
	if source, renewable := p.TokenFrom(); source != "token_keyring" || !renewable {
		t.Errorf("it is from %q, renewable %v", source, renewable)
	}
	t.Setenv(TokenVariable, "from-environment")
	if token, err := p.Token(t.Context()); token != "from-environment" || err != nil {
		t.Errorf("got %q, %v", token, err)
	}
}

// TestAdviceNamesAVariableThatIsRead: a missing file is no reason to set a variable that
// nothing reads, and one that is read has its name.
func TestAdviceNamesAVariableThatIsRead(t *testing.T) {
	t.Setenv(TokenVariable, "")
	path := filepath.Join(t.TempDir(), "nowhere")
	for want, p := range map[string]PagerDuty{
		" is not there: create it":                          {oneOfSeveral: true},
		" is not there: create it, or set SHOP_TOKEN":       {oneOfSeveral: true, TokenEnv: "SHOP_TOKEN"},
		" is not there: create it, or set BANK_TOKEN":       {TokenEnv: "BANK_TOKEN"},
		" is not there: create it, or set " + TokenVariable: {},
	} {
		p.TokenFile = path
		if _, err := p.Token(t.Context()); err == nil || err.Error() != "token_file "+path+want {
			t.Errorf("%+v: %v, want …%s", p, err, want)
		}
	}
}
