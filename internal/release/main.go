// Command release writes what a release has besides the program: completions for
// shells, manual pages, and the licences of all that is in the program. With -check it
// compares a release that was made with its cask for Homebrew.
//
//	go run ./internal/release -dir .release -version 1.2.3 -time 1767225600
//	go run ./internal/release -check dist
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"firstline/internal/cli"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	dir := flags.String("dir", "", "write into this directory, which is emptied first")
	version := flags.String("version", "", "the version that the manual pages name")
	seconds := flags.String("time", "0", "the time of all files and of the manual pages, in seconds since 1970")
	check := flags.String("check", "", "check the release in this directory, and write nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *check != "" {
		return checkCask(*check)
	}
	at, err := strconv.ParseInt(*seconds, 10, 64)
	switch {
	case *dir == "":
		return fmt.Errorf("-dir is missing")
	case err != nil:
		return fmt.Errorf("-time: %w", err)
	}
	if err := os.RemoveAll(*dir); err != nil {
		return err
	}
	root := cli.Command(*version)
	if err := completions(root, filepath.Join(*dir, "completions")); err != nil {
		return err
	}
	made := time.Unix(at, 0).UTC()
	if err := manual(root, *version, made, filepath.Join(*dir, "man")); err != nil {
		return err
	}
	if err := licences(ctx, filepath.Join(*dir, "licences")); err != nil {
		return err
	}
	// Packages have the times of files. They must not differ between two builds.
	return filepath.WalkDir(*dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, made, made)
	})
}

// completions writes a file for each shell, by the name under which it is installed.
func completions(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, write := range map[string]func(path string) error{
		"firstline.bash": func(path string) error { return root.GenBashCompletionFileV2(path, true) },
		"_firstline":     root.GenZshCompletionFile,
		"firstline.fish": func(path string) error { return root.GenFishCompletionFile(path, true) },
		"firstline.ps1":  root.GenPowerShellCompletionFileWithDesc,
	} {
		if err := write(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// manual writes a page for each command.
func manual(root *cobra.Command, version string, at time.Time, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, c := range root.Commands() {
		c.Hidden = c.Hidden || c.Name() == "completion" // packages install completions themselves
	}
	return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "firstline " + version, Manual: "firstline", Date: &at}, dir)
}
