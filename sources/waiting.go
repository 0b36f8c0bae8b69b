package sources

import "context"

// waiting is the context key of who is told why a request waits.
type waiting struct{}

// TellWaits makes whatever is asked with the context tell why it waits before
// it sends, such as for a rate limit: somebody is looking at the screen
// meanwhile. tell gets one plain sentence, and must not wait itself.
func TellWaits(ctx context.Context, tell func(sentence string)) context.Context {
	return context.WithValue(ctx, waiting{}, tell)
}

// Waits tells whoever asked to be told (see TellWaits) why a request waits.
func Waits(ctx context.Context, sentence string) {
	if tell, ok := ctx.Value(waiting{}).(func(string)); ok {
		tell(sentence)
	}
}

// sends is the context key of who is told when a write is sent.
type sends struct{}

// TellSends makes whatever writes with the context tell each time just before it
// is sent, after all that it waited for: until when it may be carried out counts
// from the last time. tell is called by the goroutine that sends.
func TellSends(ctx context.Context, tell func()) context.Context {
	return context.WithValue(ctx, sends{}, tell)
}

// Sends tells whoever asked to be told (see TellSends) that a write goes out now.
func Sends(ctx context.Context) {
	if tell, ok := ctx.Value(sends{}).(func()); ok {
		tell()
	}
}
