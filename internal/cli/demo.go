package cli

import (
	"errors"

	"firstline/runbooks"
)

func (s *setup) startDemo(books *runbooks.Options) error {
	return errors.New("the demo is not there yet")
}
