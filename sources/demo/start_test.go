package demo

import "testing"

// BenchmarkStart measures how long --demo plays its story's past.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		d, err := Start(Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
