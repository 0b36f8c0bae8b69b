package sources

import "context"

// waiting is the context key of the function that ReportWaits stores.
type waiting struct{}

// ReportWaits returns a context for requests that report why they wait before
// they send, such as for a rate limit: a person sees it on the screen. report
// gets one plain sentence, and must not wait itself.
func ReportWaits(ctx context.Context, report func(sentence string)) context.Context {
	return context.WithValue(ctx, waiting{}, report)
}

// Waits passes a sentence about why a request waits to the function that was
// given to ReportWaits, if any.
func Waits(ctx context.Context, sentence string) {
	if report, ok := ctx.Value(waiting{}).(func(string)); ok {
		report(sentence)
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
