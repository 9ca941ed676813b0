package datasets

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// numbers returns X and Y, row-major.
func numbers(m *Regression) (x, y []float64) {
	for _, v := range m.Y {
		y = append(y, v...)
	}
	return cells(&Multilabel{X: m.X}), y
}

// sameRegression compares bit for bit.
func sameRegression(t *testing.T, want, got *Regression) {
	t.Helper()
	assert.Equal(t, want.Name, got.Name, "name")
	require.Equal(t, []int{want.Len(), want.D(), want.M()}, []int{got.Len(), got.D(), got.M()})
	wantX, wantY := numbers(want)
	gotX, gotY := numbers(got)
	almost.Same(t, wantX, gotX, "features")
	almost.Same(t, wantY, gotY, "targets")
	assert.Equal(t, want.Features, got.Features)
	assert.Equal(t, want.Targets, got.Targets)
}

func someRegression() *Regression {
	return &Regression{
		Name: "some", X: mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 6}), Y: [][]float64{{0.1}, {-2}, {1e300}},
		Features: []string{"a", "b c"}, Targets: []string{"y"},
	}
}

func TestRegressionRows(t *testing.T) {
	m := someRegression()
	require.NoError(t, m.Validate())
	n, d, k := m.Dims()
	assert.Equal(t, []int{3, 2, 1}, []int{n, d, k})
	rows := m.Rows([]int{2, 0, 2})
	sameRegression(t, &Regression{
		Name: "some", X: mat.NewDense(3, 2, []float64{5, 6, 1, 2, 5, 6}), Y: [][]float64{{1e300}, {0.1}, {1e300}}, Features: m.Features, Targets: m.Targets,
	}, rows)
	rows.Y[0][0], rows.X.(*mat.Dense).RawMatrix().Data[0] = 7, 7
	sameRegression(t, someRegression(), m)
	assert.Zero(t, m.Rows(nil).Len())
	assert.Panics(t, func() { m.Rows([]int{3}) })

	joint := m.Joint()
	require.NoError(t, joint.Validate())
	sameRegression(t, &Regression{Name: "some", Y: [][]float64{{1, 2, 0.1}, {3, 4, -2}, {5, 6, 1e300}}, Targets: []string{"a", "b c", "y"}}, joint)
	sameRegression(t, joint, joint.Joint())
	m.Features, m.Targets = nil, nil
	assert.Nil(t, m.Joint().Targets)
	m.Targets = []string{"y"}
	assert.Equal(t, []string{"x1", "x2", "y"}, m.Joint().Targets)

	data := m.Data()
	assert.Equal(t, 3, data.Len())
	assert.Equal(t, 2, data.Features())
	assert.Equal(t, []float64{-2}, data.Y[1])
	sparse, err := nn.NewCSR(2, 3, []int{0, 1, 1}, []int32{2}, []float64{4})
	require.NoError(t, err)
	sameRegression(t, &Regression{Y: [][]float64{{0, 0, 4, 9}, {0, 0, 0, 8}}}, (&Regression{X: sparse, Y: [][]float64{{9}, {8}}}).Joint())
}

func TestRegressionValidate(t *testing.T) {
	for _, c := range []struct {
		breaks func(m *Regression)
		kind   error
	}{
		{func(m *Regression) { m.X, m.Y = nil, nil }, ErrEmpty},
		{func(m *Regression) { m.Y = [][]float64{{}, {}, {}} }, ErrNoTargets},
		{func(m *Regression) { m.Y = m.Y[:2] }, ErrRagged},
		{func(m *Regression) { m.Y[1] = []float64{1, 2} }, ErrRagged},
		{func(m *Regression) { m.Features = m.Features[:1] }, ErrRagged},
		{func(m *Regression) { m.Targets = []string{} }, ErrRagged},
		{func(m *Regression) { m.Y[2][0] = math.NaN() }, ErrNotFinite},
		{func(m *Regression) { m.X.(*mat.Dense).Set(1, 1, math.Inf(1)) }, ErrNotFinite},
	} {
		m := someRegression()
		c.breaks(m)
		assert.ErrorIs(t, m.Validate(), c.kind)
		assert.ErrorIs(t, WriteRegressionCSV(io.Discard, m, CSVWriteOptions{}), c.kind)
	}
	assert.Equal(t, 1, (&Regression{Targets: []string{"y"}}).M())
}

