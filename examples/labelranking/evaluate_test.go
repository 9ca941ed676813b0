package main

import (
	"context"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
)

func parsePartials(t *testing.T, texts ...string) []permutations.Partial {
	var out []permutations.Partial
	for _, text := range texts {
		p, err := permutations.ParsePartial(text)
		require.NoError(t, err)
		out = append(out, p)
	}
	return out
}

func TestBaselineByHand(t *testing.T) {
	train := permutations.Data{
		Y:       []permutations.Ordering{{0, 1, 2}, {1, 0, 2}, nil},
		Partial: append(make([]permutations.Partial, 2), parsePartials(t, "2>1/3")...),
		Weights: []float64{1, 1, 3},
	}
	// Counts: 2+0-0 and 0+2 for labels 0 and 1, -2-2 for 2, and 3 times +1 for 2
	// and -1 for 1: 2, -1, -1, with the lower label first among equals.
	order, err := borda(train)
	require.NoError(t, err)
	assert.Equal(t, permutations.Ordering{0, 1, 2}, order)

	test := permutations.Data{Y: []permutations.Ordering{{0, 2, 1}, nil}, Partial: append(make([]permutations.Partial, 1), parsePartials(t, "1>0/3")...)}
	e, err := baseline(&parts{train: train, test: test}, []decision{mode, kemeny})
	require.NoError(t, err)
	for _, d := range []decision{mode, kemeny} {
		almost.Equal(t, (1./3-1)/2, e.Scores[d.score(report.KendallTau)], 1e-15, 0)
		almost.Equal(t, 0, e.Scores[d.score(report.ExactMatch)], 0, 0)
	}
	almost.Equal(t, (math.Log(6)+math.Log(2))/2, e.Scores[experiment.Score{Metric: report.NLL}], 1e-14, 0)
}

func TestBordaDoesNotCompareTiedLabels(t *testing.T) {
	order, err := borda(permutations.Data{Partial: parsePartials(t, "2=1>0/4", "2>3/4")})
	require.NoError(t, err)
	// 0: -2, 1: 1, 2: 1+1, 3: -1
	assert.Equal(t, permutations.Ordering{2, 1, 3, 0}, order)
}

// The scores of the decisions of a model equal those computed from its
// probabilities of all orderings.
func TestDecisionsAreThoseOfTheProbabilities(t *testing.T) {
	o, err := parse([]string{"-quick", "-dataset", "iris", "-decision", "spearman"}, io.Discard)
	require.NoError(t, err)
	ctx := context.Background()
	sources, err := open(ctx, o, io.Discard)
	require.NoError(t, err)
	p, err := sources[0].split(o.testShare, 1)
	require.NoError(t, err)
	m, _, _, err := (&task{options: o, parts: p, model: birkhoff, objective: minmin, seed: 1, workers: 1}).final(o.recipe).Run(ctx, func(int) {})
	require.NoError(t, err)
	e, err := evaluate(ctx, m.Model, p.test, o.decisions())
	require.NoError(t, err)

	var all []permutations.Ordering
	for ys := range m.Space().(*permutations.Space).Enumerate(6) {
		for _, y := range ys {
			all = append(all, y.Clone())
		}
	}
	probability := make([][]float64, p.test.Len()) // of each row and ordering
	for _, y := range all {
		same := permutations.Data{X: p.test.X}
		for range p.test.Len() {
			same.Y = append(same.Y, y)
		}
		lps, err := m.LogProbs(ctx, same)
		require.NoError(t, err)
		for i, lp := range lps {
			probability[i] = append(probability[i], math.Exp(lp.Value))
		}
	}
	nll := 0.0
	best := map[decision][]permutations.Ordering{mode: nil, kemeny: nil, spearman: nil}
	for i, y := range p.test.Y {
		for j := range all {
			if all[j].Equal(y) {
				nll -= math.Log(probability[i][j]) / float64(p.test.Len())
			}
		}
		for d := range best {
			loss := map[decision]permutations.Loss{mode: permutations.MismatchLoss{}, kemeny: permutations.KendallLoss{}, spearman: permutations.SpearmanLoss{}}[d]
			least, at := math.Inf(1), 0
			for a := range all {
				expected := 0.0
				for j := range all {
					expected += probability[i][j] * loss.Between(all[a], all[j])
				}
				if expected < least {
					least, at = expected, a
				}
			}
			best[d] = append(best[d], all[at])
		}
	}
	almost.Equal(t, nll, e.Scores[experiment.Score{Metric: report.NLL}], 1e-10, 0)
	for d, ys := range best {
		tau, err := permutations.Evaluation{Truth: p.test.Y, Predicted: ys}.KendallTau()
		require.NoError(t, err)
		almost.Equal(t, tau, e.Scores[d.score(report.KendallTau)], 1e-12, 0)
	}
}

func TestProposalsWeightsAndNames(t *testing.T) {
	of := func(r recipe, o objective) permutations.MinMin {
		return r.config(birkhoff, o, 4, true).Objective.(permutations.MinMin)
	}
	r := standard
	assert.Equal(t, permutations.StagewiseProposal{}, of(r, minmin).Proposal)
	assert.Equal(t, permutations.PlackettLuceProposal{}, r.Proposal.of(preference), "its scores are of pairs")
	assert.Equal(t, fenchel.Scaled{Of: fenchel.Sparsemax, Scale: 1. / 24}, of(r, sparsemax).Loss)
	r.Scale = plain
	assert.Equal(t, fenchel.Sparsemax, of(r, sparsemax).Loss)
	assert.Nil(t, of(r, sparsemax).Proposal)
	assert.Equal(t, permutations.StagewiseProposal{}, of(r, minmin).Proposal)
	r.Proposal = plackettLuce
	assert.Equal(t, permutations.PlackettLuceProposal{}, of(r, minmin).Proposal)
	r.Proposal = uniform
	assert.Nil(t, of(r, minmin).Proposal, "the reference itself")
	r.Samples, r.Proposal = 0, plackettLuce
	assert.True(t, of(r, sparsemax).Summed)
	assert.Nil(t, of(r, sparsemax).Proposal)

	assert.Equal(t, []float64{1.5, 0.5, -0.5, -1.5}, steps.of(4))
	assert.Nil(t, variance1.of(4))
	assert.Nil(t, steps.of(1), "a single label has no steps")
	assert.Equal(t, permutations.Permutahedron{Weights: []float64{0.5, -0.5}}, r.config(permutahedron, exact, 2, true).Coupling)

	for o, name := range map[objective]string{
		minmin: permutations.MinMin{}.String(), exact: permutations.Exact{}.String(), cd: permutations.CD{}.String(), minmax: permutations.MinMax{}.String(),
	} {
		assert.Equal(t, name, o.String())
	}
}
