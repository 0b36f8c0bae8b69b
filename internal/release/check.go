package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// download is what a cask downloads for one system.
type download struct{ file, sum string }

var (
	caskVersion = regexp.MustCompile(`(?m)^\s*version "([^"]+)"`)
	// caskDownload are the sum and the address that goreleaser writes for a system.
	caskDownload = regexp.MustCompile(`sha256 "([0-9a-f]{64})"\s+url "[^"]*/([^/"]+)"`)
	caskFile     = regexp.MustCompile(`(?m)^\s*(?:binary|manpage|bash_completion|zsh_completion|fish_completion) "([^"]+)"`)
)

// checkCask checks that the cask of a release downloads all its archives for macOS and
// Linux, that the sums are theirs, and that all files that it installs are in each.
func checkCask(dist string) error {
	text, err := os.ReadFile(filepath.Join(dist, "homebrew", "Casks", "firstline.rb"))
	if err != nil {
		return err
	}
	downloads, files, err := parseCask(string(text))
	if err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(dist, "*.tar.gz"))
	if err != nil {
		return err
	}
	if len(archives) != len(downloads) {
		return fmt.Errorf("the cask has %d downloads, and there are %d archives", len(downloads), len(archives))
	}
	for _, d := range downloads {
		archive := filepath.Join(dist, d.file)
		sum, err := sumOf(archive)
		if err != nil {
			return err
		}
		if sum != d.sum {
			return fmt.Errorf("%s has the sum %s, and the cask says %s", d.file, sum, d.sum)
		}
		names, err := namesIn(archive)
		if err != nil {
			return fmt.Errorf("%s: %w", d.file, err)
		}
		for _, file := range files {
			if !slices.Contains(names, file) {
				return fmt.Errorf("%s has no %s, which the cask installs", d.file, file)
			}
		}
	}
	return nil
}

// parseCask returns what a cask downloads, one for each system and processor, and the
// files that it installs. All downloads differ.
func parseCask(text string) (downloads []download, files []string, err error) {
	version := caskVersion.FindStringSubmatch(text)
	if version == nil {
		return nil, nil, errors.New("the cask has no version")
	}
	for _, found := range caskDownload.FindAllStringSubmatch(text, -1) {
		d := download{file: strings.ReplaceAll(found[2], "#{version}", version[1]), sum: found[1]}
		if slices.ContainsFunc(downloads, func(other download) bool { return other.file == d.file }) {
			return nil, nil, fmt.Errorf("the cask has %s twice", d.file)
		}
		downloads = append(downloads, d)
	}
	for _, found := range caskFile.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(files, found[1]) {
			files = append(files, found[1])
		}
	}
	switch {
	case len(downloads) == 0:
		return nil, nil, errors.New("the cask downloads nothing")
	case !slices.Contains(files, "firstline"):
		return nil, nil, errors.New("the cask installs no firstline")
	}
	return downloads, files, nil
}

func sumOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it is only read
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// namesIn returns the names of the files in a .tar.gz.
func namesIn(file string) (names []string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it is only read
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return names, nil
		case err != nil:
			return nil, err
		}
		names = append(names, path.Clean(header.Name))
	}
}
