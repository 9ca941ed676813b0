package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func TestCSRIsItsDenseMatrix(t *testing.T) {
	m, dense := sparse(t, rand.New(rand.NewPCG(1, 1)), 7, 5)
	want := mat.NewDense(7, 5, dense)
	assert.True(t, mat.Equal(want, m))
	assert.True(t, mat.Equal(want.T(), m.T()))
	r, c := m.T().Dims()
	assert.Equal(t, []int{5, 7}, []int{r, c})
	var product mat.Dense
	product.Mul(m.T(), m)
	var wanted mat.Dense
	wanted.Mul(want.T(), want)
	almost.Slice(t, wanted.RawMatrix().Data, product.RawMatrix().Data, 1e-14, 1e-14)
	for _, at := range [][2]int{{-1, 0}, {7, 0}, {0, -1}, {0, 5}} {
		assert.Panics(t, func() { m.At(at[0], at[1]) })
	}
	columns, values := m.Row(3)
	for p, j := range columns {
		almost.Same(t, dense[3*5+int(j):3*5+int(j)+1], values[p:p+1])
	}
	x := m.Input()
	assert.True(t, x.Sparse())
	assert.Equal(t, Input{Rows: 7, Cols: 5, Offsets: m.Offsets, Columns: m.Columns, Values: m.Values}, x)

	var none CSR
	r, c = none.Dims()
	assert.Equal(t, []int{0, 0}, []int{r, c})
	assert.False(t, none.Input().Sparse())
}

func TestCSRTake(t *testing.T) {
	m, dense := sparse(t, rand.New(rand.NewPCG(2, 1)), 7, 5)
	was := clone(m.Values)
	rows := []int{4, 0, 6, 4}
	got, err := m.Take(rows)
	require.NoError(t, err)
	want := mat.NewDense(4, 5, nil)
	for i, r := range rows {
		want.SetRow(i, dense[r*5:(r+1)*5])
	}
	assert.True(t, mat.Equal(want, got))
	_, err = NewCSR(4, 5, got.Offsets, got.Columns, got.Values)
	assert.NoError(t, err)
	got.Values[0]++ // a copy
	almost.Same(t, was, m.Values)

	empty, err := m.Take(nil)
	require.NoError(t, err)
	r, c := empty.Dims()
	assert.Equal(t, []int{0, 5}, []int{r, c})
	assert.True(t, empty.Input().Sparse())
	for _, i := range []int{-1, 7} {
		_, err := m.Take([]int{0, i})
		var e *CSRError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, CSRError{Fault: CSRRowOutOfRange, Row: i}, *e)
	}
}

func TestCSRErrors(t *testing.T) {
	nan := math.NaN()
	one, two := []float64{1}, []float64{1, 2}
	for _, c := range []struct {
		rows, cols int
		offsets    []int
		columns    []int32
		values     []float64
		want       CSRError
		message    string
	}{
		{-1, 2, nil, nil, nil, CSRError{Fault: CSRBadShape, Row: -1, Column: 2}, "nn: sparse matrix of -1 x 2"},
		{1, -1, []int{0, 0}, nil, nil, CSRError{Fault: CSRBadShape, Row: 1, Column: -1}, "nn: sparse matrix of 1 x -1"},
		{0, 2, nil, nil, nil, CSRError{Fault: CSRBadLengths}, "nn: sparse matrix: there must be one more offset than rows, and as many columns and values as the last offset says"},
		{2, 2, []int{0, 1}, []int32{0}, one, CSRError{Fault: CSRBadLengths}, ""},
		{math.MaxInt, 2, nil, nil, nil, CSRError{Fault: CSRBadLengths}, ""},
		{1, 2, []int{0, 1}, []int32{0, 1}, one, CSRError{Fault: CSRBadLengths}, ""},
		{1, 2, []int{0, 1}, []int32{0, 1}, two, CSRError{Fault: CSRBadLengths}, ""},
		{1, 2, []int{0, 3}, []int32{0, 1}, two, CSRError{Fault: CSRBadLengths}, ""},
		{1, 2, []int{1, 2}, []int32{0, 1}, two, CSRError{Fault: CSRBadOffsets}, "nn: sparse matrix: bad offset of row 0"},
		{2, 2, []int{0, 2, 1}, []int32{0}, one, CSRError{Fault: CSRBadOffsets, Row: 2}, "nn: sparse matrix: bad offset of row 2"},
		{2, 2, []int{0, -1, 1}, []int32{0}, one, CSRError{Fault: CSRBadOffsets, Row: 1}, ""},
		{2, 2, []int{0, 0, 1}, []int32{2}, one, CSRError{Fault: CSRColumnOutOfRange, Row: 1, Column: 2}, "nn: sparse matrix: row 1 has a value in column 2, which does not exist"},
		{1, 2, []int{0, 1}, []int32{-1}, one, CSRError{Fault: CSRColumnOutOfRange, Column: -1}, ""},
		{1, 0, []int{0, 1}, []int32{0}, one, CSRError{Fault: CSRColumnOutOfRange}, ""},
		{1, 2, []int{0, 2}, []int32{1, 0}, two, CSRError{Fault: CSRColumnOrder}, "nn: sparse matrix: row 0 has column 0 out of order or twice"},
		{1, 2, []int{0, 2}, []int32{1, 1}, two, CSRError{Fault: CSRColumnOrder, Column: 1}, ""},
		{1, 2, []int{0, 2}, []int32{0, 1}, []float64{1, math.Inf(-1)}, CSRError{Fault: CSRNotFinite, Column: 1, Value: math.Inf(-1)}, "nn: sparse matrix: row 0, column 1 is -Inf"},
		{1, 2, []int{0, 2}, []int32{0, 1}, []float64{nan, 1}, CSRError{Fault: CSRNotFinite, Value: nan}, "nn: sparse matrix: row 0, column 0 is NaN"},
	} {
		m, err := NewCSR(c.rows, c.cols, c.offsets, c.columns, c.values)
		assert.Nil(t, m)
		var e *CSRError
		require.ErrorAs(t, err, &e, "%+v", c)
		almost.Same(t, []float64{c.want.Value}, []float64{e.Value})
		got, want := *e, c.want
		got.Value, want.Value = 0, 0
		assert.Equal(t, want, got)
		if c.message != "" {
			assert.EqualError(t, err, c.message)
		}
	}
	assert.EqualError(t, &CSRError{Fault: CSRRowOutOfRange, Row: 3}, "nn: sparse matrix: there is no row 3")
	assert.EqualError(t, &CSRError{}, "nn: sparse matrix: unknown fault")
	_, err := NewCSR(0, 0, []int{0}, nil, nil)
	assert.NoError(t, err)
	_, err = NewCSR(2, 3, []int{0, 1, 1}, []int32{2}, []float64{0})
	assert.NoError(t, err)
}
