package datasets_test

import (
	"context"
	"fmt"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/sets"
)

func ExampleIsing() {
	truth, err := datasets.NewIsing(datasets.IsingConfig{Labels: 6, Features: 2, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	train, err := truth.Sample(context.Background(), 1000, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	n, d, k := train.Dims()
	fmt.Println(n, "rows,", d, "features,", k, "labels")
	x := []float64{0.5, -1}
	y := sets.New(6, 0, 2)
	logZ, err := truth.LogPartitionUniform(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	logP, err := truth.LogProb(x, y)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("log Z = %.4f nats, log p(%v|x) = %.4f nats\n", logZ, y, logP)
	// Output:
	// 1000 rows, 2 features, 6 labels
	// log Z = 3.2892 nats, log p({0, 2}|x) = -6.0629 nats
}
