//go:build unix

package config

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"firstline/sources"
)

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file that is not a regular file is refused before it is opened: opening it
// would block the test.
func TestSecretsInOddFiles(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	// A FIFO with a writer would give a token, but only once.
	written := fifo(t)
	w, err := os.OpenFile(written, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := io.WriteString(w, "s3cr3t\n"); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a FIFO": fifo(t), "a FIFO that is written into": written, "a link to a FIFO": link(t, fifo(t)),
		"a socket": socket, "a directory": t.TempDir(), "a device": "/dev/zero", "nothing": "/dev/null", "a descriptor": "/dev/stdin",
	} {
		for of, token := range map[string]func() (string, error){
			"pagerduty": func() (string, error) { return PagerDuty{TokenFile: path}.Token(t.Context()) },
			"a host":    func() (string, error) { return HostToken{File: path}.Token(t.Context()) },
		} {
			if name == "a descriptor" && func() bool { info, err := os.Stat(path); return err != nil || info.Mode().IsRegular() }() {
				continue
			}
			if got, err := token(); got != "" || err == nil || !strings.Contains(err.Error(), "is not a plain file") {
				t.Errorf("%s for %s gave %q, %v", name, of, got, err)
			}
		}
	}
}

// A slow command is reported and continues to run. This command ends only after
// it was reported.
func TestTokenCommandThatTakesLong(t *testing.T) {
	path := fifo(t)
	ctx := sources.ReportWaits(t.Context(), func(sentence string) {
		if !strings.Contains(sentence, "waiting for token_command") {
			t.Errorf("it says %q", sentence)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		if _, err := io.WriteString(f, "t0ken\n"); err != nil {
			t.Error(err)
		}
	})
	token, err := tokenFromCommand(ctx, "read t <'"+path+"' && echo $t", time.Minute, time.Millisecond)
	if err != nil || token != "t0ken" {
		t.Errorf("it gave %q, %v", token, err)
	}
	quick := sources.ReportWaits(t.Context(), func(sentence string) { t.Errorf("a quick command says %q", sentence) })
	if token, err := tokenFromCommand(quick, "echo t0ken", time.Minute, time.Minute); err != nil || token != "t0ken" {
		t.Errorf("it gave %q, %v", token, err)
	}
}

// A file in the http options that is not a regular file would block each
// request.
func TestHTTPFilesThatAreNone(t *testing.T) {
	clearEnvironment(t)
	for name, options := range map[string]string{
		"username_file":      `basic_auth = { username_file = "%s", password = "x" }`,
		"password_file":      `basic_auth = { username = "a", password_file = "%s" }`,
		"credentials_file":   `authorization = { credentials_file = "%s" }`,
		"bearer_token_file":  `bearer_token_file = "%s"`,
		"client_secret_file": `oauth2 = { client_id = "a", client_secret_file = "%s", token_url = "https://t.example.com" }`,
		"ca_file":            `tls_config = { ca_file = "%s" }`,
		"cert_file":          `tls_config = { cert_file = "%s", key_file = "k" }`,
		"key_file":           `tls_config = { cert_file = "c", key_file = "%s" }`,
		"oauth2's ca_file":   `oauth2 = { client_id = "a", client_secret = "x", token_url = "https://t.example.com", tls_config = { ca_file = "%s" } }`,
		"a header's file":    `http_headers = { X-A = { files = ["%s"] } }`,
	} {
		for _, kind := range []string{"prometheus", "alertmanager"} {
			with := func(path string) error {
				return server(t, kind, "url = \"https://a\"\nhttp = { "+strings.ReplaceAll(options, "%s", path)+" }").Usable(t.Context())
			}
			if err := with(fifo(t)); err == nil || !strings.Contains(err.Error(), "is not a plain file") {
				t.Errorf("%s, %s, a FIFO: %v", kind, name, err)
			}
			if err := with(tokenFile(t, 0o600, "x")); err != nil {
				t.Errorf("%s, %s, a file: %v", kind, name, err)
			}
		}
	}
}
