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

// sends is the context key of the function that ReportSends stores.
type sends struct{}

// ReportSends returns a context for writes that call report just before each time
// that they are sent, after all waits: the time until which a write may be
// carried out counts from the last call. The sending goroutine calls report.
func ReportSends(ctx context.Context, report func()) context.Context {
	return context.WithValue(ctx, sends{}, report)
}

// Sends calls the function that was given to ReportSends, if any: a write is sent
// now.
func Sends(ctx context.Context) {
	if report, ok := ctx.Value(sends{}).(func()); ok {
		report()
	}
}

// answers is the context key of the function that ReportAnswers stores.
type answers struct{}

// ReportAnswers returns a context for writes that call report with each incident
// that the answer to them contains, as it is after the write. The sending
// goroutine calls report.
func ReportAnswers(ctx context.Context, report func(Incident)) context.Context {
	return context.WithValue(ctx, answers{}, report)
}

// Answers passes an incident from the answer to a write to the function that was
// given to ReportAnswers, if any.
func Answers(ctx context.Context, i Incident) {
	if report, ok := ctx.Value(answers{}).(func(Incident)); ok {
		report(i)
	}
}
