package datasets_test

import (
	"context"
	"fmt"

	"github.com/gibbs-ebm/gibbs/datasets"
)

func ExampleOpen() {
	votes, err := datasets.Open(context.Background(), "votes")
	if err != nil {
		fmt.Println(err)
		return
	}
	n, d, k := votes.Train.Dims()
	fmt.Println(n, "rows for training,", d, "features,", k, "labels;", votes.Test.Len(), "rows for testing")
	fmt.Println("the first row says yes to", votes.Train.Y[0], "of", votes.Train.Observed[0])
	// Output:
	// 287 rows for training, 9 features, 8 labels; 148 rows for testing
	// the first row says yes to {1, 3, 4, 5, 7} of {0, 1, 3, 4, 5, 6, 7}
}

func ExampleCatalog() {
	for _, e := range datasets.Catalog() {
		if e.Task == datasets.MultilabelTask && e.Rows < 500 {
			fmt.Printf("%-9s %3d x %2d, %2d labels: %s\n", e.Name, e.Rows, e.Features, e.Labels, e.Note)
		}
	}
	// Output:
	// flags     194 x 19,  7 labels: colours in national flags; Goncalves, Plastino and Freitas 2013
	// foodtruck 407 x 21, 12 labels: food truck cuisines that people chose; Rivolli, Parker and de Carvalho 2017; no published split
	// votes     435 x  9,  8 labels: votes in the US House of Representatives of 1984, the last 8 from party and the first 8; labels missing; Schlimmer 1987
	// zoo       101 x  0, 15 labels: 15 yes/no attributes of animals as sets, no features; Forsyth 1990; no split
}
