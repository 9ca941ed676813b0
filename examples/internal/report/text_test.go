package report

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func TestSummarize(t *testing.T) {
	s := Summarize([]float64{1, 2, 6})
	almost.Equal(t, 3, s.Mean, 1e-15, 0)
	almost.Equal(t, math.Sqrt((4.+1+9)/2/3), s.SE, 1e-15, 0)
	assert.Equal(t, 3, s.Repeats)
	assert.Equal(t, "3.00±1.53", s.Text(2))

	assert.Equal(t, Summary{Mean: 4, Repeats: 1}, Summarize([]float64{4}))
	assert.Equal(t, "4.0", Summarize([]float64{4}).Text(1))

	infinite := Summarize([]float64{1, math.Inf(1)})
	assert.Equal(t, Summary{Mean: math.Inf(1), Repeats: 2}, infinite)
	assert.False(t, infinite.Finite())
	assert.Equal(t, "inf", infinite.Text(3))

	none := Summarize(nil)
	assert.True(t, math.IsNaN(none.Mean))
	assert.False(t, none.Finite())
	assert.Equal(t, "-", none.Text(3))
	assert.Equal(t, "NaN", Summarize([]float64{math.NaN(), 1}).Text(3), "never silent")
}

func TestMedian(t *testing.T) {
	v := []float64{3, 1, 2}
	almost.Equal(t, 2, Median(v), 0, 0)
	assert.Equal(t, []float64{3, 1, 2}, v, "not sorted in place")
	almost.Equal(t, 2.5, Median([]float64{4, 1, 3, 2}), 0, 0)
	assert.Equal(t, math.Inf(1), Median([]float64{1, math.Inf(1), math.Inf(1), math.Inf(1)}))
	assert.True(t, math.IsNaN(Median(nil)))
	assert.True(t, math.IsNaN(Median([]float64{1, math.NaN(), 2})))
}

func TestTableIsAligned(t *testing.T) {
	table := Table{Titles: []string{"name", "a", "unused", "b"}, Names: 1}
	table.Add("x", "1.0", "-", "-")
	table.Add("longer", "10.0±0.1", "-", "2")
	assert.Equal(t, ""+
		"name           a  b\n"+
		"x            1.0  -\n"+
		"longer  10.0±0.1  2\n", table.String())
	var b strings.Builder
	n, err := table.WriteTo(&b)
	require.NoError(t, err)
	assert.EqualValues(t, b.Len(), n)
	assert.Equal(t, table.String(), b.String())
	assert.Panics(t, func() { table.Add("too few") })
	assert.Equal(t, "a  b\n", (&Table{Titles: []string{"a", "b"}}).String())
}
