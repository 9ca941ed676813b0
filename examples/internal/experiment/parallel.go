package experiment

import (
	"sync"
	"sync/atomic"
)

// parallel calls do with 0, ..., n-1, each once and in this order of their
// beginning, at most workers of them at a time, until one returns false. It
// returns when all that were begun are done: those are the first ones.
func parallel(n, workers int, do func(i int) bool) {
	var next atomic.Int64
	var stopped atomic.Bool
	var all sync.WaitGroup
	for range max(1, min(workers, n)) {
		all.Go(func() {
			for !stopped.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if !do(i) {
					stopped.Store(true)
				}
			}
		})
	}
	all.Wait()
}
