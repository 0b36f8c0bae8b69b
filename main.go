// Command firstline shows the person who has just been paged what is wrong and
// what to do about it.
package main

import (
	_ "embed"
	"os"
	"runtime/debug"

	"firstline/internal/cli"
)

// version is set by the release build.
var version string

// example is the configuration with every option, its default and a comment.
//
//go:embed config.example.toml
var example []byte

func main() {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		version = info.Main.Version
	}
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, version, example))
}
