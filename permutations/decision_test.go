package permutations

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

var someLosses = []Loss{KendallLoss{}, SpearmanLoss{}, FootruleLoss{}, MismatchLoss{}, TopLoss{}, TopLoss{M: 2}, TopLoss{M: 99}}

// expectedLoss is by enumeration.
func expectedLoss(l Loss, truth listed, y Ordering) float64 {
	sum := 0.0
	for m, z := range truth.ys {
		sum += truth.p[m] * l.Between(y, z)
	}
	return sum
}

func TestDecisionsAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range []int{1, 2, 3, 5} {
		for name, of := range someCouplings(k) {
			for _, scale := range []float64{0, 0.5, 3, 300} {
				c, inf, s := bound(t, of, k, someReferences(k)["plackett-luce"])
				theta := randomTheta(c, scale, rng)
				truth := list(k, func(y Ordering) float64 { return valueOf(c, s, theta, y) })
				for _, loss := range someLosses {
					d, err := Decide(inf, theta, loss)
					require.NoError(t, err)
					checkDecision(t, d, loss, truth, fmt.Sprintf("%s, k=%d, scale %g, %v", name, k, scale, loss))
					assert.Equal(t, structured.Exact, d.Kind)
				}
			}
		}
	}
}

func checkDecision(t *testing.T, d Decision, loss Loss, truth listed, what string) {
	t.Helper()
	require.NoError(t, d.Y.Validate(), what)
	assert.True(t, d.Proven, what)
	almost.Equal(t, expectedLoss(loss, truth, d.Y), d.Loss, 1e-9, 1e-9, "the expected loss: %s", what)
	least := math.Inf(1)
	for _, y := range truth.ys {
		least = min(least, expectedLoss(loss, truth, y))
	}
	almost.Equal(t, least, d.Loss, 1e-9, 1e-9, "no ordering is better: %s", what)
}

// Six labels, a cycle of pairs among them: the Kemeny order is neither Borda's
// nor a majority.
func TestKemenyDecisionOverSixLabels(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	c, inf, s := bound(t, Preference{}, 6, nil)
	for range 5 {
		theta := randomTheta(c, 0.4, rng)
		truth := list(6, func(y Ordering) float64 { return valueOf(c, s, theta, y) })
		d, err := Decide(inf, theta, KendallLoss{})
		require.NoError(t, err)
		checkDecision(t, d, KendallLoss{}, truth, "six labels")
	}
}

func TestLossesBetween(t *testing.T) {
	a, b := Ordering{0, 1, 2, 3}, Ordering{1, 0, 3, 2}
	for _, c := range []struct {
		loss Loss
		name string
		want float64
	}{
		{KendallLoss{}, "kendall", 2}, {SpearmanLoss{}, "spearman", 4}, {FootruleLoss{}, "footrule", 4},
		{MismatchLoss{}, "mismatch", 1}, {TopLoss{}, "top1", 1}, {TopLoss{M: 2}, "top2", 0}, {TopLoss{M: 3}, "top3", 1},
	} {
		assert.Equal(t, c.name, c.loss.String())
		almost.Equal(t, c.want, c.loss.Between(a, b), 0, 0, c.name)
		almost.Equal(t, 0, c.loss.Between(b, b), 0, 0, c.name)
	}
}

