package sets

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// A Reference is the probability q over subsets that scores are relative to:
// p(y|x) = q(y) exp g(x,y) / Z(x). The references of this package are
// [Uniform], [Bernoulli], [FixedSize] and [BoundedSize]; all are of the form
//
//	log q(y) = c + sum_{j in y} b_j  if Min <= |y| <= Max, else -Inf
type Reference interface {
	// bind returns the numbers of that form for k labels.
	bind(k int) (reference, error)
}

// reference is log q(y) = logBase + sum_{j in y} odds[j] over the sets whose
// size is in min..max.
type reference struct {
	odds     []float64 // length k
	logBase  float64
	min, max int
	logCount float64        // log of the number of sets in the support
	bits     *bernoulliBits // draws without regard to size
	sizes    []float64      // cumulative P(|y| <= min+i), if sizes are bounded
}

func (r *reference) bounded() bool { return r.min > 0 || r.max < len(r.odds) }

// Uniform gives every subset the probability 2^-k.
type Uniform struct{}

func (Uniform) bind(k int) (reference, error) { return BoundedSize{0, k}.bind(k) }

// FixedSize gives every subset of exactly Size labels the same probability.
type FixedSize struct{ Size int }

func (f FixedSize) bind(k int) (reference, error) { return BoundedSize{f.Size, f.Size}.bind(k) }

// BoundedSize gives every subset of Min to Max labels the same probability.
type BoundedSize struct{ Min, Max int }

func (b BoundedSize) bind(k int) (reference, error) {
	if b.Min < 0 || b.Max < b.Min || b.Max > k {
		return reference{}, fmt.Errorf("sets: sizes %d to %d do not fit %d labels", b.Min, b.Max, k)
	}
	r := reference{odds: make([]float64, k), min: b.Min, max: b.Max}
	if !r.bounded() {
		r.logCount = float64(k) * math.Ln2
	} else {
		logs := make([]float64, 0, b.Max-b.Min+1)
		for s := b.Min; s <= b.Max; s++ {
			logs = append(logs, numeric.LogChoose(k, s))
		}
		r.logCount = numeric.LogSumExp(logs)
		sum := 0.0
		for _, l := range logs {
			sum += math.Exp(l - r.logCount)
			r.sizes = append(r.sizes, sum)
		}
	}
	r.logBase = -r.logCount
	return r, nil
}

// Bernoulli includes label j independently with probability P[j], strictly
// between 0 and 1; P has one entry per label. It is the natural reference
// where labels are rare: P at the training frequencies keeps the weights of
// sampled objectives small.
type Bernoulli struct{ P []float64 }

func (b Bernoulli) bind(k int) (reference, error) {
	if len(b.P) != k {
		return reference{}, fmt.Errorf("sets: Bernoulli has %d probabilities for %d labels", len(b.P), k)
	}
	r := reference{odds: make([]float64, k), max: k, logCount: float64(k) * math.Ln2}
	for j, p := range b.P {
		if !(p > 0 && p < 1) {
			return reference{}, fmt.Errorf("sets: Bernoulli probability %g of label %d is not between 0 and 1", p, j)
		}
	}
	r.bits = newBernoulliBits(k)
	r.bits.set(b.P)
	for j := range r.odds {
		// What is drawn is P rounded to 2^-32; the odds are of that.
		p := r.bits.p(j)
		r.odds[j] = math.Log(p) - math.Log1p(-p)
		r.logBase += math.Log1p(-p)
	}
	return r, nil
}

// Frequencies returns the reference of independent labels as frequent as in
// the data: P_j = (n_j + 1)/(n + 2) over the weighted examples in which label j
// was observed (Laplace's rule, so that no label is impossible or certain).
// Scores of 0 then already are the model that knows no features, and log Z
// stays near 0: the weights of sampled objectives are small, where under the
// uniform reference they grow like exp(k) for rare labels. Data whose sizes,
// labels or weights make no sense is an error.
func Frequencies(d Data) (Bernoulli, error) {
	if err := d.validate(); err != nil {
		return Bernoulli{}, err
	}
	n, present := make([]float64, d.K()), make([]float64, d.K())
	for i, y := range d.Y {
		w := 1.0
		if d.Weights != nil {
			w = d.Weights[i]
		}
		for j := range n {
			if w == 0 || d.Observed != nil && !d.Observed[i].Has(j) {
				continue
			}
			n[j] += w
			if y.Has(j) {
				present[j] += w
			}
		}
	}
	b := Bernoulli{P: make([]float64, len(n))}
	for j := range n {
		b.P[j] = (present[j] + 1) / (n[j] + 2)
		if !(b.P[j] > 0 && b.P[j] < 1) {
			return b, fmt.Errorf("sets: the weights are too large to count label %d", j)
		}
	}
	return b, nil
}
