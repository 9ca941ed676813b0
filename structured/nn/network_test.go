package nn

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The outputs, the derivatives of the inputs and the dropout masks of a row
// have the same bits alone, in a batch, and in a batch of other rows.
func TestOneRowEqualsItsRowInABatch(t *testing.T) {
	list := append(architectures(),
		MLP{Hidden: []int{300, 65}, Dropout: 0.5}, ResMLP{Width: 257, Inner: 70, Dropout: 0.1})
	for _, arch := range list {
		for _, rows := range []int{1, 2, 67} {
			for _, in := range []int{1, 103} {
				rng := rand.New(rand.NewPCG(uint64(rows), uint64(in)))
				const out = 14
				net, params := build(t, arch, in, out, 1)
				csr, _ := sparse(t, rng, rows, in)
				keys, c, order := keysOf(rng, rows), normals(rng, rows*out), rng.Perm(rows)
				for _, x := range []Input{DenseInput(normals(rng, rows*in), rows, in), csr.Input()} {
					for _, keys := range [][]uint64{nil, keys} {
						batch, alone := net.NewTape(), net.NewTape()
						h := clone(batch.Forward(params, x, keys))
						dIn, one := make([]float64, rows*in), make([]float64, in)
						batch.Backward(params, make([]float64, len(params)), clone(c), dIn)
						for i := range rows {
							row := take(x, i)
							var key []uint64
							if keys != nil {
								key = keys[i : i+1]
							}
							almost.Same(t, h[i*out:(i+1)*out], alone.Forward(params, row, key), "%s, row %d", nameOf(arch), i)
							alone.Backward(params, make([]float64, len(params)), clone(c[i*out:(i+1)*out]), one)
							almost.Same(t, dIn[i*in:(i+1)*in], one, "derivative, %s, row %d", nameOf(arch), i)
						}
						shuffled := take(x, order...)
						var shuffledKeys []uint64
						if keys != nil {
							for _, i := range order {
								shuffledKeys = append(shuffledKeys, keys[i])
							}
						}
						got := batch.Forward(params, shuffled, shuffledKeys)
						for at, i := range order {
							almost.Same(t, h[i*out:(i+1)*out], got[at*out:(at+1)*out], "%s, row %d moved", nameOf(arch), i)
						}
					}
				}
			}
		}
	}
}

func TestSparseEqualsDense(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, arch := range architectures() {
		net, params := build(t, arch, 40, 3, 2)
		csr, dense := sparse(t, rng, 9, 40)
		want := net.NewTape().Forward(params, DenseInput(dense, 9, 40), nil)
		almost.Slice(t, want, net.NewTape().Forward(params, csr.Input(), nil), 1e-12, 1e-12, nameOf(arch))
	}
}

func TestLinearAgainstItsFormula(t *testing.T) {
	x := DenseInput([]float64{1, 2, 3, 4}, 2, 2)
	w := []float64{1, 2, 3, 4, 5, 6, 10, 20, 30} // 2 x 3, then b
	net, err := Linear{}.Build(2, 3)
	require.NoError(t, err)
	almost.Same(t, []float64{19, 32, 45, 29, 46, 63}, net.NewTape().Forward(w, x, nil))
	net, err = Linear{NoBias: true}.Build(2, 3)
	require.NoError(t, err)
	tape := net.NewTape()
	for range 2 { // nothing is left from the last time
		almost.Same(t, []float64{9, 12, 15, 19, 26, 33}, tape.Forward(w[:6], x, nil))
	}
}

// The definitions of MLP and ResMLP written out for one row, with one hidden
// unit each so that the order of the parameters shows.
func TestPerceptronsAgainstTheirFormulas(t *testing.T) {
	x := DenseInput([]float64{0.5, -1}, 1, 2)
	p := []float64{2, 3, 0.7, -1.5, 0.4, 0.2, -0.6, 1.1, 0.9, 0.3, -0.8}
	net, err := MLP{Hidden: []int{1, 1}, Activation: Tanh}.Build(2, 1)
	require.NoError(t, err)
	a := math.Tanh(0.5*p[0] - p[1] + p[2])
	a = math.Tanh(a*p[3] + p[4])
	almost.Slice(t, []float64{a*p[5] + p[6]}, net.NewTape().Forward(p[:7], x, nil), 1e-15, 1e-15)

	net, err = ResMLP{Width: 1, Blocks: 1, Inner: 1, Activation: Tanh}.Build(2, 2)
	require.NoError(t, err)
	a = 0.5*p[0] - p[1] + p[2]
	a += math.Tanh(a*p[3]+p[4])*p[5] + p[6]
	almost.Slice(t, []float64{a*p[7] + p[9], a*p[8] + p[10]}, net.NewTape().Forward(p, x, nil), 1e-15, 1e-15)
}

