package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

var someUtilities = []Utility{
	Hamming{}, ExactMatch{}, F1, FBeta{Beta: 2}, FBeta{Beta: 0.5, ZeroDivision: ZeroDivisionOne}, Jaccard{},
	Jaccard{ZeroDivision: ZeroDivisionOne}, PrecisionAt{}, PrecisionAt{N: 3}, RecallAt{N: 2}, RecallAt{N: 99, ZeroDivision: ZeroDivisionOne},
}

// listedSets is a distribution over all sets of k labels.
type listedSets struct {
	ys []Set
	p  []float64
}

func listSets(k int, value func(Set) float64) listedSets {
	var l listedSets
	total := 0.0
	high := math.Inf(-1)
	for w := range uint64(1) << k {
		y := FromUint64(k, w)
		l.ys, l.p = append(l.ys, y), append(l.p, value(y))
		high = max(high, l.p[w])
	}
	for m, v := range l.p {
		l.p[m] = math.Exp(v - high)
		total += l.p[m]
	}
	for m := range l.p {
		l.p[m] /= total
	}
	return l
}

func (l listedSets) expected(u Utility, h Set) float64 {
	sum := 0.0
	for m, y := range l.ys {
		sum += l.p[m] * u.Between(h, y)
	}
	return sum
}

// checkSetDecision compares a decision with all others.
func checkSetDecision(t *testing.T, d Decision, u Utility, truth listedSets, what string) {
	t.Helper()
	almost.Equal(t, truth.expected(u, d.Y), d.Utility, 1e-9, 1e-9, "the expected utility: %s", what)
	best := 0.0
	for _, h := range truth.ys {
		if _, top := u.(PrecisionAt); top && h.Count() > u.(PrecisionAt).size(h.k) {
			continue // no metric at N predicts more
		}
		best = max(best, truth.expected(u, h))
	}
	if d.Proven {
		almost.Equal(t, best, d.Utility, 1e-9, 1e-9, "no set is better: %s", what)
	} else {
		assert.GreaterOrEqual(t, d.Utility, 0.97*best, what)
	}
}

func TestDecisionsAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range []int{1, 2, 5, 9} {
		for _, of := range []Coupling{Unary{}, Cardinality{}, Pairwise{}, Chain{}} {
			for _, ref := range testReferences {
				for _, scale := range []float64{0, 1, 5} {
					space, err := NewSpace(k, ref.of(k))
					require.NoError(t, err)
					c, err := of.Bind(k)
					require.NoError(t, err)
					theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
					for i := range theta.Logits {
						theta.Logits[i] = scale * rng.NormFloat64()
					}
					truth := listSets(k, func(y Set) float64 {
						var v, q [1]float64
						c.Score(v[:], theta, []Set{y})
						space.LogProb(q[:], []Set{y})
						return v[0] + q[0]
					})
					inf, err := c.Infer(space)
					require.NoError(t, err)
					for _, u := range someUtilities {
						what := fmt.Sprintf("%T k=%d %s scale %g %v %+v", of, k, ref.name, scale, u, u)
						b := &beliefs{k: k}
						switch {
						case u.needs() == needsLabels:
							b.label = make([]float64, k)
							inf.(LabelMarginalizer).LabelMarginals(b.label, theta)
						default:
							if sized, ok := inf.(sizedLabeler); ok && sized.sizedLabels(theta) != nil {
								b.fromSizedLabels(sized.sizedLabels(theta), u.needs())
							} else if sm, ok := inf.(SizeMarginalizer); ok && u.needs() == needsSizes {
								b.size, b.joint = make([]float64, k+1), make([]float64, k*k)
								sm.SizeMarginals(b.size, b.joint, theta)
							} else {
								require.NoError(t, b.gather(u.needs(), func(add func([]Set, []float64)) error {
									add(truth.ys, truth.p)
									return nil
								}))
							}
						}
						d := u.decide(b)
						checkSetDecision(t, d, u, truth, what)
						_, search := u.(Jaccard)
						assert.True(t, d.Proven || search && k > MaxJaccard, what)
					}
				}
			}
		}
	}
}

