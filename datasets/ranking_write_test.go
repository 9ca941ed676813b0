package datasets

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// awkwardRankings has orders of every kind, and numbers and names that are hard
// to write.
func awkwardRankings(t *testing.T) *LabelRanking {
	partial := func(p permutations.Partial, err error) permutations.Partial {
		require.NoError(t, err)
		return p
	}
	m := &LabelRanking{
		X:        mat.NewDense(5, 2, []float64{0.1, -1e-300, math.MaxFloat64, 0, 1. / 3, 5e-324, 0, 0, 1e21, -7}),
		Y:        []permutations.Ordering{{2, 0, 3, 1}, nil, nil, nil, {0, 1, 2, 3}},
		Features: []string{"a, b", `"quoted"`},
		Labels:   []string{"caf\u00e9 > bar", "?", "10", "\ufeffmark"},
	}
	m.Partial = []permutations.Partial{
		{}, partial(permutations.TopM(4, 3, 1)), partial(permutations.Subset(4, 2, 0)), partial(permutations.Ties(4, []int{1, 3}, []int{0, 2})), {},
	}
	return m
}

func sameAfterWriting(t *testing.T, want, got *LabelRanking) {
	t.Helper()
	require.NoError(t, got.Validate())
	require.Equal(t, want.Len(), got.Len())
	assert.Equal(t, want.Y, got.Y)
	for i := range want.Y {
		assert.Equal(t, want.isPartial(i), got.isPartial(i), "row %d", i)
		if want.isPartial(i) {
			assert.True(t, want.Partial[i].Equal(got.Partial[i]), "row %d: want %v, got %v", i, want.Partial[i], got.Partial[i])
		}
	}
	assert.Equal(t, want.Weights, got.Weights)
	require.Equal(t, want.D(), got.D())
	if want.D() > 0 {
		assert.True(t, mat.Equal(want.X, got.X))
	}
}

func TestWriteRankingCSVRoundTrip(t *testing.T) {
	for _, comma := range []rune{0, ';', '\t'} {
		for _, header := range []CSVHeader{HeaderFirst, HeaderNone} {
			for _, features := range []bool{true, false} {
				m := awkwardRankings(t)
				if !features {
					m.X, m.Features = nil, nil
				}
				var out bytes.Buffer
				require.NoError(t, WriteRankingCSV(&out, m, RankingCSVWriteOptions{Header: header, Comma: comma}))
				got, err := ReadRankingCSV(&out, RankingCSVOptions{Header: header, Comma: comma, RankCount: -4})
				require.NoError(t, err)
				sameAfterWriting(t, m, got)
				if header == HeaderFirst {
					assert.Equal(t, m.Labels, got.Labels)
					assert.Equal(t, m.Features, got.Features)
				}
			}
		}
	}
	var out bytes.Buffer
	m := awkwardRankings(t)
	m.X, m.Features = nil, nil
	require.NoError(t, WriteRankingCSV(&out, m, RankingCSVWriteOptions{Header: HeaderNone, Missing: "-"}))
	assert.Equal(t, "2,4,1,3\n3,2,3,1\n2,-,1,-\n3,1,3,1\n1,2,3,4\n", out.String())
}

func TestWritePrefLibRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		m := &LabelRanking{Name: "a title: of more # words", Labels: []string{"Ann: A.", "{2}", "3,1", "d"}}
		full := awkwardRankings(t)
		for range 1 + rng.IntN(8) {
			i := rng.IntN(5)
			m.Y, m.Partial = append(m.Y, full.Y[i]), append(m.Partial, full.Partial[i])
			m.Weights = append(m.Weights, float64(1+rng.IntN(3))+1)
		}
		var out bytes.Buffer
		require.NoError(t, WritePrefLib(&out, m, PrefLibWriteOptions{}))
		got, err := ReadPrefLib(bytes.NewReader(out.Bytes()), PrefLibOptions{})
		require.NoError(t, err, out.String())
		sameAfterWriting(t, m, got)
		assert.Equal(t, m.Labels, got.Labels)
		assert.Equal(t, m.Name, got.Name)
		// Merged, the votes are as many, and no two lines are the same.
		out.Reset()
		require.NoError(t, WritePrefLib(&out, m, PrefLibWriteOptions{Merge: true}))
		got, err = ReadPrefLib(&out, PrefLibOptions{})
		require.NoError(t, err)
		want, seen := votesOf(m), map[string]bool{}
		for order, count := range votesOf(got) {
			assert.Equal(t, want[order], count, order)
		}
		for i := range got.Len() {
			assert.False(t, seen[got.Order(i)])
			seen[got.Order(i)] = true
		}
		assert.Len(t, want, got.Len())
	}
}

// votesOf counts the votes of each order.
func votesOf(m *LabelRanking) map[string]float64 {
	out := map[string]float64{}
	for i := range m.Len() {
		w := 1.0
		if m.Weights != nil {
			w = m.Weights[i]
		}
		out[m.Order(i)] += w
	}
	return out
}

