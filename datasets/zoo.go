package datasets

import (
	"fmt"
	"slices"

	"github.com/gibbs-ebm/gibbs/sets"
)

// zoo makes the unconditional data set of animals: each of 101 is the set of
// those of 15 attributes that it has, from hair to catsize; there are no
// features. The number of legs and the class of the animal, which are not
// yes or no, are left out, as is its name. There is no split.
//
// Source: R. Forsyth, 1990, in the UCI Machine Learning Repository as Zoo. What
// an animal has is a fact, which no licence covers. Two rows are frogs, one of
// them venomous, as in the original.
func zoo(records [][]string) (*MultilabelBenchmark, error) {
	header, rows := records[0], records[1:]
	legs := slices.Index(header, "legs")
	var columns []int
	var labels []string
	for j := 1; j < len(header)-1; j++ { // between the name and the class
		if j != legs {
			columns = append(columns, j)
			labels = append(labels, header[j])
		}
	}
	all := &Multilabel{Name: "zoo", Y: sets.Make(len(rows), len(labels)), Labels: labels}
	for i, row := range rows {
		for l, j := range columns {
			if row[j] != "TRUE" && row[j] != "FALSE" {
				return nil, fmt.Errorf("datasets: zoo: %s of %s is %q", header[j], row[0], row[j])
			}
			all.Y[i].Set(l, row[j] == "TRUE")
		}
	}
	return &MultilabelBenchmark{Name: all.Name, Train: all}, nil
}
