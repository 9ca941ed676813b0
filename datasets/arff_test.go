package datasets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

const mixedARFF = `% a comment
@RELATION 'two words' % another

@Attribute  'my size'	REAL
@attribute "it's \"{odd}\", 100%" {'New York' , rome,"a\tb"  }  % a comment
@attribute flag{0,1}
@attribute reversed {1,0}
@attribute sports {0,1}
@ATTRIBUTE law Integer
@DATA

1.5, 'New York', 1, 1, 1, 0   % a comment
% a comment between rows
  -2e3	,rome,0,0 ,0,1
1	"a	b"	'1'	0	1	1
`

func TestARFFDense(t *testing.T) {
	m, err := ReadARFF(strings.NewReader(mixedARFF), ARFFOptions{Labels: []string{"law", "sports"}})
	require.NoError(t, err)
	assert.Equal(t, "two words", m.Name)
	assert.IsType(t, &mat.Dense{}, m.X)
	assert.Equal(t, []string{
		"my size", `it's "{odd}", 100%=New York`, `it's "{odd}", 100%=rome`, "it's \"{odd}\", 100%=a\tb", "flag", "reversed",
	}, m.Features)
	assert.Equal(t, []string{"sports", "law"}, m.Labels, "labels are in the order of the file")
	almost.Same(t, []float64{
		1.5, 1, 0, 0, 1, 1,
		-2000, 0, 1, 0, 0, 0,
		1, 0, 0, 1, 1, 0,
	}, cells(m))
	assert.Equal(t, []string{"{0}", "{1}", "{0, 1}"}, labelSets(m))
	assert.Nil(t, m.Observed)
	assert.NoError(t, m.Validate())
}

func TestARFFSparse(t *testing.T) {
	const file = `@relation r
@attribute a numeric
@attribute 'b, c' {'A','B' ,'"','C,D'}
@attribute d {0,1}
@attribute e {1,0}
@attribute y {0,1}
@attribute z numeric
@data
{ 0 7,1 'B' ,2 1, 3 0,4 1 }
{}
{ 1 '"' , 5 1.0 } % a comment
{1 'C,D',2 0}
{0 0}
`
	m, err := ReadARFF(strings.NewReader(file), ARFFOptions{LabelCount: -2})
	require.NoError(t, err)
	require.IsType(t, &nn.CSR{}, m.X)
	assert.Equal(t, []string{"a", "b, c=A", "b, c=B", `b, c="`, "b, c=C,D", "d", "e"}, m.Features)
	almost.Same(t, []float64{
		7, 0, 1, 0, 0, 1, 0,
		0, 1, 0, 0, 0, 0, 1,
		0, 0, 0, 1, 0, 0, 1,
		0, 0, 0, 0, 1, 0, 1,
		0, 1, 0, 0, 0, 0, 1,
	}, cells(m))
	assert.Len(t, m.X.(*nn.CSR).Values, 11, "zeros are not stored")
	assert.Equal(t, []string{"{0}", "{}", "{1}", "{}", "{}"}, labelSets(m))
}

func TestARFFMixedRows(t *testing.T) {
	const header = "@relation r\n@attribute a numeric\n@attribute c {u,v}\n@attribute y {0,1}\n@data\n"
	want := []float64{0, 1, 0, 2, 0, 1, 3, 1, 0}
	m, err := ReadARFF(strings.NewReader(header+"{}\n2,v,1\n{0 3}\n"), ARFFOptions{LabelCount: -1})
	require.NoError(t, err)
	assert.IsType(t, &nn.CSR{}, m.X, "most rows are sparse")
	almost.Same(t, want, cells(m))

	m, err = ReadARFF(strings.NewReader(header+"0,u,0\n2,v,1\n{0 3}\n"), ARFFOptions{LabelCount: -1})
	require.NoError(t, err)
	assert.IsType(t, &mat.Dense{}, m.X, "most rows are dense")
	almost.Same(t, want, cells(m))
	assert.Equal(t, []string{"{}", "{0}", "{}"}, labelSets(m))
}

func TestARFFWithoutFeatures(t *testing.T) {
	for _, rows := range []string{"1,0\n0,0\n", "{0 1}\n{}\n"} {
		m, err := ReadARFF(strings.NewReader("@relation r\n@attribute y {0,1}\n@attribute z {0,1}\n@data\n"+rows), ARFFOptions{LabelCount: 2})
		require.NoError(t, err)
		assert.Nil(t, m.X)
		assert.Zero(t, m.D())
		assert.Equal(t, []string{"{0}", "{}"}, labelSets(m))
	}
}

