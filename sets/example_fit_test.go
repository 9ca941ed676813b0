package sets_test

import (
	"context"
	"fmt"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// The example of the README: learn how the members of a parliament vote, with
// missing votes, and ask for probabilities of whole voting records.
func Example() {
	ctx := context.Background()
	votes, _ := datasets.Open(ctx, "votes")
	train, test := votes.Train.Data(), votes.Test.Data()

	model, err := sets.Fit(ctx, train, sets.Config{
		Coupling: sets.Pairwise{},
		Training: structured.Training{Epochs: 30, Seed: 1},
	})
	if err != nil {
		fmt.Println(err) // names the row and column of a bad number
		return
	}

	lps, _ := model.LogProbs(ctx, test)       // log p(y|x) in nats, and how it was normalised
	best, _ := model.Predict(ctx, test.X)     // the most probable set for each row
	p, how, _ := model.Marginals(ctx, test.X) // P(label j | x)

	fmt.Println("a probability, normalised", lps[0].Kind, lps[0].Value < 0)
	fmt.Println("most probable record:", best[0], "votes cast:", test.Y[0], "of", test.Observed[0])
	fmt.Println("marginals", how, p.At(0, 5) > 0.5)
	// Output:
	// a probability, normalised exact true
	// most probable record: {1, 2, 4, 5, 7} votes cast: {2, 4, 5, 6, 7} of {0, 1, 2, 4, 5, 6, 7}
	// marginals exact true
}
