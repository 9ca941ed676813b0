package sets

import (
	"errors"
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Powerset is the label powerset (Boutell, Luo, Shen, Brown 2004; Tsoumakas,
// Katakis 2007) as a coupling: a multinomial logistic regression over the sets
// that are listed, with a logit for each,
//
//	g(x, y) = u_c(x) if y is set c, and 0 for all sets that are not listed,
//
// so that those share what probability is left over as under the reference, and
// none is impossible. log Z, marginals, modes and draws are exact, O(listed sets).
// It is for comparison with the energies of this package: what it learns of one
// set says nothing of those that resemble it. [PowersetOf] lists the sets of data.
type Powerset struct {
	// Sets has the indices of the labels of each set that is listed.
	Sets [][]int
}

// PowersetOf lists the distinct sets of the examples, in the order of Compare.
func PowersetOf(d Data) Powerset {
	var all []Set
	for i, y := range d.Y {
		if (i >= len(d.Weights) || d.Weights[i] > 0) && (i >= len(d.Observed) || d.Observed[i].Count() == y.K()) {
			all = append(all, y)
		}
	}
	slices.SortFunc(all, Set.Compare)
	all = slices.CompactFunc(all, Set.Equal)
	p := Powerset{Sets: make([][]int, len(all))}
	for c, y := range all {
		p.Sets[c] = y.Indices()
	}
	return p
}

var errNoSets = errors.New("sets: Powerset lists no sets, or one twice: PowersetOf makes the list of data")

// Bind makes the coupling; sets that are not over k labels, none, and a set that
// is listed twice are errors.
func (p Powerset) Bind(k int) (structured.Inferrer[Set], error) {
	c := &powerset{k: k, at: map[string]int{}}
	for i, labels := range p.Sets {
		y, err := FromIndices(k, labels)
		if err != nil {
			return nil, err
		}
		c.sets = append(c.sets, y)
		c.at[string(appendWords(nil, y.words))] = i
	}
	if len(c.at) != len(p.Sets) || len(c.at) == 0 {
		return nil, errNoSets
	}
	return c, nil
}

type powerset struct {
	k    int
	sets []Set
	at   map[string]int // by words
}

func (c *powerset) NumLogits() int                { return len(c.sets) }
func (c *powerset) NumOwn() int                   { return 0 }
func (c *powerset) InitOwn(_ []float64, _ uint64) {}

// find returns the number of a set, -1 if it is not listed.
func (c *powerset) find(y Set, key []byte) (int, []byte) {
	key = appendWords(key[:0], y.words)
	if at, ok := c.at[string(key)]; ok {
		return at, key
	}
	return -1, key
}

func (c *powerset) Score(dst []float64, theta structured.Theta, ys []Set) {
	key, at := make([]byte, 0, 64), 0
	for m, y := range ys {
		dst[m] = 0
		if at, key = c.find(y, key); at >= 0 {
			dst[m] = theta.Logits[at]
		}
	}
}

func (c *powerset) AddGrad(grad, _ structured.Theta, ys []Set, weights []float64) {
	key, at := make([]byte, 0, 64), 0
	for m, y := range ys {
		if at, key = c.find(y, key); at >= 0 {
			grad.Logits[at] += weights[m]
		}
	}
}

func (c *powerset) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	space, err := asSpace(s, c.k)
	if err != nil {
		return nil, err
	}
	inf := &powersetInference{powerset: c, space: space, logq: make([]float64, len(c.sets)), q: make([]float64, c.k)}
	space.LogProb(inf.logq, c.sets)
	zero := structured.Theta{Logits: make([]float64, c.k)}
	unary := &unaryInference{space: space}
	unary.LabelMarginals(inf.q, zero)
	inf.best = New(c.k)
	inf.bestLogq, _ = unary.Mode(&inf.best, zero, 0)
	listed := 0.0
	for i, l := range inf.logq {
		p := math.Exp(l)
		listed += p
		for j := range c.sets[i].Labels() {
			inf.q[j] -= p
		}
	}
	inf.rest = math.Log(max(0, 1-listed))
	if inf.logCount() <= 1e-9 {
		inf.rest = math.Inf(-1) // all sets are listed
	}
	return inf, nil
}

// logCount is the log of the ratio of all sets to those listed.
func (inf *powersetInference) logCount() float64 {
	possible := 0
	for _, l := range inf.logq {
		if l > math.Inf(-1) {
			possible++
		}
	}
	return inf.space.ref.logCount - math.Log(float64(possible))
}

type powersetInference struct {
	*powerset
	space    *Space
	logq     []float64 // of the listed sets
	rest     float64   // log q of the others together
	q        []float64 // sum of q over those with each label
	best     Set       // the mode of q
	bestLogq float64
}

var (
	_ structured.LogPartition[Set] = (*powersetInference)(nil)
	_ structured.ExactSampler[Set] = (*powersetInference)(nil)
	_ LabelMarginalizer            = (*powersetInference)(nil)
)

// LogZ is log( sum_c q_c exp u_c + 1 - sum_c q_c ).
func (inf *powersetInference) LogZ(theta structured.Theta) float64 {
	logZ, _ := inf.posterior(nil, theta)
	return logZ
}

// posterior returns log Z and the probability of all sets that are not listed, and
// overwrites p, unless it is nil, with that of those listed.
func (inf *powersetInference) posterior(p []float64, theta structured.Theta) (logZ, rest float64) {
	v := make([]float64, len(inf.logq)+1)
	for c, u := range theta.Logits {
		v[c] = u + inf.logq[c]
	}
	v[len(v)-1] = inf.rest
	logZ = numeric.LogSumExp(v)
	for c := range p {
		p[c] = math.Exp(v[c] - logZ)
	}
	return logZ, math.Exp(inf.rest - logZ)
}

func (inf *powersetInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	p := make([]float64, len(inf.sets))
	logZ, _ := inf.posterior(p, theta)
	for c, x := range p {
		grad.Logits[c] += weight * x
	}
	return logZ
}

func (inf *powersetInference) LabelMarginals(dst []float64, theta structured.Theta) {
	p := make([]float64, len(inf.sets))
	logZ, _ := inf.posterior(p, theta)
	for j, q := range inf.q {
		dst[j] = max(0, q) * math.Exp(-logZ)
	}
	for c, x := range p {
		for j := range inf.sets[c].Labels() {
			dst[j] += x
		}
	}
	for j, x := range dst {
		dst[j] = min(1, x)
	}
}

// Mode is the best of the listed sets, or the mode of the reference where that is
// not listed and better; it is proven unless that is listed and would be better
// at a score of 0.
func (inf *powersetInference) Mode(dst *Set, theta structured.Theta, _ uint64) (float64, bool) {
	best, value := 0, math.Inf(-1)
	for c, u := range theta.Logits {
		if v := u + inf.logq[c]; v > value {
			best, value = c, v
		}
	}
	if value >= inf.bestLogq || math.IsInf(inf.rest, -1) {
		dst.CopyFrom(inf.sets[best])
		return value, true
	}
	if at, _ := inf.find(inf.best, nil); at < 0 {
		dst.CopyFrom(inf.best)
		return inf.bestLogq, true
	}
	dst.CopyFrom(inf.sets[best])
	return value, false
}

// SampleModel draws a listed set, or, by rejection, one that is not.
func (inf *powersetInference) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	p := make([]float64, len(inf.sets))
	_, rest := inf.posterior(p, theta)
	rng, buffer, at := stream.New(key), []byte(nil), 0
	for m, y := range ys {
		if rng.Float64() >= rest {
			y.CopyFrom(inf.sets[inverse(p, rng.Float64()*(1-rest))])
			continue
		}
		for at = 0; at >= 0; {
			inf.space.Sample(ys[m:m+1], rng)
			at, buffer = inf.find(y, buffer)
		}
	}
}
