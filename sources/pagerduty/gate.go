package pagerduty

import "context"

// gate lets one request through at a time, because PagerDuty asks for that, for one
// token. Two reads of a list that a person waits for may go through together, while
// PagerDuty's rate limit leaves room; see transport.room.
type gate struct {
	// turn holds a token while nobody waits for slots. slots has a token for
	// each request that may begin.
	turn, slots chan struct{}
}

// atOnce is how many requests there are at most at a time.
const atOnce = 2

func newGate() gate {
	g := gate{make(chan struct{}, 1), make(chan struct{}, atOnce)}
	g.turn <- struct{}{}
	for range atOnce {
		g.slots <- struct{}{}
	}
	return g
}

// enter waits until a request may begin, alone or beside another one. waits is
// called when it has to wait. The request is over with leave.
func (g *gate) enter(ctx context.Context, alone bool, waits func()) (leave func(), err error) {
	slots := 1
	if alone {
		slots = atOnce
	}
	taken := 0
	leave = func() {
		for ; taken > 0; taken-- {
			g.slots <- struct{}{}
		}
	}
	take := func(from chan struct{}) error {
		select {
		case <-from:
			return nil
		default:
		}
		if waits != nil {
			waits()
			waits = nil
		}
		select {
		case <-from:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	// Who waits for all slots is not overtaken by others that need one.
	if err := take(g.turn); err != nil {
		return nil, err
	}
	defer func() { g.turn <- struct{}{} }()
	for taken < slots {
		if err := take(g.slots); err != nil {
			leave()
			return nil, err
		}
		taken++
	}
	return leave, nil
}

// paired is the context key of a read that may go beside another one.
type paired struct{}

// inPairs returns a context whose reads may go beside each other.
func inPairs(ctx context.Context) context.Context { return context.WithValue(ctx, paired{}, true) }

func mayPair(ctx context.Context) bool {
	may, _ := ctx.Value(paired{}).(bool)
	return may
}

// room reports whether PagerDuty's headers said that a good part of the rate limit is
// left.
func (t *transport) room() bool {
	t.mu.Lock()
	found := t.limit.present
	t.mu.Unlock()
	return found && t.limited() <= 0 && t.spare(leaveSpare)
}
