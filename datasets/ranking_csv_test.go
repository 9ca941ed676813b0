package datasets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
)

func readRankingCSV(t *testing.T, text string, o RankingCSVOptions) *LabelRanking {
	t.Helper()
	m, err := ReadRankingCSV(strings.NewReader(text), o)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	return m
}

func TestRankingCSVOrderColumn(t *testing.T) {
	const text = "id,order,x,colour\n1, b > a10>a9 ,1.5,red\n2,a9=b>a10,2,green\n3,a10>b,-3,red\n"
	m := readRankingCSV(t, text, RankingCSVOptions{Order: "order", Ignore: []string{"id"}, Categorical: CategoricalOneHot})
	assert.Equal(t, []string{"a9", "a10", "b"}, m.Labels, "numbers at the end are sorted by value")
	assert.Equal(t, []string{"x", "colour=green", "colour=red"}, m.Features)
	almost.Slice(t, []float64{1.5, 0, 1, 2, 1, 0, -3, 0, 1}, m.X.(*mat.Dense).RawMatrix().Data, 0, 0)
	assert.Equal(t, []permutations.Ordering{{2, 1, 0}, nil, nil}, m.Y)
	assert.Equal(t, "[/0 0=2>1/3 1>2/3]", sprint(m.Partial))

	m = readRankingCSV(t, text, RankingCSVOptions{Order: "order", Ignore: []string{"id", "x", "colour"}, Unlisted: permutations.UnlistedBelow,
		Labels: []string{"a10", "b", "a9", "never"}})
	assert.Nil(t, m.X)
	assert.Equal(t, []string{"a10", "b", "a9", "never"}, m.Labels)
	assert.Equal(t, []permutations.Ordering{{1, 0, 2, 3}, nil, nil}, m.Y, "one label below the others leaves no choice")
	assert.Equal(t, "[/0 1=2>0>3/4 0>1>2=3/4]", sprint(m.Partial))

	last := readRankingCSV(t, "1;b>a\n2;a>b\n", RankingCSVOptions{Header: HeaderNone, Comma: ';', OrderColumn: -1})
	second := readRankingCSV(t, "1,b>a\n2,a>b\n", RankingCSVOptions{Header: HeaderNone, OrderColumn: 2})
	sameRankings(t, last, second)
	assert.Equal(t, []permutations.Ordering{{1, 0}, {0, 1}}, last.Y)
	assert.Equal(t, []string{"x1"}, last.Features)
	assert.Nil(t, last.Partial)
}

func TestRankingCSVRankColumns(t *testing.T) {
	const text = "z,x,a,m\n1,10,3,2\n2.5,11,2.5,1\n?,12,1,NA\n-1e3,13,0,5\n"
	m := readRankingCSV(t, text, RankingCSVOptions{Ranks: []string{"m", "a", "z"}})
	assert.Equal(t, []string{"z", "a", "m"}, m.Labels, "in the order of the file")
	assert.Equal(t, []string{"x"}, m.Features)
	assert.Equal(t, []string{"z>m>a", "m>z=a", "a", "z>a>m"}, orders(m))

	m = readRankingCSV(t, "1,2,7\n2,,8\n", RankingCSVOptions{Header: HeaderNone, RankCount: 2, Unlisted: permutations.UnlistedBelow})
	assert.Equal(t, []string{"y1", "y2"}, m.Labels)
	assert.Equal(t, []string{"x1"}, m.Features)
	assert.Equal(t, []permutations.Ordering{{0, 1}, {0, 1}}, m.Y)
	assert.Nil(t, m.Partial)
	m = readRankingCSV(t, "x,a,b\n7,2,1\n", RankingCSVOptions{RankCount: -2})
	assert.Equal(t, []string{"b>a"}, orders(m))
}