// The text, and the narrowest type, by hand.
func TestWritePrefLibText(t *testing.T) {
	full := awkwardRankings(t)
	for _, c := range []struct {
		rows []int
		kind string
	}{{[]int{0, 4}, "soc"}, {[]int{0, 2}, "soi"}, {[]int{1, 3}, "toc"}, {[]int{2, 3}, "toi"}} {
		m := full.Rows(c.rows)
		m.X, m.Features, m.Labels = nil, nil, nil
		var out strings.Builder
		require.NoError(t, WritePrefLib(&out, m, PrefLibWriteOptions{}))
		assert.Contains(t, out.String(), "# DATA TYPE: "+c.kind+"\n")
	}
	m := full.Rows([]int{0, 1, 2, 3, 0})
	m.X, m.Features, m.Labels, m.Weights = nil, nil, nil, []float64{1, 2, 3, 4, 5}
	var out strings.Builder
	require.NoError(t, WritePrefLib(&out, m, PrefLibWriteOptions{Merge: true}))
	assert.Equal(t, `# DATA TYPE: toi
# NUMBER ALTERNATIVES: 4
# NUMBER VOTERS: 15
# NUMBER UNIQUE ORDERS: 4
# ALTERNATIVE NAME 1: y1
# ALTERNATIVE NAME 2: y2
# ALTERNATIVE NAME 3: y3
# ALTERNATIVE NAME 4: y4
6: 3,1,4,2
2: 4,2,{1,3}
3: 3,1
4: {2,4},{1,3}
`, out.String())
}

func TestRankingWriteErrors(t *testing.T) {
	nothing, err := permutations.NewPartial(4, nil, permutations.UnlistedAnywhere)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change       func(m *LabelRanking)
		csv, preflib error
	}{
		"invalid":           {func(m *LabelRanking) { m.Y[0] = permutations.Ordering{0} }, ErrRagged, ErrRagged},
		"features":          {func(m *LabelRanking) { m.X = mat.NewDense(5, 1, nil) }, nil, ErrNotRepresentable},
		"weights":           {func(m *LabelRanking) { m.Weights = []float64{1, 1, 2, 1, 1} }, ErrNotRepresentable, nil},
		"weight of half":    {func(m *LabelRanking) { m.Weights = []float64{1, 1, 0.5, 1, 1} }, ErrNotRepresentable, ErrNotRepresentable},
		"weight of zero":    {func(m *LabelRanking) { m.Weights = []float64{1, 1, 0, 1, 1} }, ErrNotRepresentable, ErrNotRepresentable},
		"too large weights": {func(m *LabelRanking) { m.Weights = []float64{1 << 53, 1, 1, 1, 1} }, ErrNotRepresentable, ErrNotRepresentable},
		"no labels ranked":  {func(m *LabelRanking) { m.Partial[1] = nothing }, ErrNotRepresentable, ErrNotRepresentable},
		"empty name":        {func(m *LabelRanking) { m.Labels[1] = "" }, ErrNotRepresentable, ErrNotRepresentable},
		"line end":          {func(m *LabelRanking) { m.Labels[1] = "a\r\nb" }, ErrNotRepresentable, ErrNotRepresentable},
		"same names":        {func(m *LabelRanking) { m.Labels[1] = m.Labels[0] }, ErrDuplicateAttribute, nil},
		"blanks":            {func(m *LabelRanking) { m.Labels[1] = " a" }, nil, ErrNotRepresentable},
		"title":             {func(m *LabelRanking) { m.Name = "a\nb" }, nil, ErrNotRepresentable},
	} {
		m := awkwardRankings(t)
		m.X, m.Features = nil, nil
		c.change(m)
		var out bytes.Buffer
		for format, e := range map[string][2]error{
			"csv":     {WriteRankingCSV(&out, m, RankingCSVWriteOptions{}), c.csv},
			"preflib": {WritePrefLib(&out, m, PrefLibWriteOptions{}), c.preflib},
		} {
			if e[1] == nil {
				assert.NoError(t, e[0], "%s: %s", format, name)
			} else {
				assert.ErrorIs(t, e[0], e[1], "%s: %s", format, name)
			}
		}
	}
	assert.Error(t, WriteRankingCSV(&bytes.Buffer{}, awkwardRankings(t), RankingCSVWriteOptions{Comma: '\n'}))
	full, err := os.OpenFile(os.DevNull, os.O_RDONLY, 0) // cannot be written
	require.NoError(t, err)
	defer full.Close()
	assert.Error(t, WriteRankingCSV(full, awkwardRankings(t), RankingCSVWriteOptions{}))
	m := awkwardRankings(t)
	m.X, m.Features = nil, nil
	assert.Error(t, WritePrefLib(full, m, PrefLibWriteOptions{}))
}
