package sets

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
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

// CheckEvidence wants an Observation over K labels that some set of the
// reference's sizes agrees with.
func (s *Space) CheckEvidence(e structured.Evidence[Set]) error {
	_, _, _, err := s.observed(e, nil)
	return err
}

// Complete lists the completions, smaller sets first, where they fit into ys,
// and draws otherwise.
func (s *Space) Complete(ys []Set, logq []float64, e structured.Evidence[Set], rng *rand.Rand) (n int, exact bool, logProb float64, err error) {
	o, present, unknown, err := s.observed(e, nil)
	if err != nil {
		return 0, false, math.NaN(), err
	}
	// The reference restricted to the unknown labels is one of the same form.
	lo, hi := max(0, s.ref.min-present), min(len(unknown), s.ref.max-present)
	base := o.Values.Intersect(o.Known)
	logProb = s.ref.logBase
	for j := range base.Labels() {
		logProb += s.ref.odds[j]
	}
	odds := make([]float64, len(unknown))
	for i, j := range unknown {
		odds[i] = s.ref.odds[j]
	}
	sizes := newSizeRecursion(len(unknown))
	logProb += sizes.logZ(odds, lo, hi)

	if c := (completions{base: base, unknown: unknown, ys: ys}); c.list(lo, hi) {
		s.LogProb(logq[:c.n], ys[:c.n])
		for i := range c.n {
			logq[i] -= logProb
		}
		return c.n, true, logProb, nil
	}
	draw := New(len(unknown))
	for i, y := range ys {
		sizes.sample(draw, rng)
		y.CopyFrom(base)
		for at := range draw.Labels() {
			y.Add(unknown[at])
		}
		logq[i] = -math.Log(float64(len(ys)))
	}
	return len(ys), false, logProb, nil
}

// completions lists base with subsets of unknown added.
type completions struct {
	base    Set
	unknown []int
	ys      []Set
	n       int
}

// list writes those with lo to hi unknown labels to ys, and reports whether
// they all fit.
func (c *completions) list(lo, hi int) bool {
	logs := make([]float64, 0, hi-lo+1)
	for size := lo; size <= hi; size++ {
		logs = append(logs, numeric.LogChoose(len(c.unknown), size))
	}
	if numeric.LogSumExp(logs) > math.Log(float64(len(c.ys)))+1e-6 {
		return false
	}
	y := c.base.Clone()
	for size := lo; size <= hi; size++ {
		c.choose(y, 0, size)
	}
	return true
}

// choose adds size more of the unknown labels from at on.
func (c *completions) choose(y Set, at, size int) {
	if size == 0 {
		c.ys[c.n].CopyFrom(y)
		c.n++
		return
	}
	for i := at; i <= len(c.unknown)-size; i++ {
		y.Add(c.unknown[i])
		c.choose(y, i+1, size-1)
		y.Remove(c.unknown[i])
	}
}
