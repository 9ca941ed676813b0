package datasets

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"
)

// embeddedRanking is a classification data set in the program that becomes
// label rankings.
type embeddedRanking struct {
	classes []string // in the file, in the order of the labels
	labels  []string // nil for the classes
}

var embeddedRankings = map[string]embeddedRanking{
	"iris": {classes: []string{"setosa", "versicolor", "virginica"}},
	"wine": {
		classes: []string{"0", "1", "2"},
		labels:  []string{"cultivar 1", "cultivar 2", "cultivar 3"},
	},
	"glass": {
		classes: []string{"1", "2", "3", "5", "6", "7"},
		labels:  []string{"float windows", "other windows", "vehicle windows", "containers", "tableware", "headlamps"},
	},
	"vehicle": {classes: []string{"opel", "saab", "bus", "van"}},
	"vowel":   {classes: []string{"hid", "hId", "hEd", "hAd", "hYd", "had", "hOd", "hod", "hUd", "hud", "hed"}},
}

// openEmbeddedRanking makes one of the label-ranking data sets that need no
// download: the features of a classification data set and its classes, ordered
// by RankClasses. They are equal, bit for bit, to the files that are passed on
// as the KEBI benchmarks of these names, which have no names of features and
// labels (L1, L2, ...):
//
//	iris      Fisher 1936, with the two mistyped rows of the UCI copy (35 and 38)
//	wine      Forina and others 1991
//	glass     German 1987; there is no class 4
//	vehicle   Siebert 1987 (Statlog)
//	vowel     Deterding 1989; the 528 rows of the 8 speakers for training
//
// Source: UCI Machine Learning Repository. The copy of vowel at hand had no F1:
// it is computed back from the published file, where it is scaled, to the 3
// decimals that it has in the original.
func openEmbeddedRanking(name string) (*LabelRanking, error) {
	file, err := embeddedFiles.Open("embed/" + name + ".csv")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", name, err)
	}
	return embeddedRankings[name].rank(name, records)
}

func (e embeddedRanking) rank(name string, records [][]string) (*LabelRanking, error) {
	header, rows := records[0], records[1:]
	d := len(rows[0]) - 1
	m := &LabelRanking{Name: name, Features: header[:d], Labels: slices.Clone(e.labels)}
	if m.Labels == nil {
		m.Labels = slices.Clone(e.classes)
	}
	x := mat.NewDense(len(rows), d, nil)
	class := make([]int, len(rows))
	for i, row := range rows {
		for j := range d {
			v, err := parseNumber(row[j])
			if err != nil {
				return nil, fmt.Errorf("datasets: %s: row %d: %q: %w", name, i, row[j], err)
			}
			x.Set(i, j, v)
		}
		if class[i] = slices.Index(e.classes, row[d]); class[i] < 0 {
			return nil, fmt.Errorf("datasets: %s: row %d is of class %q", name, i, row[d])
		}
	}
	if err := scaleAsLIBSVM(x); err != nil {
		return nil, err
	}
	m.X = x
	var err error
	m.Y, err = RankClasses(x, class, len(e.classes))
	return m, err
}

// scaleAsLIBSVM scales each column to [-1, 1] as LIBSVM's svm-scale did to the
// files that the benchmarks were made of: numbers are read in single precision
// and written with 6 digits.
func scaleAsLIBSVM(x *mat.Dense) error {
	n, d := x.Dims()
	column := make([]float64, n)
	for j := range d {
		mat.Col(column, j, x)
		for i, v := range column {
			column[i] = float64(float32(v))
		}
		low, high := slices.Min(column), slices.Max(column)
		for i, v := range column {
			text := strconv.FormatFloat(-1+2*(v-low)/(high-low), 'g', 6, 64)
			scaled, err := parseNumber(text)
			if err != nil {
				return fmt.Errorf("datasets: column %d cannot be scaled: %w", j, err)
			}
			x.Set(i, j, scaled)
		}
	}
	return nil
}
