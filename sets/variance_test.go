package sets_test

import (
	"context"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Why the reference matters. For unary scores the second moment of the weight
// p/q under q uniform is exact, prod_j 2(p_j^2 + (1-p_j)^2): at the model of
// the label frequencies its log is 0.9 on emotions, and 77 on cal500, where no
// feasible number of uniform samples can learn. Relative to the frequencies
// themselves it is 0.
func TestSecondMomentOfUniformWeights(t *testing.T) {
	if os.Getenv("GIBBS_DATA") == "" {
		t.Skip("GIBBS_DATA is not set: the benchmark data is needed")
	}
	for name, want := range map[string]float64{"yeast": 3.9, "scene": 2.1, "birds": 11.2, "emotions": 0.9, "cal500": 77.4} {
		b, err := datasets.Open(context.Background(), name)
		require.NoError(t, err)
		all, err := b.All()
		require.NoError(t, err)
		data := all.Data()
		log := 0.0
		f, err := sets.Frequencies(data)
		require.NoError(t, err)
		p := f.P
		for _, pj := range p {
			log += math.Log(2 * (pj*pj + (1-pj)*(1-pj)))
		}
		almost.Equal(t, want, log, 0.5, 0, name)

		// The same number from the library: log Z of twice the scores, less
		// twice log Z.
		k := data.K()
		space, err := sets.NewSpace(k, sets.Uniform{})
		require.NoError(t, err)
		c, err := sets.NewCoupling(sets.Unary{}, k)
		require.NoError(t, err)
		inf, err := c.(structured.Inferrer[sets.Set]).Infer(space)
		require.NoError(t, err)
		once, twice := make([]float64, k), make([]float64, k)
		for j, pj := range p {
			once[j] = math.Log(pj / (1 - pj))
			twice[j] = 2 * once[j]
		}
		z := inf.(structured.LogPartition[sets.Set])
		got := z.LogZ(structured.Theta{Logits: twice}) - 2*z.LogZ(structured.Theta{Logits: once})
		almost.Equal(t, log, got, 1e-9, 0, name)
	}
}
