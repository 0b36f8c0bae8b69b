//go:build linux

package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// build builds the program of this module with the flags of .goreleaser.yaml,
// and with others after them.
func build(ctx context.Context, path string, more ...string) error {
	flags := slices.Concat([]string{"build", "-trimpath", "-ldflags", "-s -w -X main.version=0.0.0-bench"}, more, []string{"-o", path, "firstline"})
	command := exec.CommandContext(ctx, "go", flags...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the release binary: %w\n%s", err, text)
	}
	return nil
}

// describe says what a binary was made from.
func describe(path string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return path + ": " + err.Error()
	}
	facts := []string{info.GoVersion}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			facts = append(facts, "commit "+s.Value[:min(len(s.Value), 12)])
		case "vcs.modified":
			if s.Value == "true" {
				facts = append(facts, "with changes that are not committed")
			}
		}
	}
	return strings.Join(facts, ", ")
}

// machineFacts says what was measured on, and how busy it is before.
func machineFacts() (string, error) {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "", err
	}
	model := "unknown processor"
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %d cores of %s, Linux %s, %s before", time.Now().Format(time.DateOnly), runtime.NumCPU(), model, strings.TrimSpace(string(kernel)), loadNow()), nil
}

// loadNow is how many processes wanted a core in the last minute.
func loadNow() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load unknown"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return "load " + one
}