// Labels that are there for sure, or never, and many that are alike.
func TestDecideIndependent(t *testing.T) {
	for _, p := range [][]float64{{0.3}, {0, 1, 0.5}, {1, 1, 1}, {0, 0}, {0.5, 0.5, 0.5, 0.5}, {0.9, 0.4, 0.35, 0.3, 0.05, 0.01}} {
		truth := listSets(len(p), func(y Set) float64 {
			v := 0.0
			for j, x := range p {
				if !y.Has(j) {
					x = 1 - x
				}
				v += math.Log(x)
			}
			return v
		})
		for _, u := range someUtilities {
			d, err := DecideIndependent(p, u)
			require.NoError(t, err)
			assert.True(t, d.Proven)
			assert.Equal(t, structured.Exact, d.Kind)
			checkSetDecision(t, d, u, truth, fmt.Sprintf("%v %+v", p, u))
		}
	}
	// The textbook case: the marginals are below 1/2, and yet it pays to predict.
	d, err := DecideIndependent([]float64{0.4, 0.4, 0.4}, F1)
	require.NoError(t, err)
	assert.Equal(t, 3, d.Y.Count())
	_, err = DecideIndependent(nil, F1)
	assert.ErrorIs(t, err, ErrNoLabels)
	var bad *ProbabilityError
	_, err = DecideIndependent([]float64{0.5, math.NaN()}, F1)
	require.ErrorAs(t, err, &bad)
	assert.Equal(t, 1, bad.Column)
}

// Sizes that only h makes likely: independent labels reach them with a
// probability that underflows.
func TestSizedLabelsFarFromIndependent(t *testing.T) {
	const k = 400
	s := &sizedLabels{v: make([]float64, k), h: make([]float64, k+1)}
	for j := range s.v {
		s.v[j] = -8 + 0.001*float64(j)
	}
	for i := range s.h {
		s.h[i] = -math.Pow(float64(i)-300, 2)
	}
	size, joint := s.marginals()
	mean, sum := 0.0, 0.0
	for i, p := range size {
		mean += float64(i) * p
	}
	for _, p := range joint {
		sum += p
	}
	almost.Equal(t, mean, sum, 0, 1e-10, "both are the expected number of labels")
	// log p(size) is h + log e_s up to a constant.
	logs := make([]float64, k+1)
	for m := range logs {
		logs[m] = newSizeRecursion(k).logZ(s.v, m, m) + s.h[m]
	}
	almost.Equal(t, logs[295]-logs[299], math.Log(size[295]/size[299]), 1e-9, 1e-9)
	y, p := s.best()
	almost.Equal(t, logs[y.Count()], math.Log(size[y.Count()]/p)+s.h[y.Count()]+sumOf(s.v, y), 1e-8, 1e-10)
}

func sumOf(v []float64, y Set) (sum float64) {
	for j := range y.Labels() {
		sum += v[j]
	}
	return sum
}

// A sample decides as the distribution that it is.
func TestDecideFromSample(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	const k = 5
	ys, weights := Make(40, k), make([]float64, 40)
	for i, y := range ys {
		for j := range k {
			y.Set(j, rng.Float64() < 0.4)
		}
		weights[i] = rng.Float64()
	}
	weights[3] = 0
	for _, w := range [][]float64{nil, weights} {
		truth := listSets(k, func(z Set) float64 {
			sum := 0.0
			for i, y := range ys {
				if y.Equal(z) {
					if w == nil {
						sum++
					} else {
						sum += w[i]
					}
				}
			}
			return math.Log(sum)
		})
		for _, u := range someUtilities {
			d, err := DecideFromSample(ys, w, u)
			require.NoError(t, err)
			checkSetDecision(t, d, u, truth, fmt.Sprintf("%v %+v", u, u))
			assert.Equal(t, structured.Estimate, d.Kind)
			assert.True(t, d.Proven)
		}
	}
	d, err := DecideFromSample(ys, nil, ExactMatch{})
	require.NoError(t, err)
	before := ys[0].Clone()
	d.Y.Fill()
	assert.Equal(t, before, ys[0], "the decision is no part of the sample")
	huge := make([]float64, len(ys))
	for i := range huge {
		huge[i] = math.MaxFloat64
	}
	want, err := DecideFromSample(ys, nil, F1)
	require.NoError(t, err)
	got, err := DecideFromSample(ys, huge, F1)
	require.NoError(t, err)
	assert.Equal(t, want, got, "only ratios of weights count")
}

