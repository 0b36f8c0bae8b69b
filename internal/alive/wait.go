package alive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// between is how long Wait waits before it tries again.
const between = 5 * time.Millisecond

// Wait creates a file and locks it, once no other process holds it. It gives up
// when ctx ends: one that holds it may be stopped.
func Wait(ctx context.Context, path string) (*Lock, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("waiting for the lock %s: %w", path, err)
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("making the lock %s: %w", path, err)
		}
		got, err := tryLock(f)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("locking %s: %w", path, err), f.Close())
		}
		if got && isAt(f, path) {
			return &Lock{f}, nil
		}
		_ = f.Close() // it is held, or was removed before it was locked
		timer := time.NewTimer(between)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}
