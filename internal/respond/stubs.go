package respond

import "context"

func (d *Doer) Do(ctx context.Context, p Plan, report func(Result)) []Result {
	return nil
}
func Summarise(results []Result) string { return "" }
func ExitStatus(results []Result) int   { return 0 }
