package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// randomColumns has columns of very different means and spreads; a third of the
// entries of the last one are zero.
func randomColumns(n int, rng *rand.Rand) *mat.Dense {
	x := mat.NewDense(n, 4, nil)
	for i := range n {
		x.SetRow(i, []float64{rng.NormFloat64(), 1e9 + rng.NormFloat64(), 1e-3 * rng.ExpFloat64(), rng.NormFloat64() + 4})
		if rng.IntN(3) == 0 {
			x.Set(i, 3, 0)
		}
	}
	return x
}

// sparseOf keeps the entries of x that are not zero.
func sparseOf(t *testing.T, x mat.Matrix) *CSR {
	rows, cols := x.Dims()
	offsets, columns, values := []int{0}, []int32(nil), []float64(nil)
	for i := range rows {
		for j := range cols {
			if v := x.At(i, j); v != 0 {
				columns, values = append(columns, int32(j)), append(values, v)
			}
		}
		offsets = append(offsets, len(values))
	}
	out, err := NewCSR(rows, cols, offsets, columns, values)
	require.NoError(t, err)
	return out
}

func TestStandardizerIsTheWeightedMeanAndDeviation(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := randomColumns(200, rng)
	w := make([]float64, 200)
	total := 0.0
	for i := range w {
		w[i] = rng.ExpFloat64()
		total += w[i]
	}
	mean, deviation := make([]float64, 4), make([]float64, 4)
	for j := range 4 { // two passes
		for i := range w {
			mean[j] += w[i] / total * x.At(i, j)
		}
		for i := range w {
			deviation[j] += w[i] / total * (x.At(i, j) - mean[j]) * (x.At(i, j) - mean[j])
		}
		deviation[j] = math.Sqrt(deviation[j])
	}
	s, err := FitStandardizer(x, w)
	require.NoError(t, err)
	almost.Slice(t, mean, s.Mean, 0, 1e-13)
	almost.Slice(t, deviation, s.Scale, 0, 1e-7) // the 1e9 column: the oracle's mean is good to 1e-7
	almost.Slice(t, slices.Delete(deviation, 1, 2), slices.Delete(slices.Clone(s.Scale), 1, 2), 0, 1e-13)

	z, err := s.Apply(x)
	require.NoError(t, err)
	again, err := FitStandardizer(z, w)
	require.NoError(t, err)
	almost.Slice(t, []float64{0, 0, 0, 0}, again.Mean, 1e-6, 0)
	almost.Slice(t, []float64{1, 1, 1, 1}, again.Scale, 0, 1e-12)

	back, err := s.Inverse(z)
	require.NoError(t, err)
	almost.Slice(t, x.RawMatrix().Data, back.(*mat.Dense).RawMatrix().Data, 1e-15, 1e-14)
}

func TestStandardizerWeightIsRepetition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	x := randomColumns(60, rng)
	weights := make([]float64, 60)
	var repeated []float64
	for i := range weights {
		weights[i] = float64(rng.IntN(4))
		for range int(weights[i]) {
			repeated = append(repeated, x.RawRowView(i)...)
		}
		if weights[i] == 0 {
			x.Set(i, 1, math.NaN()) // a dropped row is not looked at
		}
	}
	long := mat.NewDense(len(repeated)/4, 4, repeated)
	want, err := FitStandardizer(long, nil)
	require.NoError(t, err)
	got, err := FitStandardizer(x, weights)
	require.NoError(t, err)
	almost.Slice(t, want.Mean, got.Mean, 0, 1e-14)
	almost.Slice(t, want.Scale, got.Scale, 0, 1e-12)

	ones := make([]float64, len(repeated)/4)
	for i := range ones {
		ones[i] = 1
	}
	same, err := FitStandardizer(long, ones)
	require.NoError(t, err)
	almost.Same(t, want.Scale, same.Scale)
	for i := range ones {
		ones[i] = 1e300 // a common factor means nothing; the sum is still finite
	}
	same, err = FitStandardizer(long, ones)
	require.NoError(t, err)
	almost.Slice(t, want.Scale, same.Scale, 0, 1e-13)
}

