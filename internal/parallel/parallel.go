// Package parallel divides work among all processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// atOnce is how many items a goroutine takes in one go: enough to be worth it.
const atOnce = 256

// Do calls do for 0 to n-1 on all processors and waits for the end.
func Do(n int, do func(i int)) {
	if n <= atOnce || runtime.GOMAXPROCS(0) == 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	work := func() {
		for {
			to := int(next.Add(atOnce))
			if to-atOnce >= n {
				return
			}
			for i := to - atOnce; i < min(to, n); i++ {
				do(i)
			}
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+atOnce-1)/atOnce) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
}
