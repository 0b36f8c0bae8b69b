package schema

import "testing"

func TestWithoutWrongReferences(t *testing.T) {
	const text = `{"paths":{"/a":{"put":{"responses":{"200":{"$ref":"#/components/requestBodies/B"},"400":{"$ref":"#/components/responses/R"}}}}}}`
	const want = `{"paths":{"/a":{"put":{"responses":{"400":{"$ref":"#/components/responses/R"}}}}}}`
	if got, err := withoutWrongReferences([]byte(text)); err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := withoutWrongReferences([]byte(`{`)); err == nil {
		t.Error("half a document is read")
	}
}
