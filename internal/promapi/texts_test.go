package promapi

import (
	"encoding/json"
	"maps"
	"testing"
)

// For any JSON, Texts decodes to the same as a map in encoding/json.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{
		`{}`, ` { } `, `{"a":"b"}`, "{ \"a\" :\t\"b\" ,\n\"c\":\"\"}", `{"a":"\u0041\n"}`, `{"a":"größer"}`, "{\"a\":\"\xff\"}",
		`{"a":1}`, `{"a":null}`, `null`, `[]`, `"x"`, `{"a":"b","a":"c"}`, `{"a":{"b":"c"}}`, `{"":""}`, `{"a":"b",}`, `{`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got Texts
		var want map[string]string
		gotErr, wantErr := json.Unmarshal(body, &got), json.Unmarshal(body, &want)
		if (gotErr != nil) != (wantErr != nil) {
			t.Fatalf("%q: %v, encoding/json %v", body, gotErr, wantErr)
		}
		if wantErr == nil && (!maps.Equal(got, want) || (got == nil) != (want == nil)) {
			t.Errorf("%q: %v, encoding/json %v", body, got, want)
		}
	})
}
