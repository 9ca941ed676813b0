package datasets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

func TestLIBSVM(t *testing.T) {
	const file = `# a comment

3,+1 1:0.5 3:-2e1 # another
 2:0.25
` + "\t4:1\n" + `2, 3 , 1,3
2:1 3:0 4:7
1
   # only a comment
3 4:0
`
	m, err := ReadLIBSVM(strings.NewReader(file), LIBSVMOptions{})
	require.NoError(t, err)
	assert.IsType(t, &nn.CSR{}, m.X)
	almost.Same(t, []float64{
		0.5, 0, -20, 0,
		0, 0.25, 0, 0,
		0, 0, 0, 1,
		0, 0, 0, 0,
		0, 1, 0, 7,
		0, 0, 0, 0,
		0, 0, 0, 0,
	}, cells(m))
	assert.Equal(t, []string{"{0, 2}", "{}", "{}", "{0, 1, 2}", "{}", "{0}", "{2}"}, labelSets(m))
	assert.Equal(t, []string{"", "x2", "y3"}, []string{m.Name, m.FeatureName(1), m.LabelName(2)})
	assert.Nil(t, m.Features)
	assert.Nil(t, m.Labels)
	assert.Nil(t, m.Observed)
	assert.Len(t, m.X.(*nn.CSR).Values, 6, "zeros are not stored")
	assert.NoError(t, m.Validate())
}

func TestLIBSVMBases(t *testing.T) {
	for _, c := range []struct {
		file string
		o    LIBSVMOptions
		d, k int
		x    []float64
		y    string
	}{
		{"1 1:5", LIBSVMOptions{}, 1, 1, []float64{5}, "{0}"},
		{"0,1 0:3 1:5", LIBSVMOptions{}, 2, 2, []float64{3, 5}, "{0, 1}"},
		{"1 0:3 1:5", LIBSVMOptions{}, 2, 1, []float64{3, 5}, "{0}"},
		{"1 1:5", LIBSVMOptions{LabelBase: ZeroBased, FeatureBase: ZeroBased}, 2, 2, []float64{0, 5}, "{1}"},
		{"1 1:5", LIBSVMOptions{LabelBase: OneBased, FeatureBase: OneBased}, 1, 1, []float64{5}, "{0}"},
		{"1 1:5", LIBSVMOptions{Labels: 3, Features: 2}, 2, 3, []float64{5, 0}, "{0}"},
		{"2 2:5", LIBSVMOptions{Labels: 2, Features: 2}, 2, 2, []float64{0, 5}, "{1}"},
		{"1 1:5", LIBSVMOptions{Labels: 2, Features: 2, LabelBase: ZeroBased, FeatureBase: ZeroBased}, 2, 2, []float64{0, 5}, "{1}"},
		{"1", LIBSVMOptions{}, 0, 1, nil, "{0}"},
		{"1", LIBSVMOptions{Features: 2}, 2, 1, []float64{0, 0}, "{0}"},
		{"1:1", LIBSVMOptions{Labels: 2}, 1, 2, []float64{1}, "{}"},
		{"1 3:0", LIBSVMOptions{}, 3, 1, []float64{0, 0, 0}, "{0}"},
	} {
		m, err := ReadLIBSVM(strings.NewReader(c.file), c.o)
		require.NoError(t, err, "%+v", c)
		assert.Equal(t, []int{c.d, c.k}, []int{m.D(), m.K()}, "%+v", c)
		almost.Same(t, c.x, cells(m), c.file)
		assert.Equal(t, []string{c.y}, labelSets(m), "%+v", c)
		assert.Equal(t, c.d == 0, m.X == nil)
	}
}

