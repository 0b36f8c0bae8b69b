// Package keyring stores tokens in the keyring of the system: the Secret Service on
// Linux (GNOME Keyring, KWallet, KeePassXC), the Keychain on macOS, the Credential
// Manager on Windows.
package keyring

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	system "github.com/zalando/go-keyring"

	"firstline/internal/clean"
	"firstline/internal/credentials"
	"firstline/sources"
)

// Service is the service under which the entries are stored. The name of an entry is
// its user name.
const Service = "firstline"

const (
	// patience is how long the keyring may take without a message: a locked one waits
	// until the person unlocks it.
	patience = 2 * time.Second
	// mostTime bounds a request.
	mostTime = time.Minute
)

// ErrAbsent is returned for an entry that the keyring does not have.
var ErrAbsent = errors.New("is not in the keyring")

// Get returns the secret of an entry. Its errors are one sentence without any secret.
func Get(ctx context.Context, name string) (string, error) {
	var secret string
	err := request(ctx, "read", func() (err error) {
		secret, err = system.Get(Service, name)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("the token %q %w", clean.Line(name), err)
	}
	secret = strings.TrimSpace(secret)
	credentials.Add(secret)
	return secret, nil
}

// Set stores the secret of an entry, in place of an earlier one.
func Set(ctx context.Context, name, secret string) error {
	if err := request(ctx, "stored", func() error { return system.Set(Service, name, secret) }); err != nil {
		return fmt.Errorf("the token %q %w", clean.Line(name), err)
	}
	return nil
}

// Available returns an error when there is no keyring, as far as that shows without
// asking it.
func Available() error { return available(runtime.GOOS, os.Getenv) }

func available(operatingSystem string, getenv func(string) string) error {
	switch operatingSystem {
	case "darwin", "windows":
		return nil
	}
	// Without an address, D-Bus's library would start a bus of its own, on which
	// there is no keyring.
	if getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return nil
	}
	runtimeDirectory := getenv("XDG_RUNTIME_DIR")
	if runtimeDirectory == "" {
		runtimeDirectory = "/run/user/" + strconv.Itoa(os.Getuid())
	}
	if _, err := os.Stat(filepath.Join(runtimeDirectory, "bus")); err == nil {
		return nil
	}
	return errNoBus
}

var errNoBus = errors.New("can't be read: this session has no keyring (no D-Bus); use token_file or token_command here")

// request makes a request within its time, and returns the end of a sentence when it
// fails. The library can't cancel a request, so one that takes too long is abandoned.
func request(ctx context.Context, verb string, do func() error) error {
	if err := Available(); err != nil {
		return err
	}
	waits := time.AfterFunc(patience, func() {
		sources.Waits(ctx, "waiting for the keyring, which may want to be unlocked")
	})
	defer waits.Stop()
	limit, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if value := recover(); value != nil {
				done <- fmt.Errorf("an answer of another form than expected: %v", value)
			}
		}()
		done <- do()
	}()
	select {
	case err := <-done:
		switch {
		case err == nil:
			return nil
		case errors.Is(err, system.ErrNotFound):
			return fmt.Errorf("%w: store it with `firstline init`", ErrAbsent)
		}
		return fmt.Errorf("can't be %s: unlock the keyring, or use token_file or token_command (the keyring says: %s)", verb, credentials.HideAny(clean.Line(err.Error())))
	case <-limit.Done():
		if ctx.Err() != nil {
			return fmt.Errorf("was not %s: %w", verb, ctx.Err())
		}
		return fmt.Errorf("was not %s: the keyring did not answer within %s; unlock it and try again", verb, mostTime)
	}
}
