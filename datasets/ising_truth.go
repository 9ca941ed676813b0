package datasets

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/sets"
)

// Sample draws n rows: x from N(0, I), then y exactly from p(y|x) by inverting
// the distribution function over the 2^K sets. Each row has a random stream of
// its own, derived from the seed and its number, so the first rows of a longer
// sample are those of a shorter one. It takes O(2^K + d K^2) time for each row
// (without features O(K), after one table of the sets) and 8 2^K bytes.
//
// n must be at least 1; if the context ends, its error is returned.
func (m *Ising) Sample(ctx context.Context, n int, seed uint64) (*Multilabel, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("datasets: ising: %d rows: %w", n, ErrEmpty)
	}
	out := &Multilabel{Name: "ising", Y: sets.Make(n, m.Labels)}
	var x *mat.Dense
	if m.Features > 0 {
		x = mat.NewDense(n, m.Features, nil)
		out.X = x
	}
	table := m.newTable()
	var stream rand.PCG
	rng := rand.New(&stream)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		seedRow(&stream, seed, i)
		if x != nil {
			row := x.RawRowView(i)
			for f := range row {
				row[f] = rng.NormFloat64()
			}
			if err := table.fill(row); err != nil {
				return nil, fmt.Errorf("%w (row %d)", err, i)
			}
			table.accumulate()
		} else if i == 0 {
			if err := table.fill(nil); err != nil {
				return nil, err
			}
			table.accumulate()
		}
		out.Y[i].Words()[0] = table.draw(rng.Float64())
	}
	return out, nil
}

// Unary returns u(x), the K scores of single labels. An x of the wrong length
// wraps ErrRagged, one that is not finite ErrNotFinite; so in all methods.
func (m *Ising) Unary(x []float64) ([]float64, error) {
	if err := m.check(x); err != nil {
		return nil, err
	}
	return m.unary(make([]float64, m.Labels), x), nil
}

// Pairwise returns U(x), K x K, symmetric and zero on the diagonal.
func (m *Ising) Pairwise(x []float64) (*mat.SymDense, error) {
	if err := m.check(x); err != nil {
		return nil, err
	}
	packed := m.pairwise(make([]float64, len(m.PairBias)), x)
	out := mat.NewSymDense(m.Labels, nil)
	for i := range m.Labels {
		for j := i + 1; j < m.Labels; j++ {
			out.SetSym(i, j, packed[0])
			packed = packed[1:]
		}
	}
	return out, nil
}

// LogPartitionCounting returns log sum_y exp(g(x,y)), the log-partition
// function relative to the counting measure. O(2^K) time and memory.
func (m *Ising) LogPartitionCounting(x []float64) (float64, error) {
	t, err := m.at(x)
	if err != nil {
		return 0, err
	}
	return t.logZ, nil
}

// LogPartitionUniform returns log 2^-K sum_y exp(g(x,y)), the log-partition
// function relative to the uniform distribution over sets: it is
// LogPartitionCounting less K ln 2, and 0 if all coefficients are 0.
func (m *Ising) LogPartitionUniform(x []float64) (float64, error) {
	logZ, err := m.LogPartitionCounting(x)
	return logZ - float64(m.Labels)*math.Ln2, err
}

// LogProb returns log p(y|x). O(2^K) time and memory. A y over another number
// of labels wraps ErrRagged.
func (m *Ising) LogProb(x []float64, y sets.Set) (float64, error) {
	if y.K() != m.Labels {
		return 0, fmt.Errorf("datasets: ising: set over %d labels, not %d: %w", y.K(), m.Labels, ErrRagged)
	}
	t, err := m.at(x)
	if err != nil {
		return 0, err
	}
	return t.score[y.Words()[0]] - t.logZ, nil
}

