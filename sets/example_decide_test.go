package sets_test

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/sets"
)

// No label is more probable than not, so that the most probable set is empty. What
// has the best expected F-measure is not.
func ExampleDecideIndependent() {
	p := []float64{0.45, 0.4, 0.3, 0.05}
	for _, u := range []sets.Utility{sets.ExactMatch{}, sets.Hamming{}, sets.F1, sets.Jaccard{}} {
		d, err := sets.DecideIndependent(p, u)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-16v %-10v %.3f\n", u, d.Y, d.Utility)
	}
	// Output:
	// subset_accuracy  {}         0.219
	// hamming          {}         0.700
	// f1_samples       {0, 1, 2}  0.489
	// jaccard_samples  {0, 1, 2}  0.379
}
