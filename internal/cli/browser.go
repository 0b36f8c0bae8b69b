package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"firstline/internal/child"
	"firstline/internal/clean"
)

// browserTime is how long the program that opens a browser may take; it hands
// the address over and ends.
const browserTime = 10 * time.Second

// openURL opens an address in the person's browser. The address is checked
// again here, because it comes from outside and is given to a program; no
// shell sees it.
func openURL(address string) error {
	address = clean.URL(address)
	if address == "" {
		return errors.New("this is no web address that can be opened")
	}
	program, arguments := browserCommand(runtime.GOOS, address)
	ctx, cancel := context.WithTimeout(context.Background(), browserTime)
	defer cancel()
	if err := child.Command(ctx, program, arguments...).Run(); err != nil {
		return fmt.Errorf("opening a browser with %s: %w", program, err)
	}
	return nil
}

func browserCommand(system, address string) (program string, arguments []string) {
	switch system {
	case "darwin":
		return "open", []string{address}
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	return "xdg-open", []string{address}
}