func TestStandardizerSparseScalesOnly(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	dense := randomColumns(90, rng)
	weights := make([]float64, 90)
	for i := range weights {
		weights[i] = float64(rng.IntN(3)) / 10
	}
	x := sparseOf(t, dense)
	want, err := FitStandardizer(dense, weights)
	require.NoError(t, err)
	got, err := FitStandardizer(x, weights)
	require.NoError(t, err)
	almost.Slice(t, want.Scale, got.Scale, 0, 1e-12)
	almost.Same(t, []float64{0, 0, 0, 0}, got.Mean)

	values := slices.Clone(x.Values)
	z, err := got.Apply(x)
	require.NoError(t, err)
	require.IsType(t, &CSR{}, z)
	almost.Same(t, values, x.Values, "the input is not changed")
	for i := range 90 {
		for j := range 4 {
			almost.Equal(t, dense.At(i, j)/got.Scale[j], z.At(i, j), 0, 0)
		}
	}
	back, err := got.Inverse(z)
	require.NoError(t, err)
	almost.Slice(t, x.Values, back.(*CSR).Values, 0, 1e-15)

	_, err = want.Apply(x)
	var setting *SettingError
	require.ErrorAs(t, err, &setting, "shifting would make it dense")
	assert.Equal(t, "Mean[0]", setting.Field)
}

func TestStandardizerConstantColumns(t *testing.T) {
	third := 1. / 3
	x := mat.NewDense(3, 4, []float64{
		0, third, 0.3, 1e9,
		0, third, math.Nextafter(0.3, 1), 1e9, // what 0.1 plus 0.2 is
		0, third, 0.3, 1e9 + 1,
	})
	for _, weights := range [][]float64{nil, {0.1, 0.7, 0.2}} {
		s, err := FitStandardizer(x, weights)
		require.NoError(t, err)
		almost.Same(t, []float64{1, 1, 1}, s.Scale[:3])
		almost.Same(t, []float64{0, third}, s.Mean[:2])
		assert.Greater(t, 0.5, s.Scale[3], "a small variation is one")
		csr, err := FitStandardizer(sparseOf(t, x), weights)
		require.NoError(t, err)
		almost.Same(t, []float64{1, 1, 1}, csr.Scale[:3])
	}
	one, err := FitStandardizer(mat.NewDense(1, 2, []float64{5, -7}), nil)
	require.NoError(t, err)
	almost.Same(t, []float64{5, -7}, one.Mean)
	almost.Same(t, []float64{1, 1}, one.Scale)
}

func TestStandardizerExtremeNumbers(t *testing.T) {
	huge, tiny := math.MaxFloat64, math.SmallestNonzeroFloat64
	x := mat.NewDense(2, 3, []float64{huge, 0, 1e-200, -huge, 8 * tiny, 3e-200})
	s, err := FitStandardizer(x, nil)
	require.NoError(t, err)
	require.NoError(t, s.Validate())
	almost.Slice(t, []float64{huge, 4 * tiny, 1e-200}, s.Scale, 0, 1e-15)
	almost.Slice(t, []float64{0, 4 * tiny, 2e-200}, s.Mean, 0, 1e-15)

	// The deviation is the largest number, and rounding may not push it over.
	rng := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		a, b, c := rng.Float64(), rng.Float64(), rng.Float64()
		x := mat.NewDense(6, 1, []float64{huge, -huge, huge, -huge, huge, -huge})
		s, err := FitStandardizer(x, []float64{a, a, b, b, c, c})
		require.NoError(t, err)
		require.NoError(t, s.Validate())
	}

	s, err = FitStandardizer(mat.NewDense(2, 1, []float64{1, 3}), []float64{1e-320, 1e300})
	require.NoError(t, err)
	almost.Same(t, []float64{3}, s.Mean)
}

