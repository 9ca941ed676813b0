package sets

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// slowRanking has the metrics as their definitions say, label by label.
type slowRanking struct {
	RankingEvaluation
	e Evaluation
}

// mean averages num/den over the rows, of which it gives the known labels.
func (s slowRanking) mean(byDefault float64, f func(i int, known []int) (num, den float64)) (float64, error) {
	var sum, total float64
	for i := range s.Truth {
		var known []int
		for j := range s.Truth[i].K() {
			if s.e.known(i, j) {
				known = append(known, j)
			}
		}
		if len(known) == 0 {
			continue
		}
		num, den := f(i, known)
		v := byDefault
		switch {
		case den != 0:
			v = num / den
		case s.ZeroDivision == ZeroDivisionZero:
			v = 0
		case s.ZeroDivision == ZeroDivisionOne:
			v = 1
		case s.ZeroDivision == ZeroDivisionSkip:
			continue
		}
		sum += s.e.weight(i) * v
		total += s.e.weight(i)
	}
	if total == 0 {
		return 0, ErrUndefined
	}
	return sum / total, nil
}

func (s slowRanking) score(i, j int) float64 { return s.Scores[i*s.Truth[0].K()+j] }

// atLeast counts the known labels that score as j or more, true ones or all.
func (s slowRanking) atLeast(i, j int, known []int, onlyTrue bool) (n float64) {
	for _, l := range known {
		if s.score(i, l) >= s.score(i, j) && (!onlyTrue || s.Truth[i].Has(l)) {
			n++
		}
	}
	return n
}

func (s slowRanking) truths(i int, known []int) (n float64) {
	for _, j := range known {
		n += zeroOne(s.Truth[i].Has(j))
	}
	return n
}

// hits counts the true labels among the first m.
func (s slowRanking) hits(i int, known []int, m int) float64 {
	order := slices.Clone(known)
	slices.SortStableFunc(order, func(a, b int) int {
		if s.score(i, a) > s.score(i, b) {
			return -1
		} else if s.score(i, a) < s.score(i, b) {
			return 1
		}
		return 0
	})
	return s.truths(i, order[:min(m, len(order))])
}

func TestRankingMetricsAgainstDefinitions(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for trial := range 300 {
		e, r := randomBoth(rng)
		r.ZeroDivision = ZeroDivision(rng.IntN(4))
		if rng.IntN(2) == 0 {
			for i := range r.Scores {
				r.Scores[i] = [...]float64{math.Inf(-1), -1, math.Copysign(0, -1), 0, 1, math.Inf(1), rng.Float64()}[rng.IntN(7)]
			}
		}
		s := slowRanking{r, e}
		m := 1 + rng.IntN(r.Truth[0].K())
		compare := func(name string, got func() (float64, error), byDefault float64, f func(i int, known []int) (num, den float64)) {
			t.Helper()
			want, wantErr := s.mean(byDefault, f)
			v, err := got()
			require.Equal(t, wantErr, err, name)
			require.True(t, almost.Equal(t, want, v, 1e-12, 0, "trial %d: %s", trial, name))
		}
		compare("ranking loss", r.RankingLoss, 0, func(i int, known []int) (num, den float64) {
			for _, a := range known {
				for _, b := range known {
					if r.Truth[i].Has(a) && !r.Truth[i].Has(b) {
						den++
						num += zeroOne(s.score(i, a) <= s.score(i, b))
					}
				}
			}
			return num, den
		})
		compare("LRAP", r.LabelRankingAveragePrecision, 1, func(i int, known []int) (num, den float64) {
			for _, a := range known {
				if r.Truth[i].Has(a) {
					num += s.atLeast(i, a, known, true) / s.atLeast(i, a, known, false)
				}
			}
			return num, s.truths(i, known)
		})
		compare("coverage", r.CoverageError, 0, func(i int, known []int) (num, den float64) {
			for _, a := range known {
				if r.Truth[i].Has(a) {
					num = max(num, s.atLeast(i, a, known, false))
				}
			}
			return num, 1
		})
		compare("one-error", r.OneError, 0, func(i int, known []int) (num, den float64) { return 1 - s.hits(i, known, 1), 1 })
		compare("precision", func() (float64, error) { return r.PrecisionAt(m) }, 0, func(i int, known []int) (num, den float64) {
			return s.hits(i, known, m), float64(min(m, len(known)))
		})
		compare("recall", func() (float64, error) { return r.RecallAt(m) }, 0, func(i int, known []int) (num, den float64) {
			return s.hits(i, known, m), s.truths(i, known)
		})
	}
}

func TestMarginalMetrics(t *testing.T) {
	r := RankingEvaluation{
		Truth:    []Set{New(2, 0), New(2)},
		Scores:   []float64{0.8, 0.4, 0, 0.5},
		Observed: []Set{All(2), New(2, 1)},
		Weights:  []float64{1, 2},
	}
	v, err := r.LogLoss(0)
	require.NoError(t, err)
	almost.Equal(t, -(math.Log(0.8)+math.Log(0.6)+2*math.Log(0.5))/4, v, 1e-15, 0)
	v, err = r.LogLoss(0.5)
	require.NoError(t, err)
	almost.Equal(t, math.Ln2, v, 1e-15, 0)
	v, err = r.BrierScore()
	require.NoError(t, err)
	almost.Equal(t, (0.04+0.16+2*0.25)/4, v, 1e-15, 0)
}

func TestRankingTies(t *testing.T) {
	r := RankingEvaluation{Truth: []Set{New(4, 1, 3)}, Scores: []float64{1, 1, 0, 1}}
	for name, c := range map[string]struct {
		want float64
		got  func() (float64, error)
	}{
		"a tie is a full error":     {2. / 4, r.RankingLoss},
		"all tied labels are read":  {3, r.CoverageError},
		"the worst rank":            {2. / 3, r.LabelRankingAveragePrecision},
		"label 0 is first":          {1, r.OneError},
		"labels 0 and 1 are first":  {1. / 2, func() (float64, error) { return r.PrecisionAt(2) }},
		"labels 0, 1 and 3 are all": {1, func() (float64, error) { return r.RecallAt(3) }},
	} {
		v, err := c.got()
		require.NoError(t, err)
		assert.True(t, almost.Equal(t, c.want, v, 1e-15, 0, name))
	}
}
