package datasets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func TestCSV(t *testing.T) {
	const file = `id,"the ""size"", in
metres", y1,b,y2
7,1.5,1,-2e3,0

8," 3 ",0, 4 ,"1"
9,5,1.0,6,?
`
	m, err := ReadCSV(strings.NewReader(file), CSVOptions{Labels: []string{"y2", "y1"}, Ignore: []string{"id"}})
	require.NoError(t, err)
	assert.IsType(t, &mat.Dense{}, m.X)
	assert.Equal(t, []string{"the \"size\", in\nmetres", "b"}, m.Features)
	assert.Equal(t, []string{"y1", "y2"}, m.Labels)
	almost.Same(t, []float64{1.5, -2000, 3, 4, 5, 6}, cells(m))
	assert.Equal(t, []string{"{0}", "{1}", "{0}?1"}, labelSets(m))
	assert.NoError(t, m.Validate())
}

func TestCSVWithoutHeader(t *testing.T) {
	for _, c := range []struct {
		file   string
		o      CSVOptions
		x      []float64
		y      []string
		labels []string
	}{
		{"1,0,5\n0,1,6\n", CSVOptions{LabelCount: 2}, []float64{5, 6}, []string{"{0}", "{1}"}, []string{"y1", "y2"}},
		{"5,0,1\n6,1,0\n", CSVOptions{LabelCount: -2}, []float64{5, 6}, []string{"{1}", "{0}"}, []string{"y1", "y2"}},
		{"5;1,5\n", CSVOptions{LabelCount: -1, Comma: ';', Missing: []string{"1,5"}}, []float64{5}, []string{"{}?0"}, []string{"y1"}},
		{"5\t\t0\n1\t2\t1\n", CSVOptions{LabelCount: -1, Comma: '\t', MissingFeature: MissingMean}, []float64{5, 2, 1, 2}, []string{"{}", "{0}"}, []string{"y1"}},
		{"1\n0\n", CSVOptions{LabelCount: 1}, nil, []string{"{0}", "{}"}, []string{"y1"}},
	} {
		c.o.Header = HeaderNone
		m, err := ReadCSV(strings.NewReader(c.file), c.o)
		require.NoError(t, err, c.file)
		almost.Same(t, c.x, cells(m), c.file)
		assert.Equal(t, c.y, labelSets(m), c.file)
		assert.Equal(t, c.labels, m.Labels, c.file)
		for j, name := range m.Features {
			assert.Equal(t, []string{"x1", "x2"}[j], name)
		}
	}
}

