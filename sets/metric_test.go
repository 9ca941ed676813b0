package sets

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// bernoulliSets draws n sets over k labels, each label with probability p.
func bernoulliSets(n, k int, p float64, rng *rand.Rand) []Set {
	y := Make(n, k)
	for i := range y {
		for j := range k {
			y[i].Set(j, rng.Float64() < p)
		}
	}
	return y
}

// randomEvaluation has rows without known labels, rows of no weight, empty
// sets and labels that are known nowhere, but always something to evaluate.
func randomEvaluation(rng *rand.Rand) Evaluation {
	k := []int{1, 2, 6, 63, 64, 65, 130}[rng.IntN(7)]
	n := 1 + rng.IntN(12)
	e := Evaluation{
		Truth:     bernoulliSets(n, k, []float64{0.1, 0.5}[rng.IntN(2)], rng),
		Predicted: bernoulliSets(n, k, []float64{0.1, 0.5}[rng.IntN(2)], rng),
	}
	for i := range n {
		if rng.IntN(3) == 0 {
			e.Predicted[i].CopyFrom(e.Truth[i])
		}
	}
	if rng.IntN(3) > 0 {
		e.Observed = bernoulliSets(n, k, 0.6, rng)
		never := rng.IntN(k)
		for i := range n {
			e.Observed[i].Remove(never)
			if rng.IntN(5) == 0 {
				e.Observed[i].Clear()
			}
		}
		e.Observed[0].Add((never + 1) % k)
	}
	if rng.IntN(2) == 0 {
		e.Weights = make([]float64, n)
		for i := range n {
			e.Weights[i] = float64(rng.IntN(4)) / 3
		}
		e.Weights[0] = 0.7
	}
	return e
}

func (e Evaluation) known(i, j int) bool {
	return (e.Observed == nil || e.Observed[i].Has(j)) && (e.Weights == nil || e.Weights[i] > 0)
}

func (e Evaluation) weight(i int) float64 {
	if e.Weights == nil {
		return 1
	}
	return e.Weights[i]
}

// slowAverage computes an average of ratios from single labels and plain maps.
func slowAverage(e Evaluation, avg Average, f metricRatio) (float64, error) {
	counts := map[int]*Confusion{}
	outer := map[int]float64{}
	for i := range e.Truth {
		for j := range e.Truth[i].K() {
			if !e.known(i, j) {
				continue
			}
			group, inner := j, e.weight(i)
			switch avg {
			case Samples:
				group, inner = i, 1
			case Micro:
				group = 0
			}
			c := counts[group]
			if c == nil {
				c = &Confusion{}
				counts[group] = c
			}
			switch y, p := e.Truth[i].Has(j), e.Predicted[i].Has(j); {
			case y && p:
				c.TP += inner
			case y:
				c.FN += inner
			case p:
				c.FP += inner
			}
			switch avg {
			case Samples:
				outer[group] = e.weight(i)
			case Weighted:
				outer[group] = c.TP + c.FN
			default:
				outer[group] = 1
			}
		}
	}
	var sum, total, plain, groups float64
	for group, c := range counts {
		num, den := f(*c)
		v := 0.0
		switch {
		case den > 0:
			v = num / den
		case e.ZeroDivision == ZeroDivisionOne:
			v = 1
		case e.ZeroDivision == ZeroDivisionSkip:
			continue
		}
		sum += outer[group] * v
		total += outer[group]
		plain += v
		groups++
	}
	switch {
	case groups == 0:
		return 0, ErrUndefined
	case total == 0:
		return plain / groups, nil
	}
	return sum / total, nil
}

