package permutations_test

import (
	"context"
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// Seven voters, no features: the model is one distribution over the orders of
// three candidates. What is it sure of?
func ExampleModel() {
	votes := permutations.Data{
		Y: []permutations.Ordering{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}}, Weights: []float64{4, 2, 1},
	}
	cfg := permutations.Config{Coupling: permutations.Preference{}}
	cfg.Epochs, cfg.Seed = 2000, 1
	model, err := permutations.Fit(context.Background(), votes, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	top, err := model.TopK(nil, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range top {
		fmt.Printf("%v %.2f %v\n", c.Y, math.Exp(c.LogProb.Value), c.LogProb.Kind)
	}
	h, kind, err := model.Entropy(nil)
	fmt.Printf("entropy %.1f of at most %.1f nats, %v %v\n", h, math.Log(6), kind, err)
	// Output:
	// 0>1>2 0.45 exact
	// 1>0>2 0.32 exact
	// 0>2>1 0.10 exact
	// entropy 1.4 of at most 1.8 nats, exact <nil>
}
