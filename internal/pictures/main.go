// Command pictures makes the pictures of the documentation: SVG files from what a
// terminal shows, with its colours. The script .ci/pictures takes these screens from the
// demo.
//
//	go run ./internal/pictures -o docs/screen.svg -title "…" SCREEN
//	go run ./internal/pictures -o docs/recording.svg -title "…" SCREEN:2.5 SCREEN:1 …
//
// A screen is a file with escape sequences, as tmux capture-pane -ep writes it. Several
// are shown one after the other, each for its seconds.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("pictures", flag.ContinueOnError)
	path := flags.String("o", "", "write this file")
	title := flags.String("title", "", "what the picture shows, for those who can't see it")
	width := flags.Int("width", 120, "columns of the screens")
	height := flags.Int("height", 30, "rows of the screens")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *path == "" || *title == "" || flags.NArg() == 0 {
		return fmt.Errorf("-o, -title or a screen is missing")
	}
	var screens []screen
	for _, arg := range flags.Args() {
		name, after, timed := strings.Cut(arg, ":")
		seconds := 0.0
		if timed {
			var err error
			if seconds, err = strconv.ParseFloat(after, 64); err != nil || seconds <= 0 {
				return fmt.Errorf("%s: the seconds must be a number above 0", arg)
			}
		}
		if timed != (flags.NArg() > 1) {
			return fmt.Errorf("%s: each of several screens has its seconds, and a single one has none", arg)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("reading a screen: %w", err)
		}
		one, err := read(text, *width, *height)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		one.seconds = seconds
		screens = append(screens, one)
	}
	var svg bytes.Buffer
	write(&svg, *title, screens)
	if err := os.WriteFile(*path, svg.Bytes(), 0o644); err != nil { //nolint:gosec // a picture is for everyone
		return fmt.Errorf("writing the picture: %w", err)
	}
	return nil
}
