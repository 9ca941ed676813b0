package main

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/programtest"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/sets"
)

// twins are sets in which label 2j+1 is nearly always as label 2j.
func twins(n, k int, seed uint64) *datasets.Multilabel {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := &datasets.Multilabel{}
	for range n {
		y := sets.New(k)
		for j := 0; j < k; j += 2 {
			y.Set(j, rng.IntN(2) == 0)
			y.Set(j+1, y.Has(j) != (rng.IntN(20) == 0))
		}
		m.Y = append(m.Y, y)
	}
	return m
}

func TestDensityTable(t *testing.T) {
	t.Chdir(t.TempDir())
	o, err := parse([]string{"-table", "density", "-quick", "-epochs", "120", "-json", "out.json"}, io.Discard)
	require.NoError(t, err)
	var sources []*binary
	for name, k := range map[string]int{"few": 8, "many": 22} {
		sources = append(sources, newBinary(&datasets.SetBenchmark{
			Name: name, Train: twins(400, k, 1), Validation: twins(100, k, 2), Test: twins(100, k, 3),
		}))
	}
	var out bytes.Buffer
	require.NoError(t, o.densities(context.Background(), sources, &out, io.Discard))
	assert.Contains(t, out.String(), "few: 8 labels; 400 rows to train (")
	records := programtest.Records(t, "out.json")
	nll := map[string]map[report.Metric]float64{}
	for _, r := range records {
		require.NoError(t, r.Validate())
		key := r.Dataset + " " + r.Model + " " + r.Objective
		if nll[key] == nil {
			nll[key] = map[report.Metric]float64{}
		}
		nll[key][r.Metric] = r.Value
	}
	almost.Equal(t, 5.55, nll["few independent exact"][report.NLL], 0.1, 0)
	almost.Equal(t, 15.25, nll["many independent exact"][report.NLL], 0.1, 0)
	for key, most := range map[string]float64{ // the entropies are 0.892 for each two labels
		"few tree exact": 4.5, "few pairwise exact": 4.5, "few rbm exact": 4.7, "few deep exact": 4.5,
		"many tree exact": 13, "many rbm exact": 15.1, "many wide_rbm pcd": 15.1,
	} {
		v := nll[key][report.NLL]
		assert.True(t, v > 3 && v < most, "%s: %g", key, v)
	}
	wide := nll["many wide_rbm pcd"]
	assert.Positive(t, wide[report.NormalizerError])
	almost.Equal(t, wide[report.NLL]-1.96*wide[report.NormalizerError], wide[report.NLLLower], 1e-9, 0)
	almost.Equal(t, wide[report.NLL]+1.96*wide[report.NormalizerError], wide[report.NLLUpper], 1e-9, 0)
	assert.FileExists(t, "paper-few.png")
}

// The likelihood of different rows with weights is that of all rows.
func TestDifferentRows(t *testing.T) {
	all := twins(300, 4, 1).Data()
	few := different(all)
	assert.LessOrEqual(t, len(few.Y), 16)
	a, err := sets.Frequencies(all)
	require.NoError(t, err)
	b, err := sets.Frequencies(few)
	require.NoError(t, err)
	almost.Slice(t, a.P, b.P, 1e-12, 0)
	assert.Equal(t, 300, (&binary{}).total(few))
}
