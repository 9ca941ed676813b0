package stream

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKeysOfDifferentPlacesDiffer(t *testing.T) {
	seen := map[uint64]bool{}
	for seed := range uint64(10) {
		for a := range uint64(30) {
			seen[Key(seed, a)] = true
			for b := range uint64(30) {
				seen[Key(seed, a, b)] = true
			}
		}
	}
	assert.Len(t, seen, 10*(30+900))
}

func TestSourceReplaysAStream(t *testing.T) {
	var s Source
	s.At(1).Uint64()
	for _, key := range []uint64{0, 7, 1 << 63} {
		want, got := New(key), s.At(key)
		for range 5 {
			assert.Equal(t, want.Uint64(), got.Uint64())
		}
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() { s.At(3).Uint64() }))
}

// The numbers behind a seed are part of the library's promise: do not change
// the golden values.
func TestGolden(t *testing.T) {
	assert.Equal(t, uint64(0xe220a8397b1dcdaf), Key(0))
	assert.Equal(t, uint64(0x9224636e833d5d98), Key(1, 2, 3))
	assert.Equal(t, uint64(0xdd277dab3bb6f50a), New(Key(1, 2, 3)).Uint64())
}
