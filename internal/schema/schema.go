// Package schema reads PagerDuty's published OpenAPI schemas, which are not part of
// the repository, for tests.
package schema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

const (
	// Variable names the environment variable with the path of the schema of the REST
	// API. That of the Events API lies beside it.
	Variable = "FIRSTLINE_PAGERDUTY_OPENAPI"
	// RequireVariable names the one that, set to 1, turns a missing schema from a
	// skipped test into a failed one.
	RequireVariable = "FIRSTLINE_REQUIRE_SCHEMA"
)

// Events is the file with the schema of the Events API.
const Events = "events-v2.json"

// Read reads the schema of the REST API, or the file beside it with a name. A test
// without it is skipped.
func Read(t testing.TB, beside string) *openapi3.T {
	t.Helper()
	path := os.Getenv(Variable)
	switch {
	case path == "" && os.Getenv(RequireVariable) == "1":
		t.Fatalf("%s names no file, and %s is 1", Variable, RequireVariable)
	case path == "":
		t.Skipf("%s names no file: set it to PagerDuty's OpenAPI schema of the REST API", Variable)
	case beside != "":
		path = filepath.Join(filepath.Dir(path), beside)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = withoutWrongReferences(text); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return document
}

// withoutWrongReferences removes responses that refer to a body of requests, as one
// in PagerDuty's schema does. Nothing can be loaded otherwise.
func withoutWrongReferences(text []byte) ([]byte, error) {
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	removeFrom(document)
	return json.Marshal(document)
}

func removeFrom(node any) {
	switch node := node.(type) {
	case map[string]any:
		responses, _ := node["responses"].(map[string]any)
		for status, response := range responses {
			if object, ok := response.(map[string]any); ok && refersToRequest(object["$ref"]) {
				delete(responses, status)
			}
		}
		for _, child := range node {
			removeFrom(child)
		}
	case []any:
		for _, child := range node {
			removeFrom(child)
		}
	}
}

func refersToRequest(reference any) bool {
	text, _ := reference.(string)
	return strings.HasPrefix(text, "#/components/requestBodies/")
}