func TestCSVMissing(t *testing.T) {
	const file = "a,y\n1,0\nNA,1\n4,NULL\n , null \n"
	_, err := ReadCSV(strings.NewReader(file), CSVOptions{LabelCount: -1})
	wantParseError(t, err, ErrMissingValue, 3, 1)
	m, err := ReadCSV(strings.NewReader(file), CSVOptions{LabelCount: -1, MissingFeature: MissingMean})
	require.NoError(t, err)
	almost.Same(t, []float64{1, 2.5, 4, 2.5}, cells(m))
	assert.Equal(t, []string{"{}", "{0}", "{}?0", "{}?0"}, labelSets(m))

	_, err = ReadCSV(strings.NewReader(file), CSVOptions{LabelCount: -1, Missing: []string{"none"}})
	wantParseError(t, err, ErrNotNumber, 3, 1)
	m, err = ReadCSV(strings.NewReader("a,y\n1,0\n3,none\n"), CSVOptions{LabelCount: -1, Missing: []string{"none"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"{}", "{}?0"}, labelSets(m))
}

func TestCSVCategories(t *testing.T) {
	const file = `id,colour,a,y,mixed,b
a,red,1,0,1.0,7
b,"green, dark",,1,x,8
c,?,3,0,1.0,nan
d,red,4,1,1,9
`
	o := CSVOptions{Labels: []string{"y"}, Ignore: []string{"id"}, MissingFeature: MissingMean, Categorical: CategoricalOneHot}
	m, err := ReadCSV(strings.NewReader(file), o)
	require.NoError(t, err)
	assert.Equal(t, []string{"colour=green, dark", "colour=red", "a", "mixed=1", "mixed=1.0", "mixed=x", "b"}, m.Features)
	almost.Slice(t, []float64{
		0, 1, 1, 0, 1, 0, 7,
		1, 0, 8. / 3, 0, 0, 1, 8,
		0, 0, 3, 0, 1, 0, 8,
		0, 1, 4, 1, 0, 0, 9,
	}, cells(m), 1e-15, 0)
	assert.Equal(t, []string{"{}", "{0}", "{}", "{0}"}, labelSets(m))

	o.MissingFeature = MissingError
	_, err = ReadCSV(strings.NewReader(file), o)
	wantParseError(t, err, ErrMissingValue, 3, 17)
	o.Categorical = CategoricalError
	_, err = ReadCSV(strings.NewReader(file), o)
	wantParseError(t, err, ErrNotNumber, 2, 3)

	m, err = ReadCSV(strings.NewReader("1,0\n2,1\n"), CSVOptions{Header: HeaderNone, LabelCount: -1, Categorical: CategoricalOneHot})
	require.NoError(t, err)
	assert.Equal(t, []string{"x1"}, m.Features, "a column of numbers stays one column")

	_, err = ReadCSV(strings.NewReader("c,c=a,y\na,1,0\n"), CSVOptions{LabelCount: -1, Categorical: CategoricalOneHot})
	wantParseError(t, err, ErrDuplicateAttribute, 0, 0)
}

func TestCSVErrors(t *testing.T) {
	oneHot := CSVOptions{LabelCount: -1, Categorical: CategoricalOneHot}
	for _, c := range []struct {
		file         string
		o            CSVOptions
		kind         error
		line, column int
	}{
		{"", CSVOptions{LabelCount: 1}, ErrEmpty, 0, 0},
		{"\n\n", CSVOptions{LabelCount: 1}, ErrEmpty, 0, 0},
		{"a,y\n", CSVOptions{LabelCount: 1}, ErrEmpty, 0, 0},
		{"a,y\n1,0\n", CSVOptions{}, ErrNoLabels, 0, 0},
		{"a,y\n1,0\n", CSVOptions{LabelCount: 3}, ErrNoLabels, 0, 0},
		{"a,y\n1,0\n", CSVOptions{Labels: []string{"z"}}, ErrUnknownLabel, 0, 0},
		{"a,y\n1,0\n", CSVOptions{LabelCount: -1, Ignore: []string{"z"}}, ErrUnknownAttribute, 0, 0},
		{"a,y\n1,0\n", CSVOptions{LabelCount: -1, Ignore: []string{"y"}}, ErrUnknownLabel, 1, 3},
		{"a,b,a\n1,0,1\n", CSVOptions{LabelCount: -1}, ErrDuplicateAttribute, 1, 5},
		{",a,y\n1,1,0\n", CSVOptions{LabelCount: -1}, ErrSyntax, 1, 1},
		{"\"a\r\r\nb\",y\n1,0\n", CSVOptions{LabelCount: -1}, ErrSyntax, 1, 1},
		{"a,y\n1,0\n1\n", CSVOptions{LabelCount: -1}, ErrRagged, 3, 0},
		{"a,y\n1,0\n1,0,0\n", CSVOptions{LabelCount: -1}, ErrRagged, 3, 0},
		{"a,y\n1,0\n1,0,\n", CSVOptions{LabelCount: -1}, ErrRagged, 3, 0},
		{"a,y\n1,0\n  x,0\n", CSVOptions{LabelCount: -1}, ErrNotNumber, 3, 3},
		{"a,y\n1,0\n\"1,5\",0\n", CSVOptions{LabelCount: -1}, ErrNotNumber, 3, 1},
		{"a;y\n1,5;0\n", CSVOptions{LabelCount: -1, Comma: ';'}, ErrNotNumber, 2, 1},
		{"a,y\n1,0\ninf,0\n", CSVOptions{LabelCount: -1}, ErrNotFinite, 3, 1},
		{"a,y\n1,0\nNAN,0\n", CSVOptions{LabelCount: -1}, ErrNotFinite, 3, 1},
		{"a,y\n1,0\n1e999,0\n", CSVOptions{LabelCount: -1}, ErrNotFinite, 3, 1},
		{"a,y\n1,0\n2,2\n", CSVOptions{LabelCount: -1}, ErrNotBinary, 3, 3},
		{"a,y\n1,0\n2,yes\n", CSVOptions{LabelCount: -1}, ErrNotNumber, 3, 3},
		{"a,y\n1,0\n\"2,1\n3,0\n", CSVOptions{LabelCount: -1}, ErrUnterminated, 3, 0},
		{"a,y\n1,0\n\"2\"x,1\n", CSVOptions{LabelCount: -1}, ErrUnterminated, 3, 3},
		{"a,y\n1,0\n2\"x,1\n", CSVOptions{LabelCount: -1}, ErrSyntax, 3, 2},
		{"a,y\nred,0\ninf,0\n", oneHot, ErrNotFinite, 3, 1},
		{"a,y\nred,0\n\"1,5\",0\n", oneHot, ErrNotNumber, 3, 1},
		{"a,y\nred,0\n\"x\r\r\ny\",0\n", oneHot, ErrNotNumber, 3, 1},
		{"a,y\nred,0\nblue,no\n", oneHot, ErrNotNumber, 3, 6},
		{"a,y\nred,0\nblue,3\n", oneHot, ErrNotBinary, 3, 6},
	} {
		_, err := ReadCSV(strings.NewReader(c.file), c.o)
		wantParseError(t, err, c.kind, c.line, c.column, c.file)
	}
	for _, o := range []CSVOptions{
		{LabelCount: 1, Labels: []string{"y"}},
		{Labels: []string{"y"}, Header: HeaderNone},
		{LabelCount: 1, Ignore: []string{"y"}, Header: HeaderNone},
		{LabelCount: 1, Header: 2},
		{LabelCount: 1, Categorical: -1},
		{LabelCount: 1, MissingFeature: 9},
		{LabelCount: 1, Comma: '"'},
		{LabelCount: 1, Comma: '\n'},
		{LabelCount: 1, Comma: -5},
		{LabelCount: 1, Limits: Limits{MaxLabels: -1}},
	} {
		_, err := ReadCSV(strings.NewReader("a,y\n1,0\n"), o)
		require.Error(t, err, "%+v", o)
		assert.Equal(t, o.Validate(), err, "%+v", o)
	}
}

func TestCSVUnnamedColumn(t *testing.T) {
	m, err := ReadCSV(strings.NewReader(",a,y\n0,5,1\n1,6,0\n"), CSVOptions{LabelCount: -1, Ignore: []string{""}})
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, m.Features)
	almost.Same(t, []float64{5, 6}, cells(m))
}
