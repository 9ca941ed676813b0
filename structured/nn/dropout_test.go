package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
)

// masks applies dropout to units of 1 and returns which were kept.
func masks(t *testing.T, p float64, width int, keys []uint64, layer int) []bool {
	t.Helper()
	d := newDropout(p)
	a, slope := make([]float64, width*len(keys)), make([]float64, width*len(keys))
	for i := range a {
		a[i], slope[i] = 1, 2
	}
	d.apply(a, slope, width, keys, layer)
	kept := make([]bool, len(a))
	for i, v := range a {
		kept[i] = v != 0
		if kept[i] {
			almost.Equal(t, 1/(1-p), v, 0, 1e-9)
			almost.Equal(t, 2/(1-p), slope[i], 0, 1e-9)
		} else {
			almost.Same(t, []float64{0}, slope[i:i+1])
		}
	}
	return kept
}

// inBand asserts that count out of n successes of probability p lies within
// the 1e-7 band, for n p (1-p) so large that the normal one is exact enough.
func inBand(t *testing.T, n, count int, p float64, what string) {
	t.Helper()
	almost.Equal(t, float64(n)*p, float64(count), 5.4*math.Sqrt(float64(n)*p*(1-p)), 0, what)
}

func TestDropoutIsUnbiasedAndIndependent(t *testing.T) {
	const rows, width = 4000, 63
	sequential := make([]uint64, rows)
	for i := range sequential {
		sequential[i] = uint64(i)
	}
	for name, keys := range map[string][]uint64{"random": keysOf(rand.New(rand.NewPCG(1, 2)), rows), "sequential": sequential} {
		for _, p := range []float64{0.1, 0.5, 0.9} {
			kept, other := masks(t, p, width, keys, 0), masks(t, p, width, keys, 1)
			total, columns := 0, make([]int, width)
			next, below, layers := 0, 0, 0
			for i, k := range kept {
				if !k {
					continue
				}
				total++
				columns[i%width]++
				if i%width+1 < width && kept[i+1] {
					next++
				}
				if i+width < len(kept) && kept[i+width] {
					below++
				}
				if other[i] {
					layers++
				}
			}
			q := 1 - p
			inBand(t, rows*width, total, q, name+" kept")
			for _, c := range columns {
				inBand(t, rows, c, q, name+" of a unit")
			}
			inBand(t, rows*(width-1), next, q*q, name+" neighbours")
			inBand(t, (rows-1)*width, below, q*q, name+" rows")
			inBand(t, rows*width, layers, q*q, name+" layers")
		}
	}
}

func TestDropoutOfNothingAndOfNearlyAll(t *testing.T) {
	d := newDropout(0)
	assert.False(t, d.active([]uint64{1}))
	almost.Same(t, []float64{1}, []float64{d.scale})
	d = newDropout(0.5)
	assert.True(t, d.active([]uint64{1}))
	assert.False(t, d.active(nil))
	d = newDropout(math.Nextafter(1, 0)) // the scale stays finite
	almost.Same(t, []float64{1 << 32}, []float64{d.scale})
}

// The mean over masks of a linear function of the hidden units is its value
// without dropout.
func TestDropoutPreservesTheMean(t *testing.T) {
	const rows = 20000
	net, params := build(t, MLP{Hidden: []int{30}, Dropout: 0.4}, 2, 1, 3)
	x := make([]float64, 2*rows)
	for i := range rows {
		x[2*i], x[2*i+1] = 0.7, -1.2
	}
	tape := net.NewTape()
	want := tape.Forward(params, DenseInput(x[:2], 1, 2), nil)[0]
	sum, squares := 0.0, 0.0
	for _, h := range tape.Forward(params, DenseInput(x, rows, 2), keysOf(rand.New(rand.NewPCG(5, 5)), rows)) {
		sum, squares = sum+h, squares+h*h
	}
	mean := sum / rows
	deviation := math.Sqrt(squares/rows - mean*mean)
	assert.Greater(t, deviation, 0.1)
	almost.Equal(t, want, mean, 5.4*deviation/math.Sqrt(rows), 0)
}

// Two layers of a network do not drop the same units.
func TestLayersHaveMasksOfTheirOwn(t *testing.T) {
	for _, arch := range []Architecture{
		MLP{Hidden: []int{50, 50}, Activation: Softplus, Dropout: 0.5}, ResMLP{Width: 50, Activation: Softplus, Dropout: 0.5},
	} {
		net, params := build(t, arch, 2, 1, 3)
		tape := net.NewTape()
		tape.Forward(params, DenseInput([]float64{1, 2}, 1, 2), []uint64{5})
		var layers []units
		switch tape := tape.(type) {
		case *perceptronTape:
			layers = tape.hidden
		case *residualTape:
			layers = tape.inner
		}
		same := 0
		for i, v := range layers[0].a {
			if (v == 0) == (layers[1].a[i] == 0) {
				same++
			}
		}
		assert.Less(t, same, 45, nameOf(arch)) // of 50; with masks of their own 25 is expected
	}
}

func TestPredictionAfterTrainingIsWithoutDropout(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 9))
	for _, arch := range architectures() {
		net, params := build(t, arch, 4, 2, 3)
		x := DenseInput(normals(rng, 12), 3, 4)
		grads := make([][]float64, 2)
		tape := net.NewTape()
		for i, keys := range [][]uint64{nil, {1, 2, 3}, nil} {
			h := clone(tape.Forward(params, x, keys))
			grad := make([]float64, len(params))
			tape.Backward(params, grad, []float64{1, 2, 3, 4, 5, 6}, nil)
			if i != 1 {
				grads[i/2] = append(h, grad...)
			}
		}
		almost.Same(t, grads[0], grads[1], nameOf(arch))
	}
}
