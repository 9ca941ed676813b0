package datasets_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/datasets"
)

func ExampleStratifiedSplit() {
	zoo, err := datasets.Open(context.Background(), "zoo")
	if err != nil {
		fmt.Println(err)
		return
	}
	all := zoo.Train
	parts, err := datasets.StratifiedSplit(all.Y, []float64{0.7, 0.3}, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, part := range parts {
		m := all.Rows(part)
		venomous := 0
		for _, y := range m.Y {
			if y.Has(10) {
				venomous++
			}
		}
		fmt.Println(m.Len(), "animals,", venomous, m.LabelName(10))
	}
	// Output:
	// 70 animals, 6 venomous
	// 31 animals, 2 venomous
}
