package sets

import (
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Draws without regard to size take one number of the stream, the key of a
// stream of words of their own: word w of set m has its place in that, so that
// words can be drawn in any order and many at a time.

// column overwrites dst with word w of the sets from, from+1, ... of the stream
// of key, for references that are not bounded.
func (r *reference) column(dst []uint64, k, w int, key uint64, from int) {
	if r.bits != nil {
		r.bits.column(dst, w, key, from)
		return
	}
	words := wordsFor(k)
	kernel.RandomWords(dst, key, uint64(from*words+w), uint64(words))
	if last := lastMask(k); w == words-1 && last != ^uint64(0) {
		for i := range dst {
			dst[i] &= last
		}
	}
}

// drawn is how many sets are drawn at a time.
const drawn = 256

// sample overwrites ys with draws from a reference that is not bounded.
func (r *reference) sample(ys []Set, k int, rng *rand.Rand) {
	var words [drawn]uint64
	key := rng.Uint64()
	for from := 0; from < len(ys); from += drawn {
		some := ys[from:min(len(ys), from+drawn)]
		for w := range wordsFor(k) {
			column := words[:len(some)]
			r.column(column, k, w, key, from)
			for i, word := range column {
				some[i].words[w] = word
			}
		}
	}
}

// draws are sets from the reference, packed.
type draws struct {
	space  *Space
	packed packedSets
	ys     []Set // of a bounded reference
}

// newDraws returns nil where packing does not pay.
func newDraws(s structured.Space[Set], k, n int) *draws {
	space, err := asSpace(s, k)
	if err != nil || n < tabled {
		return nil
	}
	d := &draws{space: space}
	d.packed.resize(n, k)
	if space.ref.bounded() {
		d.ys = space.Make(n)
	}
	return d
}

// Sample draws what Space.Sample does.
func (d *draws) Sample(rng *rand.Rand) {
	s, p := d.space, &d.packed
	p.turned = false
	if s.ref.bounded() {
		s.Sample(d.ys, rng)
		p.copyFrom(d.ys)
		return
	}
	key, room := rng.Uint64(), p.room()
	for w := range wordsFor(s.k) {
		s.ref.column(p.bySet[w*room:w*room+p.n], s.k, w, key, 0)
	}
}