func TestDefaultsAndSizes(t *testing.T) {
	for _, c := range []struct {
		arch Architecture
		want int
	}{
		{Linear{}, 3*2 + 2},
		{Linear{NoBias: true}, 3 * 2},
		{Constant{}, 2},
		{MLP{}, 3*128 + 128 + 128*2 + 2},
		{MLP{Hidden: []int{}}, 3*128 + 128 + 128*2 + 2},
		{MLP{Hidden: []int{4, 5}}, 3*4 + 4 + 4*5 + 5 + 5*2 + 2},
		{ResMLP{}, 4*128 + 2*2*129*128 + 129*2},
		{ResMLP{Width: 4, Blocks: 3, Inner: 5}, 4*4 + 3*(5*5+6*4) + 5*2},
	} {
		net, err := c.arch.Build(3, 2)
		require.NoError(t, err)
		assert.Equal(t, c.want, net.NumParams(), nameOf(c.arch))
	}
}

func TestEmptySizes(t *testing.T) {
	for _, arch := range architectures() {
		for _, s := range [][3]int{{0, 4, 3}, {2, 0, 3}, {2, 4, 0}, {0, 0, 0}} {
			rows, in, out := s[0], s[1], s[2]
			net, params := build(t, arch, in, out, 3)
			tape := net.NewTape()
			for _, x := range []Input{DenseInput(nil, rows, 0), {Rows: rows, Cols: in, Dense: make([]float64, rows*in)},
				{Rows: rows, Cols: in, Offsets: make([]int, rows+1)}} {
				if x.Cols != in {
					continue
				}
				assert.Len(t, tape.Forward(params, x, make([]uint64, rows)), rows*out)
				tape.Backward(params, make([]float64, len(params)), make([]float64, rows*out), make([]float64, rows*in))
			}
		}
	}
}

// The starting weights have the documented spread, the biases are zero, and
// decay applies to weights alone.
func TestInitAndDecay(t *testing.T) {
	const in, out = 200, 100
	glorotStd := func(a, b int) float64 { return math.Sqrt(2 / float64(a+b)) }
	type part struct {
		n   int
		std float64 // 0 for a bias
	}
	for _, c := range []struct {
		arch  Architecture
		parts []part
	}{
		{Linear{}, []part{{in * out, 0.1 * glorotStd(in, out)}, {out, 0}}},
		{MLP{Hidden: []int{150}}, []part{{in * 150, math.Sqrt(2.0 / in)}, {150, 0}, {150 * out, 0.1 * glorotStd(150, out)}, {out, 0}}},
		{MLP{Hidden: []int{150}, Activation: Tanh}, []part{{in * 150, glorotStd(in, 150)}, {150, 0}, {150 * out, 0.1 * glorotStd(150, out)}, {out, 0}}},
		{ResMLP{Width: 150, Blocks: 4, Inner: 120}, []part{
			{in * 150, math.Sqrt(1.0 / in)}, {150, 0},
			{150 * 120, math.Sqrt(2.0 / 150)}, {120, 0}, {120 * 150, glorotStd(120, 150) / 2}, {150, 0},
			{150 * 120, math.Sqrt(2.0 / 150)}, {120, 0}, {120 * 150, glorotStd(120, 150) / 2}, {150, 0},
			{150 * 120, math.Sqrt(2.0 / 150)}, {120, 0}, {120 * 150, glorotStd(120, 150) / 2}, {150, 0},
			{150 * 120, math.Sqrt(2.0 / 150)}, {120, 0}, {120 * 150, glorotStd(120, 150) / 2}, {150, 0},
			{150 * out, 0.1 * glorotStd(150, out)}, {out, 0}}},
	} {
		net, err := c.arch.Build(in, out)
		require.NoError(t, err)
		params, decay := normals(rand.New(rand.NewPCG(0, 0)), net.NumParams()), make([]bool, net.NumParams())
		for i := range decay {
			decay[i] = i%2 == 0
		}
		net.Init(params, rand.New(rand.NewPCG(7, 7)))
		net.Decay(decay)
		again := make([]float64, len(params))
		net.Init(again, rand.New(rand.NewPCG(7, 7)))
		almost.Same(t, params, again, "same seed, same bytes")
		at := 0
		for _, p := range c.parts {
			sum, squares := 0.0, 0.0
			for i, v := range params[at : at+p.n] {
				sum, squares = sum+v, squares+v*v
				assert.Equal(t, p.std > 0, decay[at+i], nameOf(c.arch))
			}
			// Within 5 standard errors of a normal's mean and spread.
			n := float64(p.n)
			almost.Equal(t, 0, sum/n, 5*p.std/math.Sqrt(n), 0, nameOf(c.arch))
			almost.Equal(t, p.std, math.Sqrt(squares/n), 0, 5/math.Sqrt(2*n), nameOf(c.arch))
			at += p.n
		}
		assert.Equal(t, len(params), at)
		// First outputs for features of unit variance are small.
		rng := rand.New(rand.NewPCG(8, 8))
		for _, h := range net.NewTape().Forward(params, DenseInput(normals(rng, 10*in), 10, in), nil) {
			assert.Less(t, math.Abs(h), 1.5, nameOf(c.arch))
		}
	}
	net, err := Constant{}.Build(0, 10000)
	require.NoError(t, err)
	params, decay := make([]float64, 10000), []bool{}
	decay = append(decay, make([]bool, 10000)...)
	decay[3] = true
	net.Init(params, rand.New(rand.NewPCG(9, 9)))
	net.Decay(decay)
	assert.NotContains(t, decay, true)
	squares := 0.0
	for _, v := range params {
		squares += v * v
	}
	almost.Equal(t, 0.1, math.Sqrt(squares/10000), 0, 5/math.Sqrt(20000))
}