func TestRegressionCSV(t *testing.T) {
	const file = "id,price,colour,size,area\na,1.5,red,2,-3\nb,2.5,\"dark, green\",?,4e2\n"
	m, err := ReadRegressionCSV(strings.NewReader(file), RegressionCSVOptions{
		Targets: []string{"area", "price"}, Ignore: []string{"id"}, Categorical: CategoricalOneHot, MissingFeature: MissingMean,
	})
	require.NoError(t, err)
	sameRegression(t, &Regression{
		X: mat.NewDense(2, 3, []float64{0, 1, 2, 1, 0, 2}), Y: [][]float64{{-3, 1.5}, {400, 2.5}},
		Features: []string{"colour=dark, green", "colour=red", "size"}, Targets: []string{"area", "price"},
	}, m)
	for o, want := range map[regressionCSVCase][]string{
		{HeaderFirst, 0}: {"c"}, {HeaderFirst, 1}: {"a"}, {HeaderFirst, -2}: {"b", "c"}, {HeaderFirst, 3}: {"a", "b", "c"},
	} {
		m, err := ReadRegressionCSV(strings.NewReader("a,b,c\n1,2,3\n"), RegressionCSVOptions{Header: o.header, TargetCount: o.count})
		require.NoError(t, err)
		assert.Equal(t, want, m.Targets)
		assert.Equal(t, 3-len(want), m.D())
		assert.Equal(t, len(want) == 3, m.X == nil)
	}
	m, err = ReadRegressionCSV(strings.NewReader("1;2\n3;4\n"), RegressionCSVOptions{Header: HeaderNone, Comma: ';'})
	require.NoError(t, err)
	sameRegression(t, &Regression{X: mat.NewDense(2, 1, []float64{1, 3}), Y: [][]float64{{2}, {4}}, Features: []string{"x1"}, Targets: []string{"y1"}}, m)
}

// regressionCSVCase is a case of TestRegressionCSV.
type regressionCSVCase struct {
	header CSVHeader
	count  int
}

func TestRegressionCSVErrors(t *testing.T) {
	for _, c := range []struct {
		file         string
		o            RegressionCSVOptions
		kind         error
		line, column int
	}{
		{"", RegressionCSVOptions{}, ErrEmpty, 0, 0},
		{"a,y\n", RegressionCSVOptions{}, ErrEmpty, 0, 0},
		{"a,y\n1,2\n", RegressionCSVOptions{TargetCount: 3}, ErrNoTargets, 0, 0},
		{"a,y\n1,2\n", RegressionCSVOptions{TargetCount: -3}, ErrNoTargets, 0, 0},
		{"a,y\n1,2\n", RegressionCSVOptions{Targets: []string{"z"}}, ErrUnknownAttribute, 0, 0},
		{"a,y\n1,2\n", RegressionCSVOptions{Targets: []string{"y", "y"}}, ErrDuplicateAttribute, 0, 0},
		{"a,y\n1,2\n", RegressionCSVOptions{Ignore: []string{"y"}}, ErrUnknownLabel, 1, 3},
		{"a,a\n1,2\n", RegressionCSVOptions{}, ErrDuplicateAttribute, 1, 3},
		{"a,y\n1,2\n1\n", RegressionCSVOptions{}, ErrRagged, 3, 0},
		{"a,y\n1,2\n1,\n", RegressionCSVOptions{MissingFeature: MissingMean}, ErrMissingValue, 3, 3},
		{"a,y\n1,2\n,1\n", RegressionCSVOptions{}, ErrMissingValue, 3, 1},
		{"a,y\n1,2\n1,x\n", RegressionCSVOptions{Categorical: CategoricalOneHot}, ErrNotNumber, 3, 3},
		{"a,y\n1,2\n1,inf\n", RegressionCSVOptions{}, ErrNotFinite, 3, 3},
		{"a,y\n1,2\n1,1e999\n", RegressionCSVOptions{}, ErrNotFinite, 3, 3},
		{"a,y\n1,2\n\"1,2\n3,4\n", RegressionCSVOptions{}, ErrUnterminated, 3, 0},
		{"a,a=b\nb,2\n", RegressionCSVOptions{Categorical: CategoricalOneHot}, ErrDuplicateAttribute, 0, 0},
		{"a,y,z\n1,2,3\n", RegressionCSVOptions{TargetCount: -2, Limits: Limits{MaxLabels: 1}}, ErrLimit, 0, 0},
		{"a,b,y\n1,2,3\n", RegressionCSVOptions{Limits: Limits{MaxFeatures: 1}}, ErrLimit, 0, 0},
		{"a,y\n1,2\n3,4\n", RegressionCSVOptions{Limits: Limits{MaxRows: 1}}, ErrLimit, 3, 0},
		{"y\n1\n2\n", RegressionCSVOptions{Limits: Limits{MaxCells: 1}}, ErrLimit, 3, 0},
		{"a,y\n1,2\n3,4\n", RegressionCSVOptions{Limits: Limits{MaxCells: 3}}, ErrLimit, 0, 0},
		{"a,y\n1,2\n3,44444\n", RegressionCSVOptions{Limits: Limits{MaxLineBytes: 6}}, ErrLimit, 3, 0},
	} {
		_, err := ReadRegressionCSV(strings.NewReader(c.file), c.o)
		wantParseError(t, err, c.kind, c.line, c.column, "%q %+v", c.file, c.o)
	}
	for _, o := range []RegressionCSVOptions{
		{Targets: []string{"y"}, TargetCount: 1}, {Targets: []string{"y"}, Header: HeaderNone}, {Comma: '"'}, {Limits: Limits{MaxRows: -1}}, {Categorical: 7},
	} {
		_, err := ReadRegressionCSV(strings.NewReader("y\n1\n"), o)
		var parse *ParseError
		assert.Error(t, err)
		assert.False(t, errors.As(err, &parse))
	}
}

