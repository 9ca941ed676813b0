package sets_test

import (
	"context"
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/logpart/diagram"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// How far to trust the learned log-partition of a model, here one that knows
// nothing of the scores: on rows it was not trained on, beside what is exact, and
// whether its probabilities come true.
func Example_diagnose() {
	ctx := context.Background()
	votes, _ := datasets.Open(ctx, "votes")
	train, test := votes.Train.Data(), votes.Test.Data()
	model, err := sets.Fit(ctx, train, sets.Config{
		Coupling:  sets.Pairwise{},
		Objective: sets.MinMin{Samples: 64, Proposal: sets.Belief{}},
		Tau:       logpart.Network{},
		Training:  structured.Training{Epochs: 10, Seed: 1},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := structured.Diagnose(ctx, model.Model, test.X, structured.Checkup[sets.Set]{Training: train.X})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("exact references:", d.Exact == d.Examples)
	fmt.Println("errors of tau of more than 0.01 nats:", d.Absolute.Median > 0.01)
	_ = d.String()                       // a few lines
	_ = d.WriteJSON(io.Discard)          // everything, point by point
	_ = diagram.Diagnosis(io.Discard, d) // PNG

	refined, _ := model.ImportanceNormalizers(ctx, test.X, 4096)
	fmt.Println("refined from fresh draws, to be believed:", refined[0].Reliable(), refined[0].Error < 0.1)

	r, _ := model.Reliability(ctx, test, 10)
	_ = diagram.Reliability(io.Discard, diagram.Titled{Title: "labels", Calibration: r.Labels}, diagram.Titled{Title: "sets", Calibration: r.Sets})
	fmt.Println("calibration error of labels below 0.1:", r.Labels.Error < 0.1)
	// Output:
	// exact references: true
	// errors of tau of more than 0.01 nats: true
	// refined from fresh draws, to be believed: true true
	// calibration error of labels below 0.1: true
}
