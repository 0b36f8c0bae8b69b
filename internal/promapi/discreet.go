package promapi

import (
	"bytes"
	"io"
	"net/http"

	"firstline/internal/credentials"
)

// discreetBody is the body of a refusal without our credentials.
type discreetBody struct {
	under   io.ReadCloser
	request *http.Request // as it was sent
	text    *bytes.Reader // nil until the first Read
}

func (d *discreetBody) Read(p []byte) (int, error) {
	if d.text == nil {
		all, err := io.ReadAll(d.under)
		if err != nil {
			return 0, err
		}
		d.text = bytes.NewReader([]byte(credentials.Hide(string(all), d.request.Header)))
	}
	return d.text.Read(p)
}

func (d *discreetBody) Close() error { return d.under.Close() }