func TestStandardizerErrors(t *testing.T) {
	x := mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 6})
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		var finite *NotFiniteError
		y := mat.DenseCopyOf(x)
		y.Set(2, 1, bad)
		_, err := FitStandardizer(y, nil)
		require.ErrorAs(t, err, &finite)
		assert.Equal(t, []int{2, 1}, []int{finite.Row, finite.Column})
		assert.Contains(t, err.Error(), "row 2, column 1")

		s, err := FitStandardizer(x, nil)
		require.NoError(t, err)
		_, err = s.Apply(y)
		require.ErrorAs(t, err, &finite)
		assert.Equal(t, []int{2, 1}, []int{finite.Row, finite.Column})

		csr := sparseOf(t, x)
		csr.Values[3] = bad
		s.Mean = []float64{0, 0}
		_, err = s.Apply(csr)
		require.ErrorAs(t, err, &finite)
		assert.Equal(t, []int{1, 1}, []int{finite.Row, finite.Column})
		_, err = FitStandardizer(csr, nil)
		require.ErrorAs(t, err, &finite)
		assert.Equal(t, []int{1, 1}, []int{finite.Row, finite.Column})
	}
	var weight *RowWeightError
	for _, bad := range []float64{math.NaN(), math.Inf(1), -1} {
		_, err := FitStandardizer(x, []float64{1, bad, 1})
		require.ErrorAs(t, err, &weight)
		assert.Equal(t, 1, weight.Row)
		assert.Contains(t, err.Error(), "row 1")
	}
	for _, weights := range [][]float64{{0, 0, 0}, {math.MaxFloat64, math.MaxFloat64, 0}} {
		_, err := FitStandardizer(x, weights)
		require.ErrorAs(t, err, &weight)
		assert.Equal(t, -1, weight.Row)
		assert.Contains(t, err.Error(), "sum to")
	}
	_, err := FitStandardizer(&mat.Dense{}, nil)
	require.ErrorAs(t, err, &weight, "no rows")

	var width *WidthError
	_, err = FitStandardizer(x, []float64{1})
	require.ErrorAs(t, err, &width)
	s, err := FitStandardizer(x, nil)
	require.NoError(t, err)
	_, err = s.Apply(mat.NewDense(1, 3, nil))
	require.ErrorAs(t, err, &width)
	assert.EqualError(t, width, "nn: 3 columns, want 2")
	empty, err := s.Apply(&mat.Dense{})
	require.NoError(t, err)
	assert.True(t, empty.(*mat.Dense).IsEmpty())

	var setting *SettingError
	for _, bad := range []*Standardizer{
		{Mean: []float64{0}, Scale: []float64{0}}, {Mean: []float64{0}, Scale: []float64{-1}},
		{Mean: []float64{0}, Scale: []float64{math.NaN()}}, {Mean: []float64{0}, Scale: []float64{math.Inf(1)}},
		{Mean: []float64{math.NaN()}, Scale: []float64{1}}, {Mean: []float64{math.Inf(1)}, Scale: []float64{1}},
	} {
		require.ErrorAs(t, bad.Validate(), &setting)
		_, err = bad.Apply(mat.NewDense(1, 1, nil))
		require.ErrorAs(t, err, &setting)
	}
	require.ErrorAs(t, (&Standardizer{Mean: []float64{0}}).Validate(), &width)

	_, err = (&Standardizer{Mean: []float64{-1e308}, Scale: []float64{1}}).Apply(mat.NewDense(1, 1, []float64{1e308}))
	var finite *NotFiniteError
	require.ErrorAs(t, err, &finite, "it overflows")

	assert.Panics(t, func() { s.TransformRow(make([]float64, 2), make([]float64, 3)) })
	assert.Panics(t, func() { s.InverseRow(make([]float64, 3), make([]float64, 2)) })
	assert.Panics(t, func() { s.TransformSparse(make([]float64, 1), make([]int32, 2), make([]float64, 2)) })
	assert.Panics(t, func() { s.InverseSparse(make([]float64, 2), make([]int32, 1), make([]float64, 2)) })
}

func TestStandardizerRowsDoNotAllocate(t *testing.T) {
	s, err := FitStandardizer(mat.NewDense(2, 2, []float64{1, 2, 3, 8}), nil)
	require.NoError(t, err)
	row, columns := []float64{3, 8}, []int32{0, 1}
	assert.Zero(t, testing.AllocsPerRun(20, func() {
		s.TransformRow(row, row)
		s.InverseRow(row, row)
		s.TransformSparse(row, columns, row)
		s.InverseSparse(row, columns, row)
	}))
	almost.Same(t, []float64{3, 8}, row)
	s.TransformRow(row, row)
	almost.Same(t, []float64{1, 1}, row)
}

func ExampleStandardizer() {
	train := mat.NewDense(3, 2, []float64{
		1, 10,
		2, 10,
		3, 10,
	})
	s, err := FitStandardizer(train, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("mean %.4f, scale %.4f\n", s.Mean, s.Scale)
	row := []float64{4, 11} // of another data set: the statistics of training apply
	s.TransformRow(row, row)
	fmt.Printf("%.4f\n", row)
	// Output:
	// mean [2.0000 10.0000], scale [0.8165 1.0000]
	// [2.4495 1.0000]
}
