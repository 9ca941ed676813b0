package datasets

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
)

const (
	plainKEBI    = "0.5,  -0.25,L10>L1>L2\n1e-3,2,L1>L2>L10"
	positionKEBI = "A1,A2,ranking,b,a,c\n0.5,-1,b>c>a,0.0,2.0,1.0\n-0.5,1,a>b>c,1.0,0.0,2.0\n"
	nominalKEBI  = "V1,V2,ranking\nwinter,8,b>ac>d\nspring,8.5,a>b>c>d\nwinter,9,bd\n"
)

func readKEBI(t *testing.T, text string) *LabelRanking {
	t.Helper()
	m, err := ReadKEBI(strings.NewReader(text), KEBIOptions{})
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	return m
}

func features(m *LabelRanking) []float64 { return mat.DenseCopyOf(m.X).RawMatrix().Data }

func TestKEBIDialects(t *testing.T) {
	m := readKEBI(t, plainKEBI)
	assert.Equal(t, []string{"L1", "L2", "L10"}, m.Labels)
	assert.Equal(t, []permutations.Ordering{{2, 0, 1}, {0, 1, 2}}, m.Y)
	assert.Nil(t, m.Partial)
	assert.Equal(t, []string{"x1", "x2"}, m.Features)
	almost.Slice(t, []float64{0.5, -0.25, 1e-3, 2}, features(m), 0, 0)

	m = readKEBI(t, positionKEBI)
	assert.Equal(t, []string{"b", "a", "c"}, m.Labels, "as the position columns")
	assert.Equal(t, []permutations.Ordering{{0, 2, 1}, {1, 0, 2}}, m.Y)
	assert.Equal(t, []string{"A1", "A2"}, m.Features, "the position columns leak the target")
	almost.Slice(t, []float64{0.5, -1, -0.5, 1}, features(m), 0, 0)

	m = readKEBI(t, nominalKEBI)
	assert.Equal(t, []string{"a", "b", "c", "d"}, m.Labels)
	assert.Equal(t, []string{"b>a=c>d", "a>b>c>d", "b=d"}, orders(m))
	assert.Equal(t, "[1>0=2>3/4 /0 1=3/4]", sprint(m.Partial))
	assert.Equal(t, permutations.Identity(4), m.Y[1])
	assert.Equal(t, []string{"V1=spring", "V1=winter", "V2"}, m.Features)
	almost.Slice(t, []float64{0, 1, 8, 1, 0, 8.5, 0, 1, 9}, features(m), 0, 0)
}

func TestKEBIMixtures(t *testing.T) {
	// Positions are not compared in rows that have ties or are incomplete.
	m := readKEBI(t, "x,Ranking,a,b,c \n1,b>ac,?,0,?\n2,c>b,,,\n3,c>b>a,2,1,0\n")
	assert.Equal(t, []string{"b>a=c", "c>b", "c>b>a"}, orders(m))
	m = readKEBI(t, "a=b>L1\nL1>a>b\n")
	assert.Equal(t, []string{"a=b>L1", "L1>a>b"}, orders(m))
	assert.Nil(t, m.X)
}

func TestKEBIErrors(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		kind         error
		line, column int
		says         string
	}{
		"empty":          {"", ErrEmpty, 0, 0, ""},
		"header only":    {"x,ranking\n", ErrEmpty, 0, 0, ""},
		"no ranking":     {"x,y\n1,a>b\n", ErrNoLabels, 1, 3, "column called ranking"},
		"position":       {strings.Replace(positionKEBI, "0.0,2.0,1.0", "0.0,1.0,2.0", 1), ErrPosition, 2, 22, `column "c" has "2.0", but the label is at rank 1`},
		"no position":    {strings.Replace(positionKEBI, "0.0,2.0,1.0", "0.0,2.0,z", 1), ErrNotNumber, 2, 22, ""},
		"no label":       {"x,ranking,a,weight\n1,a>b,0,1\n", ErrUnknownLabel, 2, 3, `label "b" is none of {a, weight}`},
		"feature behind": {"x,ranking,a,b,y\n1,a>b,0,1,7\n", ErrPosition, 0, 0, `column "y" behind the ranking`},
		"two labels":     {"x,ranking,a,a \n1,a>b,0,1\n", ErrDuplicateAttribute, 1, 11, ""},
		"two columns":    {"x,x,ranking\n1,2,a>b\n", ErrDuplicateAttribute, 1, 3, ""},
		"repeated":       {"1,L1>L2\n2,L1>L1\n", permutations.ErrRepeated, 2, 3, `label "L1"`},
		"repeated tie":   {"1,L1>L2\n2,abca\n", permutations.ErrRepeated, 2, 3, `label "a"`},
		"no order":       {"1,L1>L2\n2,\n", ErrMissingValue, 2, 3, ""},
		"ragged":         {"1,L1>L2\nL2>L1\n", ErrRagged, 2, 0, ""},
		"missing":        {"?,L1>L2\n", ErrMissingValue, 1, 1, ""},
	} {
		_, err := ReadKEBI(strings.NewReader(c.text), KEBIOptions{File: "f.csv"})
		wantParseError(t, err, c.kind, c.line, c.column, name)
		assert.ErrorContains(t, err, "f.csv", name)
		assert.ErrorContains(t, err, c.says, name)
	}
	_, err := ReadKEBI(strings.NewReader(plainKEBI), KEBIOptions{Limits: Limits{MaxRows: -1}})
	assert.ErrorContains(t, err, "MaxRows")
	_, err = ReadKEBI(strings.NewReader(plainKEBI), KEBIOptions{Limits: Limits{MaxLabels: 2}})
	wantParseError(t, err, ErrLimit, 1, 13)
}

// TestKEBIManifest reads every ranking file that the data's manifest lists and
// compares the numbers of rows, features and labels.
func TestKEBIManifest(t *testing.T) {
	file, err := os.Open(dataFile(t, "MANIFEST.tsv"))
	require.NoError(t, err)
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma, r.LazyQuotes = '\t', true
	records, err := r.ReadAll()
	require.NoError(t, err)
	read, dialects := 0, map[string]int{}
	for _, row := range records {
		if row[1] != "ranking" {
			continue
		}
		read++
		m, err := OpenRankingFile(filepath.FromSlash(dataFile(t, row[2])), nil)
		require.NoError(t, err, row[2])
		require.NoError(t, m.Validate(), row[2])
		var want [3]int
		for i := range want {
			want[i], err = strconv.Atoi(row[3+i])
			require.NoError(t, err)
		}
		assert.Equal(t, want, [3]int{m.Len(), attributes(m.Features), m.K()}, row[2])
		dialects[map[bool]string{true: "header", false: "none"}[m.Features[0] != "x1"]]++
		if m.Name == "algae" {
			assert.NotNil(t, m.Partial)
			assert.Equal(t, "e>f>a=b=c=d=g", m.Order(0))
		} else {
			assert.Nil(t, m.Partial, row[2])
		}
		if m.Name == "spo" {
			assert.Equal(t, "e>i>j>d>k>f>h>g>b>a>c", m.Order(0))
			assert.Equal(t, "A24", m.Features[len(m.Features)-1], "nothing behind the ranking is a feature")
		}
	}
	assert.Equal(t, 19, read)
	assert.Equal(t, map[string]int{"header": 5, "none": 14}, dialects)
}
