package permutations

import (
	"math"
	"math/rand/v2"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// PlackettLuce orders labels by repeated choice: the label at rank r is chosen
// among the labels not chosen before, with probability proportional to its
// weight,
//
//	q(y) = prod_r w_{y_r} / (w_{y_r} + w_{y_{r+1}} + ... + w_{y_{k-1}}),  w = exp(LogWeights)
//
// (Plackett 1975, Luce 1959). LogWeights has one number per label, of size at most
// 1e100; only their differences count. It is a Reference, with draws and probabilities in
// closed form, and the likelihood of complete, top-m and subset rankings and
// of those with ties: LogProb, AddGrad, LogProbPartial and AddGradPartial.
type PlackettLuce struct{ LogWeights []float64 }

func (p PlackettLuce) bind(k int) (reference, error) {
	if err := p.validate(k); err != nil {
		return nil, err
	}
	r := &plackettLuceReference{}
	r.choice.init(k)
	r.choice.set(p.LogWeights)
	r.idle.New = func() any {
		keys := make([]float64, k)
		return &keys
	}
	return r, nil
}

// maxLogWeight bounds log weights so that sums of their differences are finite.
const maxLogWeight = 1e100

// validate wants k numbers of a size that sums can bear.
func (p PlackettLuce) validate(k int) error {
	if len(p.LogWeights) != k {
		return &structured.DimensionError{What: "log weights of PlackettLuce", Want: k, Got: len(p.LogWeights)}
	}
	for j, w := range p.LogWeights {
		if !(math.Abs(w) <= maxLogWeight) {
			return &ReferenceError{Field: "PlackettLuce.LogWeights", Index: j, Value: w, Want: "-1e100 to 1e100"}
		}
	}
	return nil
}

type plackettLuceReference struct {
	choice repeatedChoice
	idle   sync.Pool // of *[]float64, the keys of a draw
}

func (p *plackettLuceReference) sample(ys []Ordering, rng *rand.Rand) {
	keys := p.idle.Get().(*[]float64)
	for _, y := range ys {
		p.choice.sample(y, *keys, rng)
	}
	p.idle.Put(keys)
}

func (p *plackettLuceReference) logProb(dst []float64, ys []Ordering) {
	for i, y := range ys {
		dst[i] = p.choice.logProb(y)
	}
}

// repeatedChoice draws from and evaluates a Plackett-Luce distribution whose
// log weights have been set; they can be set again and again.
type repeatedChoice struct {
	logw []float64 // largest 0
	w    []float64 // exp(logw)
	sum  float64   // of logw
	wide bool      // some weights are too small for w
}

// wideRange is the range of log weights, in nats, up to which products and
// quotients of a few weights do not underflow.
const wideRange = 300

func (c *repeatedChoice) init(k int) { c.logw, c.w = make([]float64, k), make([]float64, k) }

func (c *repeatedChoice) set(logWeights []float64) {
	sameLength(len(logWeights), len(c.logw))
	high := math.Inf(-1)
	for _, l := range logWeights {
		high = max(high, l)
	}
	c.sum, c.wide = 0, false
	for j, l := range logWeights {
		l -= high
		c.logw[j], c.w[j] = l, math.Exp(l)
		c.sum += l
		c.wide = c.wide || l < -wideRange
	}
}

// sample is the race of exponential clocks, E_j / w_j in increasing order with
// E_j standard exponential, or, by -log, Gumbel-argsort (Yellott 1977):
// O(k log k), exact up to the resolution 2^-32 of rand.ExpFloat64.
func (c *repeatedChoice) sample(y Ordering, keys []float64, rng *rand.Rand) {
	if c.wide {
		for j, l := range c.logw {
			keys[j] = l - math.Log(rng.ExpFloat64())
		}
	} else {
		for j, w := range c.w {
			keys[j] = w / rng.ExpFloat64()
		}
	}
	sortByScore(y, keys)
}

// logProb is sum_r log w_{y_r} - log S_r with the sums S_r of the weights from
// rank r on, taken from the last rank so that only positive numbers are added.
// O(k), with a logarithm for every few labels.
func (c *repeatedChoice) logProb(y Ordering) float64 {
	if c.wide {
		return c.sum - sumLogSuffixes(c.logw, y)
	}
	total, suffix, product := c.sum, 0.0, 1.0
	for r := len(y) - 1; r >= 0; r-- {
		suffix += c.w[y[r]]
		if product *= suffix; product < 1e-100 || product > 1e100 {
			total -= math.Log(product)
			product = 1
		}
	}
	return total - math.Log(product)
}

// sumLogSuffixes is sum_r log S_r in the log domain, for weights of any range.
func sumLogSuffixes(logw []float64, y Ordering) float64 {
	total, suffix := 0.0, math.Inf(-1)
	for r := len(y) - 1; r >= 0; r-- {
		suffix = numeric.LogAddExp(suffix, logw[y[r]])
		total += suffix
	}
	return total
}
