package structured

import (
	"sync"
	"sync/atomic"
)

// parallel calls do(worker, i) for i in 0..n-1 from up to workers goroutines,
// of which the caller's is one. Which worker takes which i is not determined:
// do must not let the worker influence a result.
func parallel(workers, n int, do func(worker, i int)) {
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			do(0, i)
		}
		return
	}
	var next atomic.Int64
	run := func(worker int) {
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			do(worker, i)
		}
	}
	var wg sync.WaitGroup
	for w := 1; w < workers; w++ {
		wg.Go(func() { run(w) })
	}
	run(0)
	wg.Wait()
}
