package runbooks

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// labelled are the blocks of public collections that were read and labelled by hand, by
// hash. testdata/labels.txt says what the labels mean.
func labelled(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/labels.txt")
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if entry, ok := strings.CutPrefix(line, "\t"); ok {
			fields := strings.Fields(entry)
			labels[fields[0]] = fields[1]
		}
	}
	if len(labels) < 300 {
		t.Fatalf("%d blocks are labelled", len(labels))
	}
	return labels
}

// hashOf is the hash of a block in testdata/labels.txt.
func hashOf(c Code) string {
	sum := sha256.Sum256([]byte(c.Text))
	return hex.EncodeToString(sum[:6])
}
