//go:build race

package ui

// racing: the tests run with the race detector.
const racing = true