func TestRatiosAgainstSingleLabels(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	undefined := 0
	for trial := range 300 {
		e := randomEvaluation(rng)
		e.ZeroDivision = ZeroDivision(rng.IntN(4))
		for name, f := range map[string]metricRatio{"precision": precisionRatio, "recall": recallRatio,
			"f1": f1Ratio, "jaccard": jaccardRatio, "fbeta0.5": fRatio(0.5), "fbeta2": fRatio(2)} {
			for _, avg := range []Average{Samples, Micro, Macro, Weighted} {
				want, wantErr := slowAverage(e, avg, f)
				got, err := ratiosByName()[name](e, avg)
				about := fmt.Sprintf("trial %d, %s, %s, %s", trial, name, avg, e.ZeroDivision)
				require.Equal(t, wantErr, err, about)
				require.True(t, almost.Equal(t, want, got, 1e-12, 0, about))
				if err != nil {
					undefined++
				}
			}
		}
	}
	assert.Positive(t, undefined, "some trials are 0/0 everywhere")
}

func TestSubsetHammingConfusionAgainstSingleLabels(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for trial := range 300 {
		e := randomEvaluation(rng)
		var right, rows, wrong, cells float64
		labels := make([]Confusion, e.Truth[0].K())
		for i := range e.Truth {
			w, known, bad := e.weight(i), 0.0, 0.0
			for j := range labels {
				if !e.known(i, j) {
					continue
				}
				known++
				switch y, p := e.Truth[i].Has(j), e.Predicted[i].Has(j); {
				case y && p:
					labels[j].TP += w
				case y:
					labels[j].FN += w
					bad++
				case p:
					labels[j].FP += w
					bad++
				default:
					labels[j].TN += w
				}
			}
			if known > 0 {
				rows += w
				right += w * zeroOne(bad == 0)
				wrong += w * bad
				cells += w * known
			}
		}
		subset, err := e.SubsetAccuracy()
		require.NoError(t, err)
		require.True(t, almost.Equal(t, right/rows, subset, 1e-12, 0, "trial %d", trial))
		hamming, err := e.HammingLoss()
		require.NoError(t, err)
		require.True(t, almost.Equal(t, wrong/cells, hamming, 1e-12, 0, "trial %d", trial))
		got, err := e.LabelConfusion()
		require.NoError(t, err)
		require.Len(t, got, len(labels))
		for j, want := range labels {
			almost.Slice(t, []float64{want.TP, want.FP, want.FN, want.TN}, []float64{got[j].TP, got[j].FP, got[j].FN, got[j].TN}, 1e-12, 0)
		}
	}
}

// TestEmptyVersusEmpty is the example of the documentation of ZeroDivision.
func TestEmptyVersusEmpty(t *testing.T) {
	e := Evaluation{
		Truth:     []Set{New(3), New(3), New(3, 1), New(3), New(3, 0, 1)},
		Predicted: []Set{New(3), New(3), New(3), New(3, 2), New(3, 1)},
	}
	f1 := 2.0 / 3
	for z, want := range map[ZeroDivision][3]float64{ // F1, precision, recall
		ZeroDivisionDefault: {f1 / 5, 1. / 5, .5 / 5},
		ZeroDivisionZero:    {f1 / 5, 1. / 5, .5 / 5},
		ZeroDivisionOne:     {(2 + f1) / 5, (3 + 1.) / 5, (3 + .5) / 5},
		ZeroDivisionSkip:    {f1 / 3, 1. / 2, .5 / 2},
	} {
		e.ZeroDivision = z
		f, err := e.F1(Samples)
		require.NoError(t, err)
		p, err := e.Precision(Samples)
		require.NoError(t, err)
		r, err := e.Recall(Samples)
		require.NoError(t, err)
		almost.Slice(t, want[:], []float64{f, p, r}, 1e-15, 0, z)
	}
}

func TestFBetaExtremes(t *testing.T) {
	e := Evaluation{Truth: []Set{New(4, 0, 1, 2), New(4, 1), New(4)}, Predicted: []Set{New(4, 0, 3), New(4), New(4, 2)}, ZeroDivision: ZeroDivisionOne}
	// Row 0 has precision 1/2 and recall 1/3; rows 1 and 2 are never 0/0 for a
	// positive finite beta, and one of them is at either end.
	for beta, want := range map[float64]float64{1e-200: 1. / 6, 1e200: 1. / 9, 1: 2. / 5 / 3} {
		v, err := e.FBeta(beta, Samples)
		require.NoError(t, err)
		almost.Equal(t, want, v, 1e-15, 0, beta)
	}
}
