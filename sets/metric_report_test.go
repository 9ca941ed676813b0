package sets

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// TestReportIsTheMetrics compares the one pass with the single metrics.
func TestReportIsTheMetrics(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 100 {
		e := randomEvaluation(rng)
		e.ZeroDivision = ZeroDivisionSkip // not used by Report
		r, err := e.Report()
		require.NoError(t, err)
		want := func(got float64, f func() (float64, error)) {
			t.Helper()
			v, err := f()
			require.NoError(t, err)
			almost.Equal(t, v, got, 1e-12, 0)
		}
		want(r.SubsetAccuracy, e.SubsetAccuracy)
		want(r.HammingLoss, e.HammingLoss)
		for _, c := range []struct {
			z ZeroDivision
			m Ratios
		}{{ZeroDivisionZero, r.Zero}, {ZeroDivisionOne, r.One}} {
			e.ZeroDivision = c.z
			for _, m := range []struct {
				f   func(Average) (float64, error)
				got Averages
			}{{e.Precision, c.m.Precision}, {e.Recall, c.m.Recall}, {e.F1, c.m.F1}, {e.Jaccard, c.m.Jaccard}} {
				want(m.got.Samples, func() (float64, error) { return m.f(Samples) })
				want(m.got.Micro, func() (float64, error) { return m.f(Micro) })
				want(m.got.Macro, func() (float64, error) { return m.f(Macro) })
				want(m.got.Weighted, func() (float64, error) { return m.f(Weighted) })
			}
		}
		almost.Equal(t, r.Zero.F1.Samples+r.BothEmpty, r.One.F1.Samples, 1e-12, 0)
		almost.Equal(t, r.Zero.Jaccard.Samples+r.BothEmpty, r.One.Jaccard.Samples, 1e-12, 0)
		rows := 0
		for i := range e.Truth {
			for j := range e.Truth[i].K() {
				if e.known(i, j) {
					rows++
					break
				}
			}
		}
		assert.Equal(t, rows, r.Rows)
		assert.Equal(t, e.Truth[0].K(), r.Labels)
		e.ZeroDivision = ZeroDivisionSkip
		if f1, err := e.F1(Samples); err == nil {
			almost.Equal(t, r.Zero.F1.Samples/(1-r.BothEmpty), f1, 1e-12, 0)
		}
	}
}

func TestReportTableIsAligned(t *testing.T) {
	e := Evaluation{Truth: []Set{New(2, 0), New(2)}, Predicted: []Set{New(2, 0, 1), New(2)}}
	r, err := e.Report()
	require.NoError(t, err)
	widths := map[int]int{}
	for line := range strings.Lines(r.String()) {
		widths[len(line)]++
	}
	// The heading, two blank lines, three numbers and two tables of five lines.
	assert.Equal(t, map[int]int{len("2 rows, 2 labels\n"): 1, 1: 2, 26: 3, 53: 10}, widths)
}

func TestMetricNames(t *testing.T) {
	assert.Equal(t, "samples micro macro weighted Average(9)",
		Samples.String()+" "+Micro.String()+" "+Macro.String()+" "+Weighted.String()+" "+Average(9).String())
	assert.Equal(t, "default, 0/0 = 0, 0/0 = 1, 0/0 skipped, ZeroDivision(-1)",
		ZeroDivisionDefault.String()+", "+ZeroDivisionZero.String()+", "+ZeroDivisionOne.String()+", "+ZeroDivisionSkip.String()+", "+ZeroDivision(-1).String())
}
