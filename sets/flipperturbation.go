package sets

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Flips is the perturbation of binary vectors for [ConditionalNCE], or around the
// data as a proposal: each label is flipped with probability Rate, independently,
//
//	c(y'|y) = Rate^d (1-Rate)^(k-d),   d = |labels in one of the two alone|.
//
// It is symmetric. Under a reference that bounds sizes it reaches sets that are
// impossible, and is an error. O(k) a draw.
type Flips struct {
	// Rate is in (0, 1); 0 stands for 1/k, one flip on average, but no more
	// than 1/2.
	Rate float64
}

// Bind wants a *Space without bounds on sizes.
func (f Flips) Bind(p structured.Problem[Set]) (structured.BoundPerturbation[Set], error) {
	space, ok := p.Space.(*Space)
	if !ok || space.ref.bounded() {
		return nil, fmt.Errorf("sets: Flips want a *sets.Space whose reference does not bound sizes")
	}
	rate := f.Rate
	if rate == 0 {
		rate = min(0.5, 1/float64(space.k))
	}
	if !(rate > 0 && rate < 1) {
		return nil, fmt.Errorf("sets: Flips.Rate %g is not in (0, 1)", rate)
	}
	return &flipPerturbation{rate, math.Log(rate), math.Log1p(-rate)}, nil
}

type flipPerturbation struct{ rate, logFlip, logKeep float64 }

func (f *flipPerturbation) Sample(ys []Set, from Set, key uint64) {
	rng := stream.New(key)
	for _, y := range ys {
		y.CopyFrom(from)
		for j := range from.k {
			if rng.Float64() < f.rate {
				y.Toggle(j)
			}
		}
	}
}

func (f *flipPerturbation) LogProb(there, back []float64, ys []Set, from Set) {
	for m, y := range ys {
		d := float64(y.Distance(from))
		l := d*f.logFlip + (float64(from.k)-d)*f.logKeep
		if there != nil {
			there[m] = l
		}
		if back != nil {
			back[m] = l
		}
	}
}
