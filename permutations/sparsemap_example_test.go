package permutations_test

import (
	"context"
	"fmt"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// Rankings learned from sorting alone, and a distribution over few of them.
func ExampleSparseMAP() {
	votes := permutations.Data{
		Y: []permutations.Ordering{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}}, Weights: []float64{4, 2, 1},
	}
	cfg := permutations.Config{Coupling: permutations.Permutahedron{}, Objective: permutations.SparseMAP{}}
	cfg.Epochs, cfg.Seed = 2000, 1
	model, err := permutations.Fit(context.Background(), votes, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	top, err := model.TopK(nil, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the best ranking:", top[0].Y)

	oracle, err := model.Oracle() // its modes
	if err != nil {
		fmt.Println(err)
		return
	}
	ys, p, err := oracle.SparsePosterior([]float64{0.9, 0.7, -1}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, y := range ys {
		fmt.Printf("%v with probability %.2f\n", y, p.P[i])
	}
	// Output:
	// the best ranking: 0>1>2
	// 0>1>2 with probability 0.59
	// 1>0>2 with probability 0.39
	// 1>2>0 with probability 0.02
}
