package sets

import (
	"fmt"
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/best"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// MaxScored is the largest number of labels over which couplings whose scores have
// no structure to use (Deep, RBM with many hidden units) are summed exactly, set by
// set, unless they are asked to do more.
const MaxScored = 12

// upTo reads a setting of the largest number of labels to sum over.
func upTo(setting int, of string) (int, error) {
	switch {
	case setting == 0:
		return MaxScored, nil
	case setting < 0 || setting > MaxListed:
		return 0, fmt.Errorf("sets: %s.ExactUpTo is %d: want 1 to %d, or 0 for %d", of, setting, MaxListed, MaxScored)
	}
	return setting, nil
}

// listedInference does everything exactly for any coupling over few labels, by
// scoring every set. Besides the scores, which are O(2^k) calls of the coupling,
// it takes O(2^k).
type listedInference struct {
	c     structured.Coupling[Set]
	space *Space
	all   []Set
	logq  []float64
}

var (
	_ structured.ConditionalLogPartition[Set] = (*listedInference)(nil)
	_ structured.ExactSampler[Set]            = (*listedInference)(nil)
	_ structured.KBester[Set]                 = (*listedInference)(nil)
	_ structured.ExactEntropy[Set]            = (*listedInference)(nil)
	_ LabelMarginalizer                       = (*listedInference)(nil)
	_ PairMarginalizer                        = (*listedInference)(nil)
)

// newListed lists the sets of a space over at most MaxListed labels.
func newListed(c structured.Coupling[Set], space *Space) *listedInference {
	inf := &listedInference{c: c, space: space}
	for ys := range space.Enumerate(1 << 8) {
		for _, y := range ys {
			inf.all = append(inf.all, y.Clone())
		}
	}
	inf.logq = make([]float64, len(inf.all))
	space.LogProb(inf.logq, inf.all)
	return inf
}

// values are log q + g of all sets.
func (inf *listedInference) values(theta structured.Theta) []float64 {
	v := make([]float64, len(inf.all))
	inf.c.Score(v, theta, inf.all)
	for i, q := range inf.logq {
		v[i] += q
	}
	return v
}

// normalize replaces values by probabilities and returns the log of their sum.
func normalize(v []float64) float64 {
	logZ := numeric.LogSumExp(v)
	for i, x := range v {
		v[i] = math.Exp(x - logZ)
	}
	return logZ
}

func (inf *listedInference) LogZ(theta structured.Theta) float64 {
	return numeric.LogSumExp(inf.values(theta))
}

func (inf *listedInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	p := inf.values(theta)
	logZ := normalize(p)
	for i := range p {
		p[i] *= weight
	}
	inf.c.AddGrad(grad, theta, inf.all, p)
	return logZ
}

func (inf *listedInference) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Set], weight float64) (float64, error) {
	o, _, _, err := inf.space.observed(e, nil)
	if err != nil {
		return math.NaN(), err
	}
	v := inf.values(theta)
	var ys []Set
	var p []float64
	for i, y := range inf.all {
		if o.Allows(y) {
			ys, p = append(ys, y), append(p, v[i])
		}
	}
	logZ := normalize(p)
	if weight != 0 {
		for i := range p {
			p[i] *= weight
		}
		inf.c.AddGrad(grad, theta, ys, p)
	}
	return logZ, nil
}

func (inf *listedInference) LabelMarginals(dst []float64, theta structured.Theta) {
	p := inf.values(theta)
	normalize(p)
	clear(dst)
	for i, y := range inf.all {
		for j := range y.Labels() {
			dst[j] += p[i]
		}
	}
}

func (inf *listedInference) PairMarginals(dst []float64, theta structured.Theta) {
	p := inf.values(theta)
	normalize(p)
	clear(dst)
	k := inf.space.k
	for m, y := range inf.all {
		for i := range y.Labels() {
			for j := range y.Labels() {
				dst[i*k+j] += p[m]
			}
		}
	}
}

func (inf *listedInference) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	p := inf.values(theta)
	normalize(p)
	sum := 0.0
	for i, x := range p {
		sum += x
		p[i] = sum
	}
	rng := stream.New(key)
	for _, y := range ys {
		y.CopyFrom(inf.all[searchCumulative(p, rng.Float64()*sum)])
	}
}

// Mode is the first of the best in the order of Compare.
func (inf *listedInference) Mode(dst *Set, theta structured.Theta, _ uint64) (float64, bool) {
	v := inf.values(theta)
	at := 0
	for i, x := range v {
		if x > v[at] {
			at = i
		}
	}
	dst.CopyFrom(inf.all[at])
	return v[at], !slices.ContainsFunc(v, math.IsNaN)
}

func (inf *listedInference) KBest(ys []Set, values []float64, theta structured.Theta) int {
	top := best.New[int](len(ys))
	for i, x := range inf.values(theta) {
		top.Offer(x, i)
	}
	items := top.Items()
	for i, it := range items {
		ys[i].CopyFrom(inf.all[it.Of])
		values[i] = it.Value
	}
	return len(items)
}

func (inf *listedInference) Entropy(theta structured.Theta) float64 {
	v := inf.values(theta)
	at := 0
	for i, x := range v {
		if x > v[at] {
			at = i
		}
	}
	// As enumeration.entropy, which keeps its digits near 0.
	rest, sum := 0.0, 0.0
	for i, x := range v {
		if loss := v[at] - x; i != at && !(loss > maxLoss) {
			w := math.Exp(-loss)
			rest += w
			sum += w * loss
		}
	}
	return math.Log1p(rest) + sum/(1+rest)
}
