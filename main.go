// Command firstline shows the person who has just been paged what is wrong and
// what to do about it.
package main

import (
	"os"
	"runtime/debug"

	"firstline/internal/cli"
)

// version is set by the release build.
var version string

func main() {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		version = info.Main.Version
	}
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, version))
}