func TestTapesDoNotAllocate(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	const rows, in, out = 33, 200, 300
	csr, _ := sparse(t, rng, rows, in)
	dense, keys, dOut, dIn := normals(rng, rows*in), keysOf(rng, rows), normals(rng, rows*out), make([]float64, rows*in)
	for _, arch := range architectures() {
		net, params := build(t, arch, in, out, 1)
		grad, tape := make([]float64, len(params)), net.NewTape()
		small := DenseInput(dense[:5*in], 5, in)
		assert.Zero(t, testing.AllocsPerRun(3, func() {
			for _, x := range []Input{DenseInput(dense, rows, in), csr.Input()} {
				tape.Forward(params, x, keys)
				tape.Backward(params, grad, dOut, dIn)
			}
			tape.Forward(params, small, nil)
		}), nameOf(arch))
	}
}

func TestConcurrentTapes(t *testing.T) {
	const rows, in, out = 20, 12, 5
	for _, arch := range architectures() {
		rng := rand.New(rand.NewPCG(6, 6))
		net, params := build(t, arch, in, out, 6)
		csr, dense := sparse(t, rng, rows, in)
		keys, c := keysOf(rng, rows), normals(rng, rows*out)
		var wg sync.WaitGroup
		results := make([][]float64, 8)
		for w := range results {
			wg.Go(func() {
				x := DenseInput(dense, rows, in)
				if w >= 4 {
					x = csr.Input()
				}
				tape, grad, dIn := net.NewTape(), make([]float64, len(params)), make([]float64, rows*in)
				for range 3 {
					results[w] = append(results[w], tape.Forward(params, x, keys)...)
					tape.Backward(params, grad, clone(c), dIn)
				}
				results[w] = append(append(results[w], grad...), dIn...)
			})
		}
		wg.Wait()
		for w := range results {
			almost.Same(t, results[w/4*4], results[w], nameOf(arch))
		}
	}
}

func TestBrokenContractsPanic(t *testing.T) {
	for _, arch := range []Architecture{Linear{}, Constant{}, MLP{}, ResMLP{}} {
		net, params := build(t, arch, 3, 2, 1)
		tape, grad := net.NewTape(), make([]float64, len(params))
		x := DenseInput(make([]float64, 6), 2, 3)
		forward := func(x Input, keys []uint64) { tape.Forward(params, x, keys) }
		for name, f := range map[string]func(){
			"params":         func() { tape.Forward(params[1:], x, nil) },
			"columns":        func() { forward(DenseInput(make([]float64, 6), 3, 2), nil) },
			"dense":          func() { forward(Input{Rows: 2, Cols: 3, Dense: make([]float64, 5)}, nil) },
			"nothing":        func() { forward(Input{Rows: 2, Cols: 3}, nil) },
			"keys":           func() { forward(x, make([]uint64, 1)) },
			"offsets":        func() { forward(Input{Rows: 2, Cols: 3, Offsets: make([]int, 2)}, nil) },
			"values":         func() { forward(Input{Rows: 1, Cols: 3, Offsets: []int{0, 1}, Columns: []int32{0}}, nil) },
			"backward out":   func() { forward(x, nil); tape.Backward(params, grad, make([]float64, 5), nil) },
			"backward in":    func() { forward(x, nil); tape.Backward(params, grad, make([]float64, 4), make([]float64, 5)) },
			"backward grad":  func() { forward(x, nil); tape.Backward(params, grad[1:], make([]float64, 4), nil) },
			"backward param": func() { forward(x, nil); tape.Backward(params[1:], grad, make([]float64, 4), nil) },
			"init":           func() { net.Init(params[1:], rand.New(rand.NewPCG(1, 1))) },
			"decay":          func() { net.Decay(make([]bool, len(params)+1)) },
		} {
			assert.Panics(t, f, "%s: %s", nameOf(arch), name)
		}
	}
	assert.Panics(t, func() { DenseInput(make([]float64, 5), 2, 3) })
	net, params := build(t, Linear{}, 3, 2, 1)
	for _, c := range []int32{-1, 3} { // no other parameter is read in its place
		x := Input{Rows: 1, Cols: 3, Offsets: []int{0, 1}, Columns: []int32{c}, Values: []float64{1}}
		assert.Panics(t, func() { net.NewTape().Forward(params, x, nil) })
	}
}

