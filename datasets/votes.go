package datasets

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/sets"
)

// votesFeatures is how many of the 16 votes are features.
const votesFeatures = 8

// votes makes the multilabel problem of the votes of the US House of
// Representatives in 1984: which of the last 8 votes a member says yes to,
// from the member's party and the first 8 votes. There are 435 rows.
//
// The 9 features are party=republican, 1 or 0 for a democrat, and V1 to V8,
// +1 for yes, -1 for no and 0 for unknown. The 8 labels V9 to V16 are in the
// set for yes; an unknown one, '?' in the file, is missing (not Observed).
// The votes are
//
//	V1 handicapped-infants                V9  mx-missile
//	V2 water-project-cost-sharing         V10 immigration
//	V3 adoption-of-the-budget-resolution  V11 synfuels-corporation-cutback
//	V4 physician-fee-freeze               V12 education-spending
//	V5 el-salvador-aid                    V13 superfund-right-to-sue
//	V6 religious-groups-in-schools        V14 crime
//	V7 anti-satellite-test-ban            V15 duty-free-exports
//	V8 aid-to-nicaraguan-contras          V16 export-administration-act-south-africa
//
// No split was published with the data. The one here is this library's and
// fixed: two thirds for training by StratifiedSplit, seed 1984.
//
// Source: Congressional Quarterly Almanac, 98th Congress, 2nd session, 1984;
// collected by J. Schlimmer (Concept acquisition through representational
// adjustment, 1987) and in the UCI Machine Learning Repository as
// Congressional Voting Records. Roll-call votes are facts, which no licence
// covers.
func votes(records [][]string) (*MultilabelBenchmark, error) {
	header, rows := records[0], records[1:]
	all := &Multilabel{
		Name:     "votes",
		Y:        sets.Make(len(rows), len(header)-1-votesFeatures),
		Observed: sets.Make(len(rows), len(header)-1-votesFeatures),
		Features: append([]string{"party=republican"}, header[1:1+votesFeatures]...),
		Labels:   header[1+votesFeatures:],
	}
	x := mat.NewDense(len(rows), 1+votesFeatures, nil)
	codes := map[string]float64{"y": 1, "n": -1, "?": 0}
	parties := map[string]float64{"republican": 1, "democrat": 0}
	for i, row := range rows {
		party, known := parties[row[0]]
		if !known {
			return nil, fmt.Errorf("datasets: votes: row %d is of party %q", i, row[0])
		}
		x.Set(i, 0, party)
		for j, vote := range row[1:] {
			code, known := codes[vote]
			if !known {
				return nil, fmt.Errorf("datasets: votes: row %d has %q for %s", i, vote, header[1+j])
			}
			if j < votesFeatures {
				x.Set(i, 1+j, code)
				continue
			}
			all.Y[i].Set(j-votesFeatures, code > 0)
			all.Observed[i].Set(j-votesFeatures, code != 0)
		}
	}
	all.X = x
	parts, err := StratifiedSplit(all.Y, []float64{2. / 3, 1. / 3}, rand.New(rand.NewPCG(1984, 0)))
	if err != nil {
		return nil, err
	}
	return &MultilabelBenchmark{Name: all.Name, Train: all.Rows(parts[0]), Test: all.Rows(parts[1])}, nil
}
