package experiment

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParallelDoesEachOnceAndNotTooManyAtATime(t *testing.T) {
	for _, workers := range []int{0, 1, 3, 100} {
		var now, most atomic.Int64
		var mutex sync.Mutex
		seen := make([]int, 50)
		parallel(len(seen), workers, func(i int) bool {
			n := now.Add(1)
			mutex.Lock()
			seen[i]++
			most.Store(max(most.Load(), n))
			mutex.Unlock()
			now.Add(-1)
			return true
		})
		for _, n := range seen {
			assert.Equal(t, 1, n)
		}
		assert.LessOrEqual(t, most.Load(), int64(max(1, workers)))
	}
	parallel(0, 3, func(int) bool { t.Error("there is nothing to do"); return true })
}

func TestParallelStopsAndHasDoneTheFirstOnes(t *testing.T) {
	for _, workers := range []int{1, 4} {
		var mutex sync.Mutex
		done, last := 0, 0
		parallel(1000, workers, func(i int) bool {
			mutex.Lock()
			defer mutex.Unlock()
			done, last = done+1, max(last, i)
			return i != 10
		})
		assert.Equal(t, last+1, done, "no gaps")
		assert.GreaterOrEqual(t, last, 10)
		assert.Less(t, last, 1000-1)
	}
}