func TestARFFMissing(t *testing.T) {
	const dense = `@relation r
@attribute a numeric
@attribute c {u,v,?}
@attribute d {0,1}
@attribute e numeric
@attribute y {0,1}
@attribute z numeric
@data
1,u,1,?,?,1
?,?,?,?,1,?
4,'?',1,?,0,0
4,v,0,?,0,0
`
	_, err := ReadARFF(strings.NewReader(dense), ARFFOptions{LabelCount: -2, File: "f"})
	wantParseError(t, err, ErrMissingValue, 9, 7)
	assert.EqualError(t, err, `f:9:7: attribute "e" has no value here; see the option MissingFeature`)

	m, err := ReadARFF(strings.NewReader(dense), ARFFOptions{LabelCount: -2, MissingFeature: MissingMean})
	require.NoError(t, err)
	almost.Slice(t, []float64{
		1, 1, 0, 0, 1, 0,
		3, 0, 0, 0, 2. / 3, 0,
		4, 0, 0, 1, 1, 0,
		4, 0, 1, 0, 0, 0,
	}, cells(m), 1e-15, 0)
	assert.Equal(t, []string{"{1}?0", "{0}?1", "{}", "{}"}, labelSets(m))
	assert.NoError(t, m.Validate())

	const sparse = `@relation r
@attribute a numeric
@attribute c {u,v}
@attribute e {1,0}
@attribute y {0,1}
@data
{0 3, 2 0}
{0 ?, 1 ?, 2 ?, 3 ?}
{0 3, 3 1}
{}
`
	m, err = ReadARFF(strings.NewReader(sparse), ARFFOptions{LabelCount: -1, MissingFeature: MissingMean})
	require.NoError(t, err)
	almost.Slice(t, []float64{
		3, 1, 0, 0,
		2, 0, 0, 2. / 3,
		3, 1, 0, 1,
		0, 1, 0, 1,
	}, cells(m), 1e-15, 0)
	assert.Equal(t, []string{"{}", "{}?0", "{0}", "{}"}, labelSets(m))
}

// The sum of the known values overflows, their mean does not.
func TestARFFMeanOfLargeValues(t *testing.T) {
	const file = "@relation r\n@attribute a numeric\n@attribute y {0,1}\n@data\n1e308,0\n1.5e308,0\n1.1e308,0\n?,1\n"
	m, err := ReadARFF(strings.NewReader(file), ARFFOptions{LabelCount: -1, MissingFeature: MissingMean})
	require.NoError(t, err)
	almost.Equal(t, 1.2e308, m.X.At(3, 0), 0, 1e-14)
}

func TestARFFIgnore(t *testing.T) {
	const file = `@relation r
@attribute id string
@attribute when date "yyyy-MM-dd HH:mm"
@attribute since date
@attribute a numeric
@attribute y {0,1}
@data
'Anne, 1',"2020-01-02 10:00",'x',5,1
`
	o := ARFFOptions{LabelCount: -1, Ignore: []string{"id", "when", "since"}}
	m, err := ReadARFF(strings.NewReader(file), o)
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, m.Features)
	almost.Same(t, []float64{5}, cells(m))

	for ignore, column := range map[string][2]int{"id": {3, 12}, "when": {2, 12}} {
		o.Ignore = []string{ignore, "since"}
		_, err = ReadARFF(strings.NewReader(file), o)
		wantParseError(t, err, ErrAttributeType, column[0], column[1])
	}
	o.Ignore = []string{"id", "when", "since", "nothing"}
	_, err = ReadARFF(strings.NewReader(file), o)
	wantParseError(t, err, ErrUnknownAttribute, 0, 0)
	o.Ignore = []string{"id", "when", "since", "y"}
	_, err = ReadARFF(strings.NewReader(file), o)
	wantParseError(t, err, ErrUnknownLabel, 6, 12)
}

func TestARFFOptions(t *testing.T) {
	for _, o := range []ARFFOptions{
		{Labels: []string{"y"}, LabelCount: 1},
		{Labels: []string{"y", "y"}},
		{MissingFeature: 2},
		{MissingFeature: -1},
		{Limits: Limits{MaxRows: -1}},
	} {
		_, err := ReadARFF(strings.NewReader(mixedARFF), o)
		require.Error(t, err, "%+v", o)
		assert.ErrorContains(t, err, "datasets: ")
		assert.Equal(t, o.Validate(), err)
	}
}

// A nominal attribute of one value is one column, of ones.
func TestARFFOneValue(t *testing.T) {
	const file = "@relation r\n@attribute c {only}\n@attribute a numeric\n@attribute y {0,1}\n@data\nonly,3,0\n?,4,0\n"
	m, err := ReadARFF(strings.NewReader(file), ARFFOptions{LabelCount: -1, MissingFeature: MissingMean})
	require.NoError(t, err)
	assert.Equal(t, []string{"c=only", "a"}, m.Features)
	almost.Same(t, []float64{1, 3, 0, 4}, cells(m))
}

func TestARFFManyValues(t *testing.T) {
	const header = "@relation r % a comment\n@attribute c {a,b,c,d,e,f,g,h,i,j}\n@attribute y {0,1}\n@data\n"
	m, err := ReadARFF(strings.NewReader(header+"j,1\na,0\n"), ARFFOptions{LabelCount: -1})
	require.NoError(t, err)
	assert.Equal(t, "r", m.Name)
	almost.Same(t, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, cells(m))
	_, err = ReadARFF(strings.NewReader(header+"j,1\nk,0\n"), ARFFOptions{LabelCount: -1, File: "f"})
	assert.EqualError(t, err, `f:6:1: "k" is not one of the values {a, b, c, d, e, f, g, h, ... 10 in all} of attribute "c"`)
}

func TestARFFRelation(t *testing.T) {
	for line, name := range map[string]string{
		"@relation":                 "",
		"@relation ''":              "",
		"@relation % c":             "",
		"@relation two words  % c":  "two words",
		"@relation two words\t% c":  "two words",
		"@relation 100%":            "100%",
		"@ReLaTiOn\t\"a % b\" % c ": "a % b",
		"% no relation":             "",
	} {
		m, err := ReadARFF(strings.NewReader(line+"\n@attribute y {0,1}\n@data\n0\n"), ARFFOptions{LabelCount: 1})
		require.NoError(t, err, line)
		assert.Equal(t, name, m.Name, line)
	}
}
