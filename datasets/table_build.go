package datasets

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// build makes the data set of the rows: sparse if most rows were. It uses up
// the table.
func (t *table) build(name string) (*Multilabel, error) {
	n, k := t.row.len(), len(t.labels)
	if n == 0 {
		return nil, ErrEmpty
	}
	if t.gaps {
		t.impute()
	}
	m := &Multilabel{Name: name, Features: t.features, Labels: t.labels}
	var err error
	switch {
	case t.d == 0:
		err = t.limits.checkCells(t.row.words(k))
	case 2*t.nSparse > n:
		m.X, err = t.sparseX(n, k)
	default:
		m.X, err = t.denseX(n, k)
	}
	if err != nil {
		return nil, err
	}
	m.Y, m.Observed = t.row.build(k, 0)
	return m, nil
}

func (t *table) denseX(n, k int) (mat.Matrix, error) {
	if err := t.limits.checkCells([2]int{n, t.d}, t.row.words(k)); err != nil {
		return nil, err
	}
	if t.nSparse == 0 && t.d == len(t.kept) && !t.hasOneHot() {
		return mat.NewDense(n, t.d, t.dense), nil // the cells are X already
	}
	x := make([]float64, n*t.d)
	t.each(func(i, j int, v float64) { x[i*t.d+j] = v })
	return mat.NewDense(n, t.d, x), nil
}

func (t *table) sparseX(n, k int) (mat.Matrix, error) {
	offsets := make([]int, n+1)
	t.each(func(i, _ int, _ float64) { offsets[i+1]++ })
	for i := range n {
		offsets[i+1] += offsets[i]
	}
	stored := offsets[n]
	if err := t.limits.checkCells([2]int{stored, 2}, t.row.words(k)); err != nil {
		return nil, err
	}
	columns, values := make([]int32, 0, stored), make([]float64, 0, stored)
	t.each(func(_, j int, v float64) {
		columns, values = append(columns, int32(j)), append(values, v)
	})
	x, err := nn.NewCSR(n, t.d, offsets, columns, values)
	if err != nil { // not a nil *nn.CSR in an interface
		return nil, err
	}
	return x, nil
}

func (t *table) hasOneHot() bool {
	for _, a := range t.kept {
		if t.columns[a].kind == oneHotColumn {
			return true
		}
	}
	return false
}

// each yields row, column and value of everything in X that is not zero, in
// order.
func (t *table) each(yield func(i, j int, v float64)) {
	cell := func(i, at int, v float64) {
		c := &t.columns[t.kept[at]]
		if c.kind == oneHotColumn {
			if !math.IsNaN(v) {
				yield(i, c.x+int(v), 1)
			}
		} else if v != 0 {
			yield(i, c.x, v)
		}
	}
	dense, start := t.dense, 0
	for i, sparse := range t.isSparse {
		end := t.rowEnd[i]
		if !sparse {
			for at, v := range dense[:len(t.kept)] {
				cell(i, at, v)
			}
			dense = dense[len(t.kept):]
			continue
		}
		wide := t.wide // merged in: they are not zero where they are omitted
		for p := start; p < end; p++ {
			at := int(t.index[p])
			for len(wide) > 0 && wide[0] < at {
				cell(i, wide[0], t.omitted(wide[0]))
				wide = wide[1:]
			}
			if len(wide) > 0 && wide[0] == at {
				wide = wide[1:]
			}
			cell(i, at, t.value[p])
		}
		for _, at := range wide {
			cell(i, at, t.omitted(at))
		}
		start = end
	}
}

// omitted is the cell that a feature has where a sparse row leaves it out:
// that of its first declared value.
func (t *table) omitted(at int) float64 {
	if codes := t.columns[t.kept[at]].codes; codes != nil {
		return codes[0]
	}
	return 0
}