// Probs returns p(y|x) of all 2^K sets, in the order of sets.Set.Compare: set
// number w has the labels that are bits of w.
func (m *Ising) Probs(x []float64) ([]float64, error) {
	t, err := m.at(x)
	if err != nil {
		return nil, err
	}
	for w, g := range t.score {
		t.score[w] = math.Exp(g - t.logZ)
	}
	return t.score, nil
}

func (m *Ising) check(x []float64) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if len(x) != m.Features {
		return fmt.Errorf("datasets: ising: %d features, not %d: %w", len(x), m.Features, ErrRagged)
	}
	for f, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("datasets: ising: feature %d is %g: %w", f, v, ErrNotFinite)
		}
	}
	return nil
}

func (m *Ising) unary(dst, x []float64) []float64 {
	copy(dst, m.UnaryBias)
	for f, v := range x {
		floats.AddScaled(dst, v, m.UnaryWeight[f*len(dst):(f+1)*len(dst)])
	}
	return dst
}

func (m *Ising) pairwise(dst, x []float64) []float64 {
	copy(dst, m.PairBias)
	if m.PairWeight != nil {
		for f, v := range x {
			floats.AddScaled(dst, v, m.PairWeight[f*len(dst):(f+1)*len(dst)])
		}
	}
	return dst
}

// isingTable has the scores of all sets at one x.
type isingTable struct {
	m     *Ising
	u, p  []float64 // u(x) and the packed U(x)
	score []float64 // g(x,y) of each set, later the distribution function
	logZ  float64
}

func (m *Ising) newTable() *isingTable {
	return &isingTable{
		m: m, u: make([]float64, m.Labels), p: make([]float64, len(m.PairBias)),
		score: make([]float64, 1<<m.Labels),
	}
}

func (m *Ising) at(x []float64) (*isingTable, error) {
	if err := m.check(x); err != nil {
		return nil, err
	}
	t := m.newTable()
	return t, t.fill(x)
}

// fill computes the scores at x by doubling: with y over the labels below j,
// g(y + j) = g(y) + u_j + sum_{i in y} U_ij, and the sum by doubling again.
func (t *isingTable) fill(x []float64) error {
	k, g := t.m.Labels, t.score
	t.m.unary(t.u, x)
	t.m.pairwise(t.p, x)
	if bound := floats.Norm(t.u, 1) + floats.Norm(t.p, 1); math.IsNaN(bound) || math.IsInf(bound, 0) {
		return fmt.Errorf("datasets: ising: the scores overflow at this x: %w", ErrNotFinite)
	}
	g[0] = 0
	for j := range k {
		with := g[1<<j : 2<<j] // the sets whose highest label is j
		with[0] = t.u[j]
		for i := range j {
			// Label i has pairs (i,i+1), (i,i+2), ... from i(2k-i-1)/2 on.
			u := t.p[i*(2*k-i-1)/2+j-i-1]
			for y := range 1 << i {
				with[y+1<<i] = with[y] + u
			}
		}
		for y := range with {
			with[y] += g[y]
		}
	}
	t.logZ = floats.LogSumExp(g)
	return nil
}

// accumulate turns the scores into the distribution function.
func (t *isingTable) accumulate() {
	sum := 0.0
	for y, g := range t.score {
		sum += math.Exp(g - t.logZ)
		t.score[y] = sum
	}
}

// draw returns the set at the quantile u in [0, 1).
func (t *isingTable) draw(u float64) uint64 {
	u *= t.score[len(t.score)-1] // 1, but for rounding
	return uint64(sort.Search(len(t.score), func(y int) bool { return t.score[y] > u }))
}

// seedRow gives row i its own stream. The numbers are mixed (the finaliser of
// SplitMix64; Steele, Lea and Flood 2014) for neighbouring seeds of a
// congruential generator give related streams.
func seedRow(stream *rand.PCG, seed uint64, i int) {
	mix := func(z uint64) uint64 {
		z += 0x9e3779b97f4a7c15
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return z ^ z>>31
	}
	high := mix(seed)
	stream.Seed(high, mix(high^uint64(i)))
}