func TestSettingErrors(t *testing.T) {
	for _, c := range []struct {
		v interface{ Validate() error }
		e string
	}{
		{MLP{Hidden: []int{3, 0}}, "nn: MLP.Hidden[1] is 0, want a positive number"},
		{MLP{Activation: 4}, "nn: MLP.Activation is 4, want ReLU, Tanh, SiLU or Softplus"},
		{MLP{Activation: -1}, "nn: MLP.Activation is -1, want ReLU, Tanh, SiLU or Softplus"},
		{MLP{Dropout: 1}, "nn: MLP.Dropout is 1, want a number in [0, 1)"},
		{MLP{Dropout: math.NaN()}, "nn: MLP.Dropout is NaN, want a number in [0, 1)"},
		{ResMLP{Width: -1}, "nn: ResMLP.Width is -1, want a positive number, or 0 for the default"},
		{ResMLP{Inner: -2}, "nn: ResMLP.Inner is -2, want a positive number, or 0 for the default"},
		{ResMLP{Blocks: 1001}, "nn: ResMLP.Blocks is 1001, want a number from 1 to 1000, or 0 for the default"},
		{ResMLP{Blocks: -1}, "nn: ResMLP.Blocks is -1, want a number from 1 to 1000, or 0 for the default"},
		{ResMLP{Activation: 5}, "nn: ResMLP.Activation is 5, want ReLU, Tanh, SiLU or Softplus"},
		{ResMLP{Dropout: -0.1}, "nn: ResMLP.Dropout is -0.1, want a number in [0, 1)"},
	} {
		err := c.v.Validate()
		var setting *SettingError
		require.ErrorAs(t, err, &setting)
		assert.EqualError(t, err, c.e)
		_, err = c.v.(Architecture).Build(3, 2)
		assert.EqualError(t, err, c.e)
	}
	for _, arch := range architectures() {
		assert.NoError(t, arch.Validate())
		for _, s := range [][2]int{{-1, 2}, {2, -1}, {3, math.MaxInt / 2}} {
			_, err := arch.Build(s[0], s[1])
			var size *SizeError
			require.ErrorAs(t, err, &size, nameOf(arch))
			assert.NotEmpty(t, err.Error())
		}
	}
	_, err := Linear{NoBias: true}.Build(math.MaxInt, math.MaxInt) // the product is 1 modulo 2^64
	assert.ErrorContains(t, err, "does not fit in memory")
	_, err = Linear{}.Build(-3, 2)
	assert.EqualError(t, err, "nn: a layer of -3 inputs and 2 outputs")
	_, err = MLP{Hidden: []int{5, math.MaxInt >> 10, math.MaxInt >> 10}}.Build(3, 2)
	assert.ErrorContains(t, err, "does not fit in memory")
}

func BenchmarkForward(b *testing.B)  { benchmark(b, false) }
func BenchmarkBackward(b *testing.B) { benchmark(b, true) }

func benchmark(b *testing.B, backward bool) {
	const rows, in, out = 64, 103, 14
	rng := rand.New(rand.NewPCG(1, 1))
	x, keys, dOut := DenseInput(normals(rng, rows*in), rows, in), keysOf(rng, rows), normals(rng, rows*out)
	for _, c := range []struct {
		name string
		arch Architecture
		keys []uint64
	}{
		{"ReLU", MLP{Hidden: []int{256}, Dropout: 0.2}, nil},
		{"ReLU+dropout", MLP{Hidden: []int{256}, Dropout: 0.2}, keys},
		{"SiLU", MLP{Hidden: []int{256}, Activation: SiLU}, nil},
		{"ResMLP", ResMLP{}, nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			net, params := build(b, c.arch, in, out, 1)
			tape, grad := net.NewTape(), make([]float64, len(params))
			tape.Forward(params, x, c.keys)
			b.ReportAllocs()
			for b.Loop() {
				if backward {
					tape.Backward(params, grad, dOut, nil)
				} else {
					tape.Forward(params, x, c.keys)
				}
			}
		})
	}
}
