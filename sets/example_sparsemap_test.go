package sets_test

import (
	"context"
	"fmt"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Which pairs of labels, from scores alone: a distribution over few sets of at
// most two labels, by SparseMAP, and their frequencies under noise.
func ExampleSparseMAP() {
	// No features: the model is one vector of scores.
	data := sets.Data{Y: []sets.Set{sets.New(4, 0, 1), sets.New(4, 0, 2), sets.New(4, 0, 1), sets.New(4, 3)}}
	cfg := sets.Config{
		Coupling: sets.Unary{}, Reference: sets.BoundedSize{Min: 0, Max: 2}, Objective: sets.SparseMAP{},
		Training: structured.Training{Epochs: 2000, Seed: 1},
	}
	model, err := sets.Fit(context.Background(), data, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	top, err := model.TopK(nil, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the best set:", top[0].Y)

	oracle, err := model.Oracle() // its modes
	if err != nil {
		fmt.Println(err)
		return
	}
	scores := []float64{1.5, 0.6, 0.4, 0.1}
	ys, p, err := oracle.SparsePosterior(scores, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, y := range ys {
		fmt.Printf("%v with probability %.2f\n", y, p.P[i])
	}
	mean := make([]float64, 4)
	_, err = fenchel.Perturbed{Of: oracle, Scale: 0.5, Samples: 2000}.Argmax(mean, nil, scores, 1)
	fmt.Printf("marginals %.2f, under noise %.1f %v\n", p.Marginals, mean, err)
	// Output:
	// the best set: {0, 1}
	// {0, 1} with probability 0.57
	// {0, 2} with probability 0.37
	// {0, 3} with probability 0.07
	// marginals [1.00 0.57 0.37 0.07], under noise [1.0 0.5 0.3 0.2] <nil>
}
