package sets

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Unary scores labels on their own, with one logit each:
//
//	g(x, y) = <u, y> = sum_{j in y} u_j,   u = h(x) in R^k
//
// Under an independent reference the labels are independent given x, and
// everything is exact in O(k): with odds b_j of the reference,
//
//	log Z = sum_j log( (1-q_j) + q_j exp(u_j) ),  P(j in y) = numeric.Sigmoid(u_j + b_j).
//
// Under a reference with bounded sizes the sums are elementary symmetric
// polynomials, O(k Max).
type Unary struct{}

// Bind makes the coupling for k labels.
func (Unary) Bind(k int) (structured.Inferrer[Set], error) { return unary{k: k}, nil }

type unary struct{ k int }

var (
	_ structured.Inferrer[Set] = unary{}
	_ structured.Drawer[Set]   = unary{}
)

func (c unary) NumLogits() int                    { return c.k }
func (c unary) NumOwn() int                       { return 0 }
func (c unary) InitOwn(own []float64, key uint64) {}

func (c unary) Score(dst []float64, theta structured.Theta, ys []Set) {
	if len(ys) < tabled {
		walkDot(dst, theta.Logits, ys)
		return
	}
	b := bitScores.Get().(*bitScore)
	b.dot(dst, theta.Logits, ys)
	bitScores.Put(b)
}

func (c unary) AddGrad(grad, theta structured.Theta, ys []Set, weights []float64) {
	if len(ys) < tabled {
		walkWeighted(grad.Logits, ys, weights)
		return
	}
	b := bitScores.Get().(*bitScore)
	b.addWeighted(grad.Logits, ys, weights)
	bitScores.Put(b)
}

// NewDraws packs draws by the bit.
func (c unary) NewDraws(s structured.Space[Set], n int) structured.Draws {
	if d := newDraws(s, c.k, n); d != nil {
		return &unaryDraws{draws: *d}
	}
	return nil
}

func (c unary) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	space, err := asSpace(s, c.k)
	if err != nil {
		return nil, err
	}
	return &unaryInference{space: space}, nil
}

// unaryInference is exact for every reference of the package.
type unaryInference struct {
	space *Space
	idle  sync.Pool // of *unaryScratch
}

var (
	_ structured.ConditionalLogPartition[Set] = (*unaryInference)(nil)
	_ structured.ExactSampler[Set]            = (*unaryInference)(nil)
	_ structured.KBester[Set]                 = (*unaryInference)(nil)
	_ structured.ExactEntropy[Set]            = (*unaryInference)(nil)
	_ LabelMarginalizer                       = (*unaryInference)(nil)
)

type unaryScratch struct {
	v, g    []float64
	unknown []int
	sizes   *sizeRecursion
	order   []int
}

func (inf *unaryInference) scratch() *unaryScratch {
	if s, ok := inf.idle.Get().(*unaryScratch); ok {
		return s
	}
	k := inf.space.k
	return &unaryScratch{v: make([]float64, k), g: make([]float64, k), sizes: newSizeRecursion(k)}
}

// sort fills order with the labels from the largest u + b to the least, equals
// from the lowest label on.
func (s *unaryScratch) sort() {
	s.order = s.order[:0]
	for j := range s.v {
		s.order = append(s.order, j)
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(s.v[b], s.v[a]) })
}

// fill writes u + b to s.v.
func (inf *unaryInference) fill(s *unaryScratch, theta structured.Theta) {
	for j, u := range theta.Logits {
		s.v[j] = u + inf.space.ref.odds[j]
	}
}

func (inf *unaryInference) LogZ(theta structured.Theta) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	return inf.space.ref.logBase + s.sizes.logZ(s.v, inf.space.ref.min, inf.space.ref.max)
}

func (inf *unaryInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	logZ := inf.space.ref.logBase + s.sizes.logZ(s.v, inf.space.ref.min, inf.space.ref.max)
	s.sizes.marginals(grad.Logits, weight)
	return logZ
}

func (inf *unaryInference) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Set], weight float64) (float64, error) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	o, present, unknown, err := inf.space.observed(e, s.unknown)
	s.unknown = unknown
	if err != nil {
		return math.NaN(), err
	}
	inf.fill(s, theta)
	logZ := inf.space.ref.logBase
	for w, word := range o.Values.words {
		for word &= o.Known.words[w]; word != 0; word &= word - 1 {
			j := w*wordBits + trailing(word)
			logZ += s.v[j]
			if weight != 0 {
				grad.Logits[j] += weight
			}
		}
	}
	rest := s.v[:0] // unknown is increasing, so this reads ahead of what it writes
	for _, j := range unknown {
		rest = append(rest, s.v[j])
	}
	sizes := s.sizes
	sizes.n, sizes.p = len(rest), sizes.p[:len(rest)]
	defer func() { sizes.n, sizes.p = inf.space.k, sizes.p[:inf.space.k] }()
	logZ += sizes.logZ(rest, max(0, inf.space.ref.min-present), min(len(rest), inf.space.ref.max-present))
	if weight != 0 {
		g := s.g[:len(rest)]
		clear(g)
		sizes.marginals(g, weight)
		for i, j := range unknown {
			grad.Logits[j] += g[i]
		}
	}
	return logZ, nil
}

// LabelMarginals costs O(k), O(k Max) where the reference bounds sizes.
func (inf *unaryInference) LabelMarginals(dst []float64, theta structured.Theta) {
	clear(dst)
	inf.AddGradLogZ(structured.Theta{Logits: dst}, theta, 1)
}

func (inf *unaryInference) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.sizes.logZ(s.v, inf.space.ref.min, inf.space.ref.max)
	rng := stream.New(key)
	for _, y := range ys {
		s.sizes.sample(y, rng)
	}
}

// Mode takes the labels with u_j + b_j > 0, of which the largest where the
// reference bounds the size, and adds the next ones where it wants more. Ties
// go to the lower label; a label of exactly 0 is left out.
func (inf *unaryInference) Mode(dst *Set, theta structured.Theta, _ uint64) (float64, bool) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	dst.Clear()
	positive := 0
	for j, v := range s.v {
		if v > 0 {
			dst.Add(j)
			positive++
		}
	}
	if size := min(max(positive, inf.space.ref.min), inf.space.ref.max); size != positive {
		dst.Clear()
		s.sort()
		for _, j := range s.order[:size] {
			dst.Add(j)
		}
	}
	value := inf.space.ref.logBase
	for j := range dst.Labels() {
		value += s.v[j]
	}
	return value, true
}