func TestRegressionText(t *testing.T) {
	const file = "\ufeff 1 2\t 3e0 4\r\n\n  5\t6 -7 8 \n \t\n"
	x := func(v ...float64) mat.Matrix { return mat.NewDense(2, len(v)/2, v) }
	for _, c := range []struct {
		features, targets []int
		want              *Regression
	}{
		{nil, nil, &Regression{X: x(1, 2, 3, 5, 6, -7), Y: [][]float64{{4}, {8}}}},
		{nil, []int{1, -1}, &Regression{X: x(1, 3, 5, -7), Y: [][]float64{{2, 4}, {6, 8}}}},
		{[]int{2, 0}, []int{1}, &Regression{X: x(3, 1, -7, 5), Y: [][]float64{{2}, {6}}}},
		{[]int{}, []int{1}, &Regression{Y: [][]float64{{2}, {6}}}},
		{nil, []int{0, 1, 2, 3}, &Regression{Y: [][]float64{{1, 2, 3, 4}, {5, 6, -7, 8}}}},
	} {
		m, err := ReadRegressionText(strings.NewReader(file), RegressionTextOptions{Features: c.features, Targets: c.targets})
		require.NoError(t, err)
		sameRegression(t, c.want, m)
		require.NoError(t, m.Validate())
		again, err := ReadRegressionText(iotest.OneByteReader(strings.NewReader(file)), RegressionTextOptions{Features: c.features, Targets: c.targets})
		require.NoError(t, err)
		sameRegression(t, m, again)
	}
}