func TestRankingCSVErrors(t *testing.T) {
	byOrder := RankingCSVOptions{Order: "r"}
	byRank := RankingCSVOptions{Ranks: []string{"a", "b"}}
	for name, c := range map[string]struct {
		text         string
		o            RankingCSVOptions
		kind         error
		line, column int
		says         string
	}{
		"empty":             {"", byOrder, ErrEmpty, 0, 0, ""},
		"header only":       {"x,r\n", byOrder, ErrEmpty, 0, 0, ""},
		"nothing chosen":    {"x,r\n1,a>b\n", RankingCSVOptions{}, ErrNoLabels, 0, 0, "set Ranks, RankCount, Order or OrderColumn"},
		"no order column":   {"x,y\n1,a>b\n", byOrder, ErrNoLabels, 0, 0, `no column "r"`},
		"no rank column":    {"x,a\n1,1\n", byRank, ErrUnknownLabel, 0, 0, `no column "b"`},
		"order out of file": {"a>b\n", RankingCSVOptions{Header: HeaderNone, OrderColumn: -2}, ErrNoLabels, 0, 0, "only 1 columns"},
		"ranks out of file": {"x,y\n", RankingCSVOptions{RankCount: 3}, ErrNoLabels, 0, 0, "only 2 columns"},
		"two columns":       {"x,x\n1,a>b\n", byOrder, ErrDuplicateAttribute, 1, 3, ""},
		"ignored ranking":   {"x,r\n1,a>b\n", RankingCSVOptions{Order: "r", Ignore: []string{"r"}}, ErrUnknownLabel, 1, 3, ""},
		"two labels":        {"x,r\n1,a>b\n", RankingCSVOptions{Order: "r", Labels: []string{"a", "b", "a"}}, ErrDuplicateAttribute, 0, 0, `two labels "a"`},
		"unknown label":     {"x,r\n1,a>b\n2,a>c\n", RankingCSVOptions{Order: "r", Labels: []string{"a", "b"}}, ErrUnknownLabel, 3, 3, `label "c" is none of {a, b}`},
		"repeated":          {"x,r\n1,a>b>a\n", byOrder, permutations.ErrRepeated, 2, 3, `label "a" is listed twice`},
		"repeated in a tie": {"x,r\n1,a=a\n", byOrder, permutations.ErrRepeated, 2, 3, ""},
		"name missing":      {"x,r\n1,a>>b\n", byOrder, ErrSyntax, 2, 3, "a name is missing"},
		"end missing":       {"x,r\n1,a>\n", byOrder, ErrSyntax, 2, 3, ""},
		"no order":          {"r,x\n?,1\n", byOrder, ErrMissingValue, 2, 1, "ranks no label"},
		"no ranks":          {"x,a,b\n1,,\n", byRank, ErrMissingValue, 2, 0, "ranks no label"},
		"no number":         {"x,a,b\n1,1,first\n", byRank, ErrNotNumber, 2, 5, `attribute "b"`},
		"infinite rank":     {"x,a,b\n1,1,inf\n", byRank, ErrNotFinite, 2, 5, ""},
		"feature":           {"x,r\nred,a>b\n", byOrder, ErrNotNumber, 2, 1, `attribute "x"`},
		"missing feature":   {"x,r\n?,a>b\n", byOrder, ErrMissingValue, 2, 1, "MissingFeature"},
		"ragged":            {"x,r\n1,a>b\n1\n", byOrder, ErrRagged, 3, 0, ""},
		"quote":             {"x,r\n1,\"a>b\n", byOrder, ErrUnterminated, 2, 8, ""},
		"rows":              {"r\na\nb\n", RankingCSVOptions{Order: "r", Limits: Limits{MaxRows: 1}}, ErrLimit, 3, 0, "MaxRows"},
		"labels":            {"r\na>b>c\n", RankingCSVOptions{Order: "r", Limits: Limits{MaxLabels: 2}}, ErrLimit, 2, 1, "MaxLabels"},
		"rank columns":      {"a,b\n1,2\n", RankingCSVOptions{RankCount: 2, Limits: Limits{MaxLabels: 1}}, ErrLimit, 0, 0, "MaxLabels"},
		"features":          {"x,r\n1,a>b\n", RankingCSVOptions{Order: "r", Ignore: nil, Limits: Limits{MaxCells: 2}}, ErrLimit, 0, 0, "MaxCells"},
	} {
		_, err := ReadRankingCSV(strings.NewReader(c.text), c.o)
		wantParseError(t, err, c.kind, c.line, c.column, name)
		assert.ErrorContains(t, err, c.says, name)
		assert.ErrorContains(t, err, "csv", name)
	}
	// n*d + k words for an ordering, 3 k for a partial ranking.
	for text, words := range map[string]int{"x,r\n1,a>b\n": 3, "x,r\n1,a=b\n": 7} {
		o := RankingCSVOptions{Order: "r", Limits: Limits{MaxCells: words}}
		_, err := ReadRankingCSV(strings.NewReader(text), o)
		require.NoError(t, err)
		o.Limits.MaxCells--
		_, err = ReadRankingCSV(strings.NewReader(text), o)
		assert.ErrorIs(t, err, ErrLimit)
	}
}

func TestRankingCSVOptions(t *testing.T) {
	for says, o := range map[string]RankingCSVOptions{
		"more than one":        {Order: "r", RankCount: 1},
		"Labels are those":     {Ranks: []string{"a"}, Labels: []string{"a"}},
		"but Header is Header": {Header: HeaderNone, Order: "r"},
		"Unlisted is 2":        {Order: "r", Unlisted: 2},
		"cannot separate":      {Order: "r", Comma: '"'},
		"use LabelCount":       {Header: HeaderNone, OrderColumn: 1, Ignore: []string{"x"}},
		"MaxRows is -1":        {Order: "r", Limits: Limits{MaxRows: -1}},
	} {
		assert.ErrorContains(t, o.Validate(), says)
		_, err := ReadRankingCSV(strings.NewReader("r\na>b\n"), o)
		assert.ErrorContains(t, err, says)
	}
	assert.NoError(t, RankingCSVOptions{}.Validate())
}

func TestCompareNatural(t *testing.T) {
	for _, pair := range [][2]string{{"L2", "L10"}, {"L9", "M1"}, {"L", "L0"}, {"L01", "L1"}, {"2", "10"}, {"a", "b"}, {"x99999999999999999998", "x99999999999999999999"}} {
		assert.Negative(t, compareNatural(pair[0], pair[1]), pair)
		assert.Positive(t, compareNatural(pair[1], pair[0]), pair)
	}
	assert.Zero(t, compareNatural("L1", "L1"))
}
