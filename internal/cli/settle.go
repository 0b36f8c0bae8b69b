package cli

import (
	"context"

	"firstline/internal/respond"
)

// settler settles what earlier runs began and never confirmed, such as one
// that was killed: by reading what came of it.
type settler struct {
	*setup
	doer *respond.Doer
	// told are the entries that were told of.
	told map[int64]bool
}

// settle gives sentences on what it found out, or can't, and whether something
// is left that is worth another look later. Each is told once.
func (s *settler) settle(ctx context.Context) (sentences []string, left bool) {
	entries, err := s.state.Unsettled(ctx)
	if err != nil {
		s.log.Warn("the journal can't be read", "why", err)
		return nil, false
	}
	var begun []respond.Begun
	for _, e := range entries {
		b, by, err := begunOf(e)
		if err != nil {
			s.log.Warn("an entry of the journal can't be read", "why", err)
			continue
		}
		if underWay(b.At, by, s.now()) {
			left = true
			continue
		}
		begun = append(begun, b)
	}
	for _, found := range s.doer.Settle(ctx, begun) {
		left = left || !found.Settled()
		if !s.told[found.Number] || found.Settled() {
			sentences = append(sentences, oneLine(found.Sentence))
		}
		s.told[found.Number] = true
	}
	return sentences, left
}