// A sample decides as the distribution that it is.
func TestDecideFromSample(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	const k = 4
	ys, weights := Make(30, k), make([]float64, 30)
	for i := range ys {
		shuffle(ys[i], rng)
		weights[i] = rng.Float64()
	}
	weights[3] = 0
	for _, w := range [][]float64{nil, weights} {
		truth := listed{ys: everyOrdering(k)}
		truth.p = make([]float64, len(truth.ys))
		total := 0.0
		for i, y := range ys {
			for m, z := range truth.ys {
				if y.Equal(z) {
					v := 1.0
					if w != nil {
						v = w[i]
					}
					truth.p[m] += v
					total += v
				}
			}
		}
		for m := range truth.p {
			truth.p[m] /= total
		}
		for _, loss := range someLosses {
			d, err := DecideFromSample(ys, w, loss)
			require.NoError(t, err)
			checkDecision(t, d, loss, truth, loss.String())
			assert.Equal(t, structured.Estimate, d.Kind)
		}
	}
	// Over many labels the Kemeny order is not always proven.
	many := Make(7, 40)
	for _, y := range many {
		shuffle(y, rng)
	}
	d, err := DecideFromSample(many, nil, KendallLoss{})
	require.NoError(t, err)
	assert.False(t, d.Proven)
	mean := 0.0
	for _, y := range many {
		mean += KendallLoss{}.Between(d.Y, y) / 7
	}
	almost.Equal(t, mean, d.Loss, 1e-9, 0)
	// Only ratios of weights count, however large they are.
	huge := make([]float64, len(ys))
	for i := range huge {
		huge[i] = math.MaxFloat64
	}
	want, err := DecideFromSample(ys, nil, nil)
	require.NoError(t, err)
	d, err = DecideFromSample(ys, huge, KendallLoss{})
	require.NoError(t, err)
	assert.Equal(t, want, d)
	// No labels leave nothing to decide.
	for _, loss := range someLosses {
		d, err := DecideFromSample([]Ordering{{}}, nil, loss)
		require.NoError(t, err)
		almost.Equal(t, 0, d.Loss, 0, 0)
	}
	// The decision is no part of the sample.
	d, err = DecideFromSample(ys, nil, MismatchLoss{})
	require.NoError(t, err)
	d.Y[0] = 99
	for _, y := range ys {
		assert.NoError(t, y.Validate())
	}
}

func TestDecisionErrors(t *testing.T) {
	c, inf, _ := bound(t, Birkhoff{}, MaxExact+1, nil)
	_, err := Decide(inf, structured.Theta{Logits: make([]float64, c.NumLogits())}, KendallLoss{})
	assert.ErrorIs(t, err, structured.ErrIntractable)
	_, err = Decide(nil, structured.Theta{}, nil)
	assert.ErrorIs(t, err, structured.ErrIntractable)

	ys := []Ordering{{0, 1}, {1, 0}}
	decide := func(ys []Ordering, w []float64) error {
		_, err := DecideFromSample(ys, w, KendallLoss{})
		return err
	}
	assert.ErrorIs(t, decide(nil, nil), structured.ErrNoExamples)
	assert.ErrorIs(t, decide(ys, []float64{0, 0}), structured.ErrNoExamples)
	var dim *structured.DimensionError
	assert.ErrorAs(t, decide(ys, []float64{1}), &dim)
	var de *structured.DataError
	require.ErrorAs(t, decide([]Ordering{{0, 1}, {0}}, nil), &de)
	assert.Equal(t, 1, de.Row)
	require.ErrorAs(t, decide([]Ordering{{0, 1}, {1, 1}}, nil), &de)
	assert.ErrorIs(t, de, ErrRepeated)
	for _, w := range []float64{math.NaN(), math.Inf(1)} {
		require.ErrorAs(t, decide(ys, []float64{1, w}), &de)
		assert.ErrorIs(t, de, structured.ErrNotFinite)
		assert.Equal(t, 1, de.Row)
	}
	assert.ErrorIs(t, decide(ys, []float64{1, -1}), structured.ErrNegativeWeight)
}

func ExampleDecide() {
	// Label 0 is first or second, label 1 second or third, and label 2 first
	// or last but not between them.
	space, _ := NewSpace(3, nil)
	c, _ := NewCoupling(Birkhoff{}, 3)
	inf, _ := c.(structured.Inferrer[Ordering]).Infer(space)
	theta := structured.Theta{Logits: []float64{
		3, 3, 0,
		1, 3, 3,
		3, 0, 3,
	}}
	for _, loss := range []Loss{KendallLoss{}, SpearmanLoss{}, MismatchLoss{}} {
		d, _ := Decide(inf, theta, loss)
		fmt.Printf("%-8v  %v  expected loss %.3f\n", loss, d.Y, d.Loss)
	}
	// Output:
	// kendall   0>1>2  expected loss 1.045
	// spearman  0>2>1  expected loss 2.288
	// mismatch  2>0>1  expected loss 0.553
}
