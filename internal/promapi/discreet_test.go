package promapi

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestRefusalsAreDiscreet(t *testing.T) {
	body := &discreetBody{
		under:   io.NopCloser(strings.NewReader("bad Bearer s3cr3t")),
		request: &http.Request{Header: http.Header{"Authorization": {"Bearer s3cr3t"}}},
	}
	if got, err := io.ReadAll(body); err != nil || string(got) != "bad …" {
		t.Errorf("%q, %v", got, err)
	}
}
