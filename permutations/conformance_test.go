package permutations

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// Every objective that label ranking is compared by passes the suite, through
// the same loop; exact likelihood is in TestFitConformance.
func TestObjectivesConform(t *testing.T) {
	const k, d = 4, 3
	data := ranked(40, d, k)
	for name, c := range map[string]struct {
		of        Coupling
		ref       Reference
		objective structured.Objective[Ordering]
		smooth    bool
		summed    bool
	}{
		"luce":              {of: Luce{}, objective: Exact{}, smooth: true, summed: true},
		"sparsemax":         {of: Permutahedron{}, objective: MinMin{Loss: fenchel.Sparsemax, Samples: 20}},
		"sparsemax, summed": {of: Birkhoff{}, objective: MinMin{Loss: fenchel.Sparsemax, Summed: true}, smooth: true, summed: true},
		"stagewise":         {of: Birkhoff{}, objective: MinMin{Samples: 20, Proposal: StagewiseProposal{}}},
		"fixed proposal":    {of: Preference{}, objective: MinMin{Samples: 20, Proposal: Fixed{Of: Mallows{Dispersion: 0.2}}}, smooth: true},
		"mcmc":              {of: Birkhoff{}, objective: CD{Kernel: Metropolis{Steps: 20}}},
		"sparsemap, sorted": {of: Permutahedron{}, objective: SparseMAP{}, smooth: true, summed: true},
		"sparsemap":         {of: Birkhoff{}, objective: SparseMAP{Scale: 0.5}, smooth: true, summed: true},
		"perturb and map":   {of: Permutahedron{}, objective: PerturbAndMAP{Antithetic: true}},
		"perturb, assigned": {of: Birkhoff{}, objective: PerturbAndMAP{Noise: fenchel.Gaussian}},
		"min-max":           {of: Permutahedron{}, objective: MinMax{Family: PlackettLuceFamily{}, Samples: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			sd, err := data.Structured()
			require.NoError(t, err)
			space, err := NewSpace(k, c.ref)
			require.NoError(t, err)
			coupling, err := NewCoupling(c.of, k)
			require.NoError(t, err)
			structuredtest.Fit(t, structuredtest.Problem[Ordering]{
				Structures: structuredtest.Structures[Ordering]{All: everyOrdering(k), Equal: Ordering.Equal},
				Data:       sd, Smooth: c.smooth, Sampled: !c.summed,
				Config: structured.Config[Ordering]{
					Space: space, Coupling: coupling, Objective: c.objective, Tau: logpart.Linear{},
					Network:  nn.MLP{Hidden: []int{5}, Activation: nn.Tanh},
					Training: structured.Training{Epochs: 3, BatchSize: 40, Seed: 5, Optimizer: nn.AdamW{Rate: 0.01}},
				},
			})
		})
	}
}

func TestFixedProposal(t *testing.T) {
	const k = 4
	all := structuredtest.Structures[Ordering]{All: everyOrdering(k), Equal: Ordering.Equal}
	for name, ref := range someReferences(k) {
		t.Run(name, func(t *testing.T) {
			c, _, s := bound(t, Birkhoff{}, k, nil)
			p, err := Fixed{Of: ref}.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
			require.NoError(t, err)
			structuredtest.Proposal(t, p, c, s, all)
		})
	}
	c, _, s := bound(t, Birkhoff{}, k, nil)
	_, err := Fixed{Of: PlackettLuce{LogWeights: []float64{1}}}.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
	require.Error(t, err, "over other labels")
	_, err = Fixed{}.Bind(structured.Problem[Ordering]{Space: otherSpace{}, Coupling: c})
	require.ErrorContains(t, err, "otherSpace")
}
