package structured_test

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// category is the smallest space there is, written as a user would write one:
// the numbers 0 to n-1, with a reference that prefers small ones. Its Y is a
// plain value, not a slice like a set.
type category struct {
	n    int
	list bool // whether Enumerate works
}

func (c category) weight(y int) float64    { return float64(c.n - y) }
func (c category) total() float64          { return float64(c.n*(c.n+1)) / 2 }
func (c category) Make(n int) []int        { return make([]int, n) }
func (c category) Copy(dst *int, src int)  { *dst = src }
func (c category) LogCardinality() float64 { return math.Log(float64(c.n)) }
func (c category) Check(y int) error {
	if y < 0 || y >= c.n {
		return fmt.Errorf("category %d is not in 0..%d", y, c.n-1)
	}
	return nil
}

func (c category) Words() int                 { return 1 }
func (c category) Encode(dst []uint64, y int) { dst[0] = uint64(y) + 1000 }
func (c category) Decode(dst *int, words []uint64) error {
	*dst = int(words[0] - 1000)
	return c.Check(*dst)
}

func (c category) LogProb(dst []float64, ys []int) {
	for i, y := range ys {
		dst[i] = math.Log(c.weight(y) / c.total())
	}
}

func (c category) Sample(ys []int, rng *rand.Rand) {
	for i := range ys {
		u := rng.Float64() * c.total()
		for ys[i] = 0; ys[i] < c.n-1 && u >= c.weight(ys[i]); ys[i]++ {
			u -= c.weight(ys[i])
		}
	}
}

func (c category) Enumerate(size int) iter.Seq[[]int] {
	if !c.list {
		return nil
	}
	return func(yield func([]int) bool) {
		for lo := 0; lo < c.n; lo += size {
			var piece []int
			for y := lo; y < min(c.n, lo+size); y++ {
				piece = append(piece, y)
			}
			if !yield(piece) {
				return
			}
		}
	}
}

// oneOf is evidence: the category is one of a few.
type oneOf []int

func (o oneOf) Allows(y int) bool {
	for _, v := range o {
		if v == y {
			return true
		}
	}
	return false
}

func (c category) Complete(ys []int, logq []float64, e structured.Evidence[int], rng *rand.Rand) (n int, exact bool, logProb float64, err error) {
	o, ok := e.(oneOf)
	if !ok {
		return 0, false, 0, fmt.Errorf("evidence of type %T", e)
	}
	sum := 0.0
	for _, y := range o {
		sum += c.weight(y) / c.total()
	}
	if len(o) <= len(ys) {
		for i, y := range o {
			ys[i], logq[i] = y, math.Log(c.weight(y)/c.total()/sum)
		}
		return len(o), true, math.Log(sum), nil
	}
	for i := range ys {
		u := rng.Float64() * sum * c.total()
		at := 0
		for at < len(o)-1 && u >= c.weight(o[at]) {
			u -= c.weight(o[at])
			at++
		}
		ys[i], logq[i] = o[at], -math.Log(float64(len(ys)))
	}
	return len(ys), false, math.Log(sum), nil
}

// logits scores category y by logit y, and an own parameter times y: the
// multinomial logit, with no exact inference of its own.
type logits struct{ n int }

func (l logits) NumLogits() int { return l.n }
func (l logits) NumOwn() int    { return 1 }
func (l logits) InitOwn(own []float64, key uint64) {
	own[0] = stream.New(key).NormFloat64()
}

func (l logits) Score(dst []float64, theta structured.Theta, ys []int) {
	for m, y := range ys {
		dst[m] = theta.Logits[y] + theta.Own[0]*float64(y)
	}
}

func (l logits) AddGrad(grad, theta structured.Theta, ys []int, weights []float64) {
	for m, y := range ys {
		grad.Logits[y] += weights[m]
		grad.Own[0] += weights[m] * float64(y)
	}
}

// softmaxLogits adds exact inference: log-sum-exp.
type softmaxLogits struct{ logits }

func (l softmaxLogits) Infer(s structured.Space[int]) (structured.Inference[int], error) {
	return logSumExp{l.logits, s}, nil
}

type logSumExp struct {
	of    logits
	space structured.Space[int]
}

func (l logSumExp) each(theta structured.Theta) (ys []int, v []float64) {
	for y := range l.of.n {
		ys = append(ys, y)
	}
	v, logq := make([]float64, l.of.n), make([]float64, l.of.n)
	l.of.Score(v, theta, ys)
	l.space.LogProb(logq, ys)
	for y := range v {
		v[y] += logq[y]
	}
	return ys, v
}

