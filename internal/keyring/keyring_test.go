package keyring

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	system "github.com/zalando/go-keyring"
)

// insideSession says that the test runs in a D-Bus session of its own with an unlocked
// keyring.
const insideSession = "FIRSTLINE_TEST_IN_KEYRING_SESSION"

// TestRealKeyring stores and reads an entry with GNOME Keyring.
func TestRealKeyring(t *testing.T) {
	if os.Getenv(insideSession) == "1" {
		storesAndReads(t)
		return
	}
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("FIRSTLINE_REQUIRE_SERVERS") == "1" {
				t.Fatal(program + " is not installed")
			}
			t.Skip(program + " is not installed: the keyring is not tried")
		}
	}
	home := t.TempDir()
	const inside = `printf word | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" -test.run '^TestRealKeyring$' -test.v`
	c := exec.CommandContext(t.Context(), "dbus-run-session", "--", "sh", "-c", inside, os.Args[0])
	c.Env = append(os.Environ(), insideSession+"=1", "HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, "data"), "XDG_RUNTIME_DIR="+home)
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestRealKeyring") {
		t.Errorf("%v\n%s", err, out)
	}
}

func storesAndReads(t *testing.T) {
	if _, err := Get(t.Context(), "pagerduty"); !errors.Is(err, ErrAbsent) {
		t.Errorf("an empty keyring says %v", err)
	}
	for _, secret := range []string{"u+first-secret", "u+second-secret"} {
		if err := Set(t.Context(), "pagerduty", secret); err != nil {
			t.Fatal(err)
		}
		if got, err := Get(t.Context(), "pagerduty"); got != secret || err != nil {
			t.Errorf("got %q, %v; want %q", got, err, secret)
		}
	}
}

func TestAvailable(t *testing.T) {
	empty, withBus := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(withBus, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, system, bus, runtime string
		want                       bool
	}{
		{"macOS", "darwin", "", empty, true},
		{"Windows", "windows", "", empty, true},
		{"a bus in the environment", "linux", "unix:path=/x", empty, true},
		{"the bus of systemd", "linux", "", withBus, true},
		{"no bus", "linux", "", empty, false},
	} {
		err := available(c.system, func(name string) string {
			return map[string]string{"DBUS_SESSION_BUS_ADDRESS": c.bus, "XDG_RUNTIME_DIR": c.runtime}[name]
		})
		if (err == nil) != c.want {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// TestFaults checks that what a keyring answers is a sentence without a secret.
func TestFaults(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	system.MockInitWithError(errors.New("locked\nby \x1b[31mothers"))
	t.Cleanup(system.MockInit)
	for _, err := range []error{Set(t.Context(), "work", "s3cr3t-token"), second(Get(t.Context(), "work"))} {
		if err == nil || strings.ContainsAny(err.Error(), "\n\x1b") || !strings.Contains(err.Error(), `the token "work" can't be`) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("got %q", err)
		}
	}
	if err := request(t.Context(), "read", func() error { panic("form") }); err == nil || !strings.Contains(err.Error(), "another form") {
		t.Errorf("a panic of the library gives %v", err)
	}
}

func second(_ string, err error) error { return err }
