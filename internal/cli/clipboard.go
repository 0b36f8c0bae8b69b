package cli

import (
	"fmt"

	"github.com/atotto/clipboard"
)

// copyNatively puts text into the system's own clipboard, where there is one:
// some terminals don't do it when they are asked.
func copyNatively(text string) error {
	if clipboard.Unsupported {
		return nil
	}
	if err := clipboard.WriteAll(text); err != nil {
		return fmt.Errorf("copying to the clipboard: %w", err)
	}
	return nil
}