func TestRegressionTextErrors(t *testing.T) {
	for _, c := range []struct {
		file         string
		o            RegressionTextOptions
		kind         error
		line, column int
	}{
		{"", RegressionTextOptions{}, ErrEmpty, 0, 0},
		{" \n\n", RegressionTextOptions{}, ErrEmpty, 0, 0},
		{"1 2\n3\n", RegressionTextOptions{}, ErrRagged, 2, 0},
		{"1 2\n3 4  5\n", RegressionTextOptions{}, ErrRagged, 2, 6},
		{"1 2\n3 x\n", RegressionTextOptions{}, ErrNotNumber, 2, 3},
		{"1,2\n", RegressionTextOptions{}, ErrNotNumber, 1, 1},
		{"1 2\n3 nan\n", RegressionTextOptions{}, ErrNotFinite, 2, 3},
		{"1 1e400\n", RegressionTextOptions{}, ErrNotFinite, 1, 3},
		{"1 2\n", RegressionTextOptions{Targets: []int{2}}, ErrIndexRange, 0, 0},
		{"1 2\n", RegressionTextOptions{Targets: []int{-3}}, ErrIndexRange, 0, 0},
		{"1 2\n", RegressionTextOptions{Features: []int{5}}, ErrIndexRange, 0, 0},
		{"1 2\n", RegressionTextOptions{Targets: []int{1, -1}}, ErrDuplicateAttribute, 0, 0},
		{"1 2\n", RegressionTextOptions{Features: []int{1}}, ErrDuplicateAttribute, 0, 0},
		{"1\x00 2\n", RegressionTextOptions{}, ErrEncoding, 1, 2},
		{"\xff\xfe1", RegressionTextOptions{}, ErrEncoding, 1, 1},
		{"1 2 3\n", RegressionTextOptions{Limits: Limits{MaxFeatures: 2}}, ErrLimit, 1, 5},
		{"1 2 3\n", RegressionTextOptions{Targets: []int{0, 1}, Limits: Limits{MaxLabels: 1}}, ErrLimit, 0, 0},
		{"1\n2\n3\n", RegressionTextOptions{Limits: Limits{MaxRows: 2}}, ErrLimit, 3, 0},
		{"1 2\n3 4\n", RegressionTextOptions{Limits: Limits{MaxCells: 3}}, ErrLimit, 2, 3},
		{"1 2\n3 44444\n", RegressionTextOptions{Limits: Limits{MaxLineBytes: 5}}, ErrLimit, 2, 6},
	} {
		_, err := ReadRegressionText(strings.NewReader(c.file), c.o)
		wantParseError(t, err, c.kind, c.line, c.column, "%q %+v", c.file, c.o)
	}
	for _, o := range []RegressionTextOptions{
		{Targets: []int{1, 1}}, {Features: []int{0, 0}}, {Features: []int{0}, Targets: []int{0}}, {Limits: Limits{MaxCells: -1}},
	} {
		_, err := ReadRegressionText(strings.NewReader("1 2\n"), o)
		var parse *ParseError
		assert.Error(t, err)
		assert.False(t, errors.As(err, &parse))
	}
	_, err := ReadRegressionText(io.MultiReader(strings.NewReader("1 2\n"), iotest.ErrReader(io.ErrClosedPipe)), RegressionTextOptions{})
	assert.ErrorIs(t, err, io.ErrClosedPipe)
}

func TestWriteRegressionCSV(t *testing.T) {
	sparse, err := nn.NewCSR(2, 3, []int{0, 1, 1}, []int32{1}, []float64{4})
	require.NoError(t, err)
	for _, m := range []*Regression{
		someRegression(), someRegression().Joint(), {X: sparse, Y: [][]float64{{1, 2}, {3, math.Copysign(0, -1)}}},
	} {
		var out bytes.Buffer
		require.NoError(t, WriteRegressionCSV(&out, m, CSVWriteOptions{Comma: ';'}))
		again, err := ReadRegressionCSV(&out, RegressionCSVOptions{Comma: ';', TargetCount: -m.M()})
		require.NoError(t, err)
		again.Name = m.Name
		if m.Features == nil && m.Targets == nil {
			again.Features, again.Targets = nil, nil
		}
		sameRegression(t, m, again)
		out.Reset()
		require.NoError(t, WriteRegressionCSV(&out, m, CSVWriteOptions{Header: HeaderNone}))
		assert.Equal(t, m.Len(), strings.Count(out.String(), "\n"))
	}
	m := someRegression()
	m.Targets = []string{"a"}
	assert.ErrorIs(t, WriteRegressionCSV(io.Discard, m, CSVWriteOptions{}), ErrDuplicateAttribute)
	m.Targets = []string{""}
	assert.ErrorIs(t, WriteRegressionCSV(io.Discard, m, CSVWriteOptions{}), ErrNotRepresentable)
	assert.NoError(t, WriteRegressionCSV(io.Discard, m, CSVWriteOptions{Header: HeaderNone}))
	assert.Error(t, WriteRegressionCSV(io.Discard, m, CSVWriteOptions{Comma: '"'}))
}
