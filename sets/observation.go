package sets

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Observation is what is known of a set when some labels were not observed:
// the labels in Known are present or absent as in Values, the others may be
// either. It is the Evidence of this space.
type Observation struct {
	Values, Known Set
}

// Allows reports whether y agrees with the observation on the known labels.
func (o Observation) Allows(y Set) bool {
	for i, w := range y.words {
		if (w^o.Values.words[i])&o.Known.words[i] != 0 {
			return false
		}
	}
	return true
}

// UnsupportedEvidenceError reports evidence of a kind that sets do not know.
type UnsupportedEvidenceError struct{ Evidence structured.Evidence[Set] }

func (e *UnsupportedEvidenceError) Error() string {
	return fmt.Sprintf("sets: evidence of type %T: want sets.Observation", e.Evidence)
}

// observed checks evidence and returns it with the number of known present
// labels and the list of the unknown ones.
func (s *Space) observed(e structured.Evidence[Set], unknown []int) (o Observation, present int, _ []int, err error) {
	o, ok := e.(Observation)
	if !ok {
		return o, 0, nil, &UnsupportedEvidenceError{e}
	}
	for _, y := range []Set{o.Values, o.Known} {
		if y.K() != s.k {
			return o, 0, nil, &structured.DimensionError{What: "labels of an observation", Want: s.k, Got: y.K()}
		}
	}
	present = o.Values.IntersectionCount(o.Known)
	unknown = unknown[:0]
	for j := range s.k {
		if !o.Known.Has(j) {
			unknown = append(unknown, j)
		}
	}
	if present > s.ref.max || present+len(unknown) < s.ref.min {
		return o, 0, nil, &SizeError{present, s.ref.min, s.ref.max}
	}
	return o, present, unknown, nil
}

// Complete lists the completions where they fit into ys, in increasing order
// of the unknown labels, and draws otherwise.
func (s *Space) Complete(ys []Set, logq []float64, e structured.Evidence[Set], rng *rand.Rand) (n int, exact bool, logProb float64, err error) {
	o, present, unknown, err := s.observed(e, nil)
	if err != nil {
		return 0, false, math.NaN(), err
	}
	// The reference restricted to the unknown labels is one of the same form.
	rest := reference{odds: make([]float64, len(unknown)), min: max(0, s.ref.min-present), max: min(len(unknown), s.ref.max-present)}
	known := s.ref.logBase
	for j := range o.Values.Intersect(o.Known).Labels() {
		known += s.ref.odds[j]
	}
	for i, j := range unknown {
		rest.odds[i] = s.ref.odds[j]
	}
	sizes := newSizeRecursion(len(unknown))
	logProb = known + sizes.logZ(rest.odds, rest.min, rest.max)

	base := o.Values.Intersect(o.Known)
	write := func(y Set, has func(i int) bool) {
		y.CopyFrom(base)
		for i, j := range unknown {
			if has(i) {
				y.Add(j)
			}
		}
	}
	if len(unknown) < 62 && uint64(1)<<len(unknown) <= uint64(len(ys)) {
		for w := range uint64(1) << len(unknown) {
			write(ys[n], func(i int) bool { return w>>i&1 != 0 })
			if s.Check(ys[n]) == nil {
				n++
			}
		}
		s.LogProb(logq[:n], ys[:n])
		for i := range n {
			logq[i] -= logProb
		}
		return n, true, logProb, nil
	}
	draw := New(len(unknown))
	for i := range ys {
		sizes.sample(draw, rng)
		write(ys[i], draw.Has)
		logq[i] = -math.Log(float64(len(ys)))
	}
	return len(ys), false, logProb, nil
}
