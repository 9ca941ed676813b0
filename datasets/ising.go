package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// MaxIsingLabels is the largest number of labels of an [Ising] model: beyond
// it, going through all 2^K sets would take too long.
const MaxIsingLabels = 20

// IsingConfig says how to draw a pairwise model of label sets at random. The
// zero value gives 8 labels without features. The coefficients are normal with
// mean 0 and these standard deviations, for which 0 means the default and a
// negative number none of the kind:
//
//	UnaryBias      a_j      default 0.5
//	UnaryWeight    A_jf     default 1 / sqrt(d)
//	PairBias       U_ij     default 1 / sqrt(K)
//	PairWeight     V_fij    default 0: the couplings do not depend on x
type IsingConfig struct {
	Labels   int // K, 1 to MaxIsingLabels; 0 means 8
	Features int // d; 0 means no features: one distribution over sets

	UnaryBias, UnaryWeight, PairBias, PairWeight float64

	Seed uint64 // of the coefficients
}

// Validate reports the first field that makes no sense, if any: Labels or
// Features negative, a standard deviation NaN or infinite, or more labels than
// MaxIsingLabels (a *LabelLimitError).
func (c IsingConfig) Validate() error {
	if c.Labels < 0 || c.Features < 0 {
		return fmt.Errorf("datasets: ising model of %d labels and %d features", c.Labels, c.Features)
	}
	if c.Labels > MaxIsingLabels {
		return &LabelLimitError{Labels: c.Labels, Max: MaxIsingLabels}
	}
	for _, f := range []struct {
		name string
		sd   float64
	}{{"UnaryBias", c.UnaryBias}, {"UnaryWeight", c.UnaryWeight}, {"PairBias", c.PairBias}, {"PairWeight", c.PairWeight}} {
		if math.IsNaN(f.sd) || math.IsInf(f.sd, 0) {
			return fmt.Errorf("datasets: IsingConfig.%s is %g", f.name, f.sd)
		}
	}
	return nil
}

// LabelLimitError reports more labels than can be enumerated.
type LabelLimitError struct{ Labels, Max int }

func (e *LabelLimitError) Error() string {
	return fmt.Sprintf("datasets: %d labels are too many to go through all cases, at most %d are possible", e.Labels, e.Max)
}

// Ising is a pairwise model of the subsets y of K labels given features x,
//
//	p(y|x) = exp( g(x,y) ) / Z(x),    g(x,y) = sum_j u_j y_j + sum_{i<j} U_ij y_i y_j,
//	u_j(x)  = a_j + sum_f x_f A_jf    x ~ N(0, I_d)
//	U_ij(x) = U_ij + sum_f x_f V_fij  (symmetric, zero diagonal),
//
// with y_j in {0, 1}: data drawn from it have a truth to compare with. All
// quantities are exact, by going through the 2^K sets, and in nats. An Ising is
// immutable and safe for concurrent use once made; to set the coefficients by
// hand, fill the fields and call Validate.
type Ising struct {
	Labels, Features int // K and d

	UnaryBias   []float64 // a: K
	UnaryWeight []float64 // A transposed: d x K, row-major
	PairBias    []float64 // U: K(K-1)/2, for (0,1), (0,2), ..., (1,2), ...
	PairWeight  []float64 // V: d x K(K-1)/2, row-major, or nil for none
}

// NewIsing draws the coefficients of a model: the same ones for the same
// configuration. The errors are those of Validate.
func NewIsing(c IsingConfig) (*Ising, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	k, d := c.Labels, c.Features
	if k == 0 {
		k = 8
	}
	pairs := k * (k - 1) / 2
	rng := rand.New(rand.NewPCG(c.Seed, 0x6973696e67)) // "ising"
	draw := func(n int, sd, byDefault float64) []float64 {
		if sd == 0 {
			sd = byDefault
		}
		out := make([]float64, n)
		for i := range out {
			out[i] = max(sd, 0) * rng.NormFloat64()
		}
		return out
	}
	m := &Ising{Labels: k, Features: d}
	m.UnaryBias = draw(k, c.UnaryBias, 0.5)
	m.PairBias = draw(pairs, c.PairBias, 1/math.Sqrt(float64(k)))
	m.UnaryWeight = draw(d*k, c.UnaryWeight, 1/math.Sqrt(float64(max(d, 1))))
	if c.PairWeight > 0 {
		m.PairWeight = draw(d*pairs, c.PairWeight, 0)
	}
	return m, m.Validate()
}

// Validate reports whether the sizes of the fields agree and the coefficients
// are finite. Too many labels are a *LabelLimitError.
func (m *Ising) Validate() error {
	if m.Labels > MaxIsingLabels {
		return &LabelLimitError{Labels: m.Labels, Max: MaxIsingLabels}
	}
	if m.Labels < 1 || m.Features < 0 {
		return fmt.Errorf("datasets: ising model of %d labels and %d features", m.Labels, m.Features)
	}
	pairs := m.Labels * (m.Labels - 1) / 2
	pairWeights := m.Features * pairs
	if m.PairWeight == nil {
		pairWeights = 0
	}
	for _, f := range []struct {
		name string
		got  []float64
		want int
	}{
		{"UnaryBias", m.UnaryBias, m.Labels}, {"UnaryWeight", m.UnaryWeight, m.Features * m.Labels},
		{"PairBias", m.PairBias, pairs}, {"PairWeight", m.PairWeight, pairWeights},
	} {
		if len(f.got) != f.want {
			return fmt.Errorf("datasets: Ising.%s has %d coefficients, not %d", f.name, len(f.got), f.want)
		}
		for i, v := range f.got {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("datasets: Ising.%s[%d] is %g", f.name, i, v)
			}
		}
	}
	return nil
}