func TestSampleDecisionErrors(t *testing.T) {
	ys := []Set{New(2, 0), New(2)}
	decide := func(ys []Set, w []float64) error {
		_, err := DecideFromSample(ys, w, F1)
		return err
	}
	assert.ErrorIs(t, decide(nil, nil), structured.ErrNoExamples)
	assert.ErrorIs(t, decide(ys, []float64{0, 0}), structured.ErrNoExamples)
	assert.ErrorIs(t, decide([]Set{New(0)}, nil), ErrNoLabels)
	var dim *structured.DimensionError
	assert.ErrorAs(t, decide(ys, []float64{1}), &dim)
	var data *structured.DataError
	require.ErrorAs(t, decide([]Set{New(2), New(3)}, nil), &data)
	assert.Equal(t, 1, data.Row)
	assert.ErrorIs(t, decide(ys, []float64{1, -1}), structured.ErrNegativeWeight)
	assert.ErrorIs(t, decide(ys, []float64{math.Inf(1), 1}), structured.ErrNotFinite)
	for _, u := range []Utility{FBeta{Beta: -1}, FBeta{Beta: math.NaN()}, FBeta{ZeroDivision: ZeroDivisionSkip}, Jaccard{ZeroDivision: 99}, RecallAt{ZeroDivision: ZeroDivisionSkip}} {
		_, err := DecideFromSample(ys, nil, u)
		assert.Error(t, err, "%+v", u)
		_, err = DecideIndependent([]float64{.5}, u)
		assert.Error(t, err, "%+v", u)
	}
}

// Utilities are the metrics of Evaluation, row by row.
func TestUtilitiesAreTheMetrics(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	const n, k = 60, 4
	truth, predicted := Make(n, k), Make(n, k)
	for i := range truth {
		for j := range k {
			truth[i].Set(j, rng.Float64() < 0.3)
			predicted[i].Set(j, rng.Float64() < 0.3)
		}
	}
	for _, zero := range []ZeroDivision{ZeroDivisionDefault, ZeroDivisionOne} {
		e := Evaluation{Truth: truth, Predicted: predicted, ZeroDivision: zero}
		for _, c := range []struct {
			of   Utility
			name string
			want func() (float64, error)
		}{
			{Hamming{}, "hamming", func() (float64, error) { l, err := e.HammingLoss(); return 1 - l, err }},
			{ExactMatch{}, "subset_accuracy", e.SubsetAccuracy},
			{FBeta{ZeroDivision: zero}, "f1_samples", func() (float64, error) { return e.F1(Samples) }},
			{FBeta{Beta: 2, ZeroDivision: zero}, "f2_samples", func() (float64, error) { return e.FBeta(2, Samples) }},
			{Jaccard{zero}, "jaccard_samples", func() (float64, error) { return e.Jaccard(Samples) }},
			{RecallAt{k, zero}, "recall_at_4", func() (float64, error) { return e.Recall(Samples) }},
		} {
			want, err := c.want()
			require.NoError(t, err)
			sum := 0.0
			for i := range truth {
				sum += c.of.Between(predicted[i], truth[i]) / n
			}
			almost.Equal(t, want, sum, 1e-12, 0, "%v", c.of)
			assert.Equal(t, c.name, c.of.String())
		}
	}
	assert.Equal(t, "precision_at_1", PrecisionAt{}.String())
}
