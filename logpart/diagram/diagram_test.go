package diagram

import (
	"bytes"
	"errors"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/logpart"
)

// pixels counts those of a colour in a PNG, whose width it returns too.
func pixels(t *testing.T, picture []byte, c color.NRGBA) (count, width int) {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	b := m.Bounds()
	for x := b.Min.X; x < b.Max.X; x++ {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			if color.NRGBAModel.Convert(m.At(x, y)) == c {
				count++
			}
		}
	}
	return count, b.Dx()
}

func TestDiagnosis(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var points []logpart.Point
	for range 200 {
		z, distance := 3*rng.NormFloat64(), rng.Float64()
		points = append(points, logpart.Point{Reference: z, Tau: z + distance*rng.NormFloat64(), Distance: distance, Reliable: true})
	}
	d, err := logpart.Diagnose(points)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, Diagnosis(&out, d))
	dots, three := pixels(t, out.Bytes(), orange)
	assert.Greater(t, dots, 2000)
	bars, _ := pixels(t, out.Bytes(), blue)
	assert.Greater(t, bars, 5000)

	// Without distances there are two plots.
	for i := range points {
		points[i].Distance = 0
	}
	d, err = logpart.Diagnose(points)
	require.NoError(t, err)
	out.Reset()
	require.NoError(t, Diagnosis(&out, d))
	_, two := pixels(t, out.Bytes(), orange)
	assert.Less(t, two, three)

	// A tau without errors, one point, and numbers that are none.
	for _, points := range [][]logpart.Point{
		{{Reference: 1, Tau: 1, Reliable: true}, {Reference: 2, Tau: 2, Reliable: true}},
		{{Reference: 1, Tau: 5000, Reliable: true}},
		{{Reference: math.NaN(), Tau: 1, Reliable: true}, {Reference: 1, Tau: 2, Reliable: true}},
	} {
		d, err := logpart.Diagnose(points)
		require.NoError(t, err)
		out.Reset()
		require.NoError(t, Diagnosis(&out, d))
		dots, _ := pixels(t, out.Bytes(), orange)
		assert.Positive(t, dots)
	}
	assert.ErrorIs(t, Diagnosis(&out, nil), ErrNothing)
	assert.ErrorIs(t, Diagnosis(&out, &logpart.Diagnosis{Points: []logpart.Point{{}}}), ErrNothing)
	assert.ErrorIs(t, Diagnosis(full{}, d), errFull)
}

func TestReliability(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var p []float64
	var came []bool
	for range 1000 {
		p = append(p, rng.Float64())
		came = append(came, rng.Float64() < p[len(p)-1])
	}
	c, err := logpart.Calibrate(p, came, 0)
	require.NoError(t, err)
	none, err := logpart.Calibrate(nil, nil, 0)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, Reliability(&out, Titled{"labels", c}))
	one, width := pixels(t, out.Bytes(), blue)
	assert.Greater(t, one, 1000)
	out.Reset()
	require.NoError(t, Reliability(&out, Titled{"labels", c}, Titled{"sets", c}, Titled{"nothing", none}))
	_, wider := pixels(t, out.Bytes(), blue)
	assert.Less(t, max(wider-2*width, 2*width-wider), 3)
	assert.ErrorIs(t, Reliability(&out, Titled{"nothing", none}), ErrNothing)
	assert.ErrorIs(t, Reliability(full{}, Titled{"labels", c}), errFull)
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