func TestLIBSVMErrors(t *testing.T) {
	for _, c := range []struct {
		row    string // line 2
		o      LIBSVMOptions
		kind   error
		line   int
		column int
	}{
		{"1,2 1", LIBSVMOptions{}, ErrSyntax, 2, 5},
		{"1 2:1 3", LIBSVMOptions{}, ErrSyntax, 2, 7},
		{"1 qid:4 1:1", LIBSVMOptions{}, ErrSyntax, 2, 3},
		{"qid:4 1:1", LIBSVMOptions{}, ErrSyntax, 2, 1},
		{"a 1:1", LIBSVMOptions{}, ErrSyntax, 2, 1},
		{"1.0 1:1", LIBSVMOptions{}, ErrSyntax, 2, 1},
		{"1,,2 1:1", LIBSVMOptions{}, ErrSyntax, 2, 3},
		{"1, 2:1", LIBSVMOptions{}, ErrSyntax, 2, 4},
		{",1 1:1", LIBSVMOptions{}, ErrSyntax, 2, 1},
		{"1,", LIBSVMOptions{}, ErrSyntax, 2, 3},
		{"-1 1:1", LIBSVMOptions{}, ErrIndexRange, 2, 1},
		{"1 -1:1", LIBSVMOptions{}, ErrIndexRange, 2, 3},
		{"1 :1", LIBSVMOptions{}, ErrSyntax, 2, 3},
		{"1 x:1", LIBSVMOptions{}, ErrSyntax, 2, 3},
		{"1 1.5:1", LIBSVMOptions{}, ErrSyntax, 2, 3},
		{"1 2147483647:1", LIBSVMOptions{}, ErrIndexRange, 2, 3},
		{"1 4294967297:1", LIBSVMOptions{}, ErrIndexRange, 2, 3},
		{"1 99999999999999999999:1", LIBSVMOptions{}, ErrIndexRange, 2, 3},
		{"1 2147483646:1", LIBSVMOptions{}, ErrLimit, 2, 3},
		{"2147483646 1:1", LIBSVMOptions{}, ErrLimit, 2, 1},
		{"1 2:1 1:1", LIBSVMOptions{}, ErrIndexOrder, 2, 7},
		{"1 2:1 2:1", LIBSVMOptions{}, ErrIndexOrder, 2, 7},
		{"1 2:0 2:0", LIBSVMOptions{}, ErrIndexOrder, 2, 7},
		{"1 1:", LIBSVMOptions{}, ErrNotNumber, 2, 5},
		{"1 1: 2", LIBSVMOptions{}, ErrNotNumber, 2, 5},
		{"1 1:x", LIBSVMOptions{}, ErrNotNumber, 2, 5},
		{"1 1:1,2", LIBSVMOptions{}, ErrSyntax, 2, 6},
		{"1 1:nan", LIBSVMOptions{}, ErrNotFinite, 2, 5},
		{"1 1:-inf", LIBSVMOptions{}, ErrNotFinite, 2, 5},
		{"1 1:1e999", LIBSVMOptions{}, ErrNotFinite, 2, 5},
		{"1 0:1", LIBSVMOptions{FeatureBase: OneBased}, ErrIndexRange, 2, 3},
		{"0 1:1", LIBSVMOptions{LabelBase: OneBased}, ErrIndexRange, 2, 1},
		{"5 1:1", LIBSVMOptions{Labels: 4}, ErrIndexRange, 2, 1},
		{"0,4 1:1", LIBSVMOptions{Labels: 4}, ErrIndexRange, 2, 3},
		{"1 1:1 9:1", LIBSVMOptions{Features: 8}, ErrIndexRange, 2, 7},
		{"1 8:1", LIBSVMOptions{Features: 8, FeatureBase: ZeroBased}, ErrIndexRange, 2, 3},
		{"1\x00 8:1", LIBSVMOptions{}, ErrEncoding, 2, 2},
	} {
		_, err := ReadLIBSVM(strings.NewReader("2 1:1\n"+c.row+"\n1 3:1\n"), c.o)
		wantParseError(t, err, c.kind, c.line, c.column, c.row)
	}
	for file, kind := range map[string]error{"": ErrEmpty, "\n # x\n  \n": ErrEmpty, "1:1\n": ErrNoLabels} {
		_, err := ReadLIBSVM(strings.NewReader(file), LIBSVMOptions{})
		wantParseError(t, err, kind, 0, 0, file)
	}
	for _, o := range []LIBSVMOptions{
		{Labels: -1}, {Features: -1}, {LabelBase: 3}, {FeatureBase: -1}, {Limits: Limits{MaxCells: -1}},
	} {
		_, err := ReadLIBSVM(strings.NewReader("1 1:1\n"), o)
		require.Error(t, err)
		assert.Equal(t, o.Validate(), err)
	}
}
