package sets

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Without anything learned tau is log Z for unary scores, at unseen x too, and a
// structured tau is restored from a file.
func TestStructuredTauIsLogZ(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	const n, d, k = 60, 4, 5
	x, unseen := mat.NewDense(n, d, nil), mat.NewDense(n, d, nil)
	ys := Make(n, k)
	for i := range n {
		for j := range d {
			x.Set(i, j, rng.NormFloat64())
			unseen.Set(i, j, 5*rng.NormFloat64())
		}
		for j := range k {
			ys[i].Set(j, rng.Float64() < 0.3)
		}
	}
	ctx := context.Background()
	for _, of := range []Coupling{Unary{}, Pairwise{}, Pairwise{Rank: 2, Shared: true}} {
		cfg := Config{Coupling: of, Network: nn.MLP{Hidden: []int{8}}, Objective: MinMin{Samples: 16, Proposal: Marginal{Stratified: true}}}
		cfg.Epochs = 5
		if of == (Pairwise{}) {
			cfg.Tau = logpart.Structured{Residual: logpart.Convex{Hidden: []int{4}}} // an exact base takes none
		}
		m, err := Fit(ctx, Data{X: x, Y: ys}, cfg)
		require.NoError(t, err)
		taus, err := m.Taus(ctx, unseen)
		require.NoError(t, err)
		exact, err := m.Normalizers(ctx, unseen)
		require.NoError(t, err)
		for i, tau := range taus {
			almost.Equal(t, exact[i].Value, tau, 1e-9, 0, "%T", of)
		}
		var file bytes.Buffer
		require.NoError(t, m.Save(&file))
		loaded, err := Load(&file)
		require.NoError(t, err)
		again, err := loaded.Taus(ctx, unseen)
		require.NoError(t, err)
		almost.Same(t, taus, again)
		diagnosis, err := structured.Diagnose(ctx, m.Model, unseen, structured.Checkup[Set]{Training: x})
		require.NoError(t, err)
		assert.Zero(t, diagnosis.Rejected)
		assert.Greater(t, diagnosis.Points[0].Distance, 0.0)
	}
}

// The default tau is log Z wherever that is cheap, an approximation where there is a
// good one, and learned from nothing elsewhere.
func TestDefaultTau(t *testing.T) {
	wide := Graph{}
	for i := range 18 {
		for j := range i {
			wide.Edges = append(wide.Edges, Edge{i, j})
		}
	}
	for _, c := range []struct {
		name string
		of   Coupling
		k    int
		ref  Reference
		base logpart.Base
	}{
		{"unary", Unary{}, 40, nil, logpart.ExactBase},
		{"unary, sizes", Unary{}, 40, BoundedSize{1, 3}, logpart.ExactBase},
		{"pairwise", Pairwise{}, MaxCheap, nil, logpart.ExactBase},
		{"pairwise, sizes", Pairwise{}, MaxCheap, BoundedSize{1, 3}, logpart.ExactBase},
		{"pairwise, more", Pairwise{}, MaxCheap + 1, nil, logpart.ApproximateBase},
		{"pairwise, more, sizes", Pairwise{}, MaxCheap + 1, BoundedSize{0, 2}, logpart.NoBase},
		{"pairwise, many", Pairwise{Rank: 2}, 40, nil, logpart.ApproximateBase},
		{"pairwise, many, sizes", Pairwise{Rank: 2}, 40, BoundedSize{1, 2}, logpart.NoBase},
		{"chain", Chain{}, 40, nil, logpart.ExactBase},
		{"chain, sizes", Chain{}, 40, BoundedSize{1, 3}, logpart.ExactBase},
		{"dense graph", wide, 18, nil, logpart.NoBase},
		{"cardinality", Cardinality{}, 40, nil, logpart.ExactBase},
		{"determinantal", Determinantal{Rank: 2}, 40, nil, logpart.ExactBase},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, ys := mat.NewDense(12, 1, nil), Make(12, c.k)
			for i, y := range ys {
				x.Set(i, 0, float64(i))
				y.Add(i)
				y.Add((i + 1) % 3)
			}
			cfg := Config{Coupling: c.of, Reference: c.ref, Network: nn.Linear{}, Objective: MinMin{Samples: 4}}
			cfg.Epochs = 1
			m, err := Fit(context.Background(), Data{X: x, Y: ys}, cfg)
			require.NoError(t, err)
			inf, ok := m.Model.Inference().(structured.LogPartitionSurrogate[Set])
			require.True(t, ok)
			assert.Equal(t, c.base, inf.SurrogateBase())
			scores := 2*m.Coupling().NumLogits() + m.Coupling().NumOwn()
			assert.Equal(t, c.base == logpart.NoBase, len(m.Params()) > scores, "tau has parameters where nothing is known")
			if c.base != logpart.ExactBase {
				return
			}
			taus, err := m.Taus(context.Background(), x)
			require.NoError(t, err)
			exact, err := m.Normalizers(context.Background(), x)
			require.NoError(t, err)
			for i, tau := range taus {
				assert.Equal(t, structured.Exact, exact[i].Kind)
				almost.Equal(t, exact[i].Value, tau, 1e-9, 0)
			}
		})
	}
}
