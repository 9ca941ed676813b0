package datasets

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// fuzzReadRanking is fuzzRead for rankings.
func fuzzReadRanking(t *testing.T, data []byte, read func([]byte) (*LabelRanking, error)) *LabelRanking {
	var m *LabelRanking
	var err error
	bound := uint64(3*8*fuzzLimits.MaxCells + 1<<20 + 256*len(data))
	if allocated := allocatedBytes(func() { m, err = read(data) }); allocated > bound {
		t.Fatalf("%d bytes allocated for an input of %d bytes", allocated, len(data))
	}
	if err != nil {
		var parse *ParseError
		require.True(t, errors.As(err, &parse), "%T: %v", err, err)
		require.NotEmpty(t, err.Error())
		return nil
	}
	require.NoError(t, m.Validate())
	return m
}

// rankingCSV writes the data as ReadRankingCSV reads it, with labels l1, l2,
// ... and the order in the last column.
func rankingCSV(m *LabelRanking) (text string, o RankingCSVOptions) {
	o = RankingCSVOptions{OrderColumn: -1}
	numbered := *m
	numbered.Labels = nil
	for j := range m.K() {
		numbered.Labels = append(numbered.Labels, fmt.Sprintf("l%d", j+1))
	}
	o.Labels = numbered.Labels
	var b strings.Builder
	w := csvWriter{textWriter: newTextWriter(&b), comma: ','}
	for j := range m.D() {
		w.cell(fmt.Sprintf("x%d", j+1))
	}
	w.cell("order")
	w.end()
	for i := range m.Len() {
		for j := range m.D() {
			w.cell(formatNumber(m.X.At(i, j)))
		}
		w.cell(numbered.Order(i))
		w.end()
	}
	w.Flush()
	return b.String(), o
}

// requireRoundTrip writes and reads the rankings again.
func requireRoundTrip(t *testing.T, m *LabelRanking) {
	t.Helper()
	text, o := rankingCSV(m)
	again, err := ReadRankingCSV(strings.NewReader(text), o)
	require.NoError(t, err, text)
	again.Name, again.Weights = m.Name, m.Weights
	again.Labels, again.Features = m.Labels, m.Features
	sameRankings(t, m, again)
}

func TestRankingCSVRoundTrip(t *testing.T) {
	requireRoundTrip(t, someRankings(t))
	for _, f := range rankingFormats() {
		m, err := f.read(strings.NewReader(f.input), Limits{})
		require.NoError(t, err)
		requireRoundTrip(t, m)
	}
}

func FuzzKEBI(f *testing.F) {
	for _, s := range []string{
		plainKEBI, positionKEBI, nominalKEBI, "x,ranking\n1,a=b>c\n", "\"x\n\",ranking,b\n1,b,0\n", "L1>L2\n", "1,L1>>L2\n", "1,L1>L1\n",
		"1,ab>\n", "x,RANKING,a,b\n1,a>b,1,0\n", "\ufeff1,a>b\n", "1,é>a\n", "\"1,5\",a>b\n", "red,a>b\n1,b>a\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if m := fuzzReadRanking(t, data, func(b []byte) (*LabelRanking, error) {
			return ReadKEBI(bytes.NewReader(b), KEBIOptions{Limits: fuzzLimits})
		}); m != nil {
			requireRoundTrip(t, m)
		}
	})
}

func FuzzRankingCSV(f *testing.F) {
	for _, s := range []string{
		"x,r\n1,a>b\n2,b=a\n", "1,a>b>c\n2,b\n", "a,b,c\n1,2,3\n2,,1\n", "a,b\n1,1\n", "a\n1\n", "r\n a > b \n", "r\n\"a\n>b\"\n", "r\na>>b\n", "r\na>a\n",
		"x,r\nred,a\n", "a;b\n1;2\n", "a,b\n1e999,2\n", "a,b\nx,2\n", "\"a,r\n",
	} {
		for _, column := range []int8{-1, 1, -2} {
			f.Add([]byte(s), column, int8(0), uint8(0), ',')
			f.Add([]byte(s), int8(0), column, uint8(15), ';')
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, order, ranks int8, flags uint8, comma rune) {
		o := RankingCSVOptions{
			OrderColumn: int(order), RankCount: int(ranks), Header: CSVHeader(flags & 1), Categorical: Categorical(flags >> 1 & 1),
			MissingFeature: MissingFeature(flags >> 2 & 1), Unlisted: permutations.Unlisted(flags >> 3 & 1), Comma: comma, Limits: fuzzLimits,
		}
		if o.Validate() != nil {
			return
		}
		if m := fuzzReadRanking(t, data, func(b []byte) (*LabelRanking, error) { return ReadRankingCSV(bytes.NewReader(b), o) }); m != nil {
			requireRoundTrip(t, m)
		}
	})
}

func FuzzPrefLib(f *testing.F) {
	for _, s := range []string{
		newPrefLib, oldPrefLib, "1\n1,a\n1,1,1\n1,1\n", "2\n1,a\n2,b\n3,3,2\n2,{1,2}\n1,2\n", "# NUMBER ALTERNATIVES: 1\n# ALTERNATIVE NAME 1: x\n7: {1}\n",
		"2\n1,a\n2,b\n1,1,1\n1,{1,{2}}\n", "2\n1,a\n2,b\n1,1,1\n1,1,,2\n", "99999999\n", "# DATA TYPE: soc\n",
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, below bool) {
		o := PrefLibOptions{Limits: fuzzLimits}
		if below {
			o.Unlisted = permutations.UnlistedBelow
		}
		m := fuzzReadRanking(t, data, func(b []byte) (*LabelRanking, error) { return ReadPrefLib(bytes.NewReader(b), o) })
		if m == nil {
			return
		}
		requireRoundTrip(t, m)
		var text bytes.Buffer
		if err := WritePrefLib(&text, m, PrefLibWriteOptions{}); floats.Sum(m.Weights) > 1<<53 {
			require.ErrorIs(t, err, ErrNotRepresentable)
			return
		} else {
			require.NoError(t, err)
		}
		again, err := ReadPrefLib(bytes.NewReader(text.Bytes()), PrefLibOptions{})
		require.NoError(t, err, text.String())
		sameRankings(t, m, again)
	})
}
