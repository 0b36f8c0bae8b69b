package triage

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"firstline/internal/labelset"
)

// groupID is the id of a group without an incident: the first 12 hex digits of
// a SHA-256 over its labels in canonical form. It has a letter, for what is typed
// as digits is the number of an incident.
func groupID(canonicalLabels string) string {
	sum := sha256.Sum256([]byte(canonicalLabels))
	id := hex.EncodeToString(sum[:6])
	if !strings.ContainsAny(id, "abcdef") {
		id = string('a'+(id[0]-'0')%6) + id[1:]
	}
	return id
}

// CommonLabels are the labels that all of the alerts share; never nil.
func CommonLabels(alerts []Alert) map[string]string {
	return labelset.Common(alerts, func(a *Alert) map[string]string { return a.Labels })
}
