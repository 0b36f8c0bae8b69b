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
