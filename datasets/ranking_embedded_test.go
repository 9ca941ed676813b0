package datasets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// embeddedWants has the first labels, the numbers of distinct rankings in the
// literature, and SHA-256 sums of what is in the published files: the rankings,
// a line L1>L2>... for each row, and the features, a line for each number.
var embeddedWants = map[string]struct {
	n, d, k, distinct int
	label             string
	rankings, numbers string
}{
	"iris": {150, 4, 3, 5, "setosa", "6f9e413d225c6f2275c87a2880274e8ebd6868087e6afa33d40a765b9f5b1363",
		"7406a0b4e27be2caa472da4287b6dd418db996e82f36eb2e3755c845f0666908"},
	"wine": {178, 13, 3, 5, "cultivar 1", "554d583f5ba61459c924bfa5789db30240a366a02bbe12b375887a5b6712f403",
		"a2debb65497f9666af4c5135a3e05cd4e2a0527cc283cf45c44c5ad6fe67a9a3"},
	"glass": {214, 9, 6, 30, "float windows", "6644c5533cf9c6bc7a4d603d65b0ec2469fcb0d1ce6fb205ae97819863861604",
		"b3133d89198a99e50b4fb783d886c44427298ea1fbb361b26cce6dc6993892f5"},
	"vehicle": {846, 18, 4, 18, "opel", "2839a6c370e207230b87279bae3bc811a50b40afc3cc27385b842ff4f71f0f91",
		"8bd1697b4a408c62c42cce69a3082d2e977d3cc7024c24fffab2aea9177762f9"},
	"vowel": {528, 10, 11, 294, "hid", "ab8e2a557f744a3037ca5d7b278dc28c261616df27681bd767ba5046226a99da",
		"333bce9274ef9f6a275dcec37ab3f6f2b30612c625baf2ce597fd2a017817550"},
}

func TestEmbeddedRankings(t *testing.T) {
	require.Len(t, embeddedRankings, len(embeddedWants))
	for name, want := range embeddedWants {
		m, err := (&Opener{CacheDir: t.TempDir(), BaseURL: "http://127.0.0.1:0"}).OpenRanking(context.Background(), name)
		require.NoError(t, err)
		require.NoError(t, m.Validate())
		assert.Equal(t, name, m.Name)
		assert.Equal(t, []int{want.n, want.d, want.k}, []int{m.Len(), m.D(), m.K()}, name)
		assert.Equal(t, want.label, m.Labels[0])
		assert.Len(t, m.Features, want.d)
		assert.Nil(t, m.Partial)
		x := mat.DenseCopyOf(m.X)
		for j := range want.d {
			almost.Equal(t, -1, mat.Min(x.ColView(j)), 0, 0)
			almost.Equal(t, 1, mat.Max(x.ColView(j)), 0, 0)
		}
		numbered := &LabelRanking{Y: m.Y}
		for j := range want.k {
			numbered.Labels = append(numbered.Labels, fmt.Sprintf("L%d", j+1))
		}
		sum, distinct := sha256.New(), map[string]bool{}
		for i := range m.Y {
			io.WriteString(sum, numbered.Order(i)+"\n")
			distinct[numbered.Order(i)] = true
		}
		assert.Len(t, distinct, want.distinct, name)
		m.Labels[0], m.Features[0] = "changed", "changed"
		again, err := OpenRanking(context.Background(), name)
		require.NoError(t, err)
		assert.Equal(t, want.label, again.Labels[0], "the names are the caller's")
		assert.NotEqual(t, "changed", again.Features[0])
		assert.Equal(t, want.rankings, hex.EncodeToString(sum.Sum(nil)), name)
		sum.Reset()
		for _, v := range features(m) {
			io.WriteString(sum, formatNumber(v)+"\n")
		}
		assert.Equal(t, want.numbers, hex.EncodeToString(sum.Sum(nil)), name)
	}
}

// The embedded data sets are the published files bit for bit.
func TestPinnedEmbeddedRankings(t *testing.T) {
	for name := range embeddedWants {
		m, err := OpenRanking(context.Background(), name)
		require.NoError(t, err)
		file, err := OpenRankingFile(dataFile(t, "ranking/"+name+"/"+name+".csv"), nil)
		require.NoError(t, err)
		almost.Same(t, features(file), features(m), name)
		assert.Equal(t, file.Y, m.Y, name)
	}
}

func TestEmbeddedRankingErrors(t *testing.T) {
	e := embeddedRanking{classes: []string{"a", "b"}}
	header := []string{"x", "class"}
	for says, rows := range map[string][][]string{
		`row 1: "z": not a number`: {header, {"1", "a"}, {"z", "b"}},
		`row 1 is of class "c"`:    {header, {"1", "a"}, {"2", "c"}},
		"column 0 cannot be sca":   {header, {"1", "a"}, {"1", "b"}},
		"class 1: no rows":         {header, {"1", "a"}, {"2", "a"}},
	} {
		_, err := e.rank("test", rows)
		assert.ErrorContains(t, err, says)
	}
	_, err := openEmbeddedRanking("no such")
	assert.Error(t, err)
}