func (l logSumExp) Mode(dst *int, theta structured.Theta, _ uint64) (float64, bool) {
	_, v := l.each(theta)
	*dst = 0
	for y := range v {
		if v[y] > v[*dst] {
			*dst = y
		}
	}
	return v[*dst], true
}

func (l logSumExp) LogZ(theta structured.Theta) float64 {
	return l.AddGradLogZ(structured.Theta{Logits: make([]float64, l.of.n), Own: make([]float64, 1)}, theta, 0)
}

func (l logSumExp) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	ys, v := l.each(theta)
	high, sum := math.Inf(-1), 0.0
	for _, x := range v {
		high = max(high, x)
	}
	for _, x := range v {
		sum += math.Exp(x - high)
	}
	logZ := high + math.Log(sum)
	for y := range v {
		v[y] = weight * math.Exp(v[y]-logZ)
	}
	l.of.AddGrad(grad, theta, ys, v)
	return logZ
}

// blobs is n points around n categories' centres.
func blobs(n, d, categories int) structured.Data[int] {
	rng := rand.New(rand.NewPCG(11, 12))
	x := mat.NewDense(n, d, nil)
	ys := make([]int, n)
	for i := range n {
		ys[i] = rng.IntN(categories)
		for j := range d {
			x.Set(i, j, rng.NormFloat64()+float64(ys[i]*(j+1)%3))
		}
	}
	return structured.Data[int]{X: x, Y: ys}
}

// boundedLogits can bound log Z, by the number of categories, but not sum.
type boundedLogits struct{ logits }

func (l boundedLogits) Infer(s structured.Space[int]) (structured.Inference[int], error) {
	return bounds{logSumExp{l.logits, s}}, nil
}

type bounds struct{ of logSumExp }

func (b bounds) Mode(dst *int, theta structured.Theta, key uint64) (float64, bool) {
	return b.of.Mode(dst, theta, key)
}

func (b bounds) LogZBounds(theta structured.Theta) structured.Normalizer {
	_, v := b.of.each(theta)
	high := v[0]
	for _, x := range v {
		high = max(high, x)
	}
	upper := high + math.Log(float64(b.of.of.n))
	return structured.Normalizer{Value: (high + upper) / 2, Kind: structured.Interval, Lower: high, Upper: upper, Confidence: 1}
}

// counts is an unconditional problem: category y occurs n[y] times.
func counts(n ...int) structured.Data[int] {
	var d structured.Data[int]
	for y, k := range n {
		for range k {
			d.Y = append(d.Y, y)
		}
	}
	return d
}

// neighbours perturbs a category: a step up with probability up, else a step
// down, around a circle. It is not symmetric.
type neighbours struct {
	n  int
	up float64
}

func (c neighbours) Bind(structured.Problem[int]) (structured.BoundPerturbation[int], error) {
	return c, nil
}

func (c neighbours) Sample(ys []int, from int, key uint64) {
	rng := stream.New(key)
	for m := range ys {
		ys[m] = (from + c.n - 1) % c.n
		if rng.Float64() < c.up {
			ys[m] = (from + 1) % c.n
		}
	}
}

func (c neighbours) p(from, to int) float64 {
	p := 0.0
	if to == (from+1)%c.n {
		p += c.up
	}
	if to == (from+c.n-1)%c.n {
		p += 1 - c.up
	}
	return p
}

func (c neighbours) LogProb(there, back []float64, ys []int, from int) {
	for m, y := range ys {
		if there != nil {
			there[m] = math.Log(c.p(from, y))
		}
		if back != nil {
			back[m] = math.Log(c.p(y, from))
		}
	}
}

// blurred perturbs to any category: the same one with probability stay.
type blurred struct {
	n    int
	stay float64
}

func (c blurred) Bind(structured.Problem[int]) (structured.BoundPerturbation[int], error) {
	return c, nil
}

func (c blurred) p(a, b int) float64 {
	if a == b {
		return c.stay
	}
	return (1 - c.stay) / float64(c.n-1)
}

func (c blurred) Sample(ys []int, from int, key uint64) {
	rng := stream.New(key)
	for m := range ys {
		if ys[m] = from; rng.Float64() >= c.stay {
			ys[m] = (from + 1 + rng.IntN(c.n-1)) % c.n
		}
	}
}

func (c blurred) LogProb(there, back []float64, ys []int, from int) {
	for m, y := range ys {
		for _, dst := range [][]float64{there, back} {
			if dst != nil {
				dst[m] = math.Log(c.p(from, y))
			}
		}
	}
}
