package datasets

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func TestVotes(t *testing.T) {
	b, err := Open(context.Background(), "votes")
	require.NoError(t, err)
	require.NoError(t, b.Train.Validate())
	require.NoError(t, b.Test.Validate())
	all, err := b.All()
	require.NoError(t, err)
	n, d, k := all.Dims()
	assert.Equal(t, []int{435, 9, 8}, []int{n, d, k})
	assert.Equal(t, []int{287, 148}, []int{b.Train.Len(), b.Test.Len()}, "about 2 : 1, and fixed")
	assert.Equal(t, []string{"party=republican", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8"}, all.Features)
	assert.Equal(t, []string{"V9", "V10", "V11", "V12", "V13", "V14", "V15", "V16"}, all.Labels)
	republicans, unknown, observed, yes := 0., 0, 0, 0
	for i := range all.Y {
		republicans += all.X.At(i, 0)
		for j := 1; j < d; j++ {
			assert.Contains(t, []float64{-1, 0, 1}, all.X.At(i, j))
			if all.X.At(i, j) == 0 {
				unknown++
			}
		}
		observed += all.Observed[i].Count()
		yes += all.Y[i].Count()
	}
	almost.Equal(t, 168, republicans, 0, 0)
	// Counted in the file with cut and grep: 392 question marks, 137 of them in
	// the first 8 votes, and 1644 y in the others.
	assert.Equal(t, []int{137, 392 - 137, 1644}, []int{unknown, 435*8 - observed, yes})
	// The first line: republican,n,y,n,y,y,y,n,n,n,y,?,y,y,y,n,y
	first := -1
	for i := range all.Y {
		if all.Observed[i].String() == "{0, 1, 3, 4, 5, 6, 7}" && all.Y[i].String() == "{1, 3, 4, 5, 7}" {
			row := mat.Row(nil, i, all.X)
			if assert.ObjectsAreEqual([]float64{1, -1, 1, -1, 1, 1, 1, -1, -1}, row) {
				first = i
			}
		}
	}
	assert.GreaterOrEqual(t, first, 0)

	again, err := Open(context.Background(), "votes")
	require.NoError(t, err)
	assert.Equal(t, b, again, "the split is fixed")
}

func TestVotesErrors(t *testing.T) {
	header := make([]string, 17)
	row := func(party, vote string) []string {
		out := make([]string, 17)
		for i := range out {
			out[i] = vote
		}
		out[0] = party
		return out
	}
	_, err := votes([][]string{header, row("democrat", "y"), row("whig", "y")})
	assert.ErrorContains(t, err, `row 1 is of party "whig"`)
	_, err = votes([][]string{header, row("democrat", "maybe")})
	assert.ErrorContains(t, err, `"maybe"`)
}

func TestZoo(t *testing.T) {
	b, err := Open(context.Background(), "zoo")
	require.NoError(t, err)
	require.NoError(t, b.Train.Validate())
	assert.Nil(t, b.Test)
	assert.Nil(t, b.Train.X)
	assert.Nil(t, b.Train.Observed)
	all, err := b.All()
	require.NoError(t, err)
	assert.Same(t, b.Train, all)
	n, d, k := all.Dims()
	assert.Equal(t, []int{101, 0, 15}, []int{n, d, k})
	assert.Equal(t, []string{"hair", "feathers", "eggs", "milk", "airborne", "aquatic", "predator", "toothed",
		"backbone", "breathes", "venomous", "fins", "tail", "domestic", "catsize"}, all.Labels)
	// aardvark: hair, milk, predator, toothed, backbone, breathes, catsize
	assert.Equal(t, []int{0, 3, 6, 7, 8, 9, 14}, all.Y[0].Indices())
	_, err = zoo([][]string{{"", "hair", "type"}, {"yeti", "MAYBE", "mammal"}})
	assert.ErrorContains(t, err, "hair of yeti")
}

func TestOpenEmbeddedUnknown(t *testing.T) {
	_, err := openEmbedded("no such")
	assert.Error(t, err)
}
