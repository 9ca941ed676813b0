package nn

// A batch is what a tape remembers of the input of the last Forward.
type batch struct {
	x     Input
	scale float64 // by which dropout scaled the units it kept; 1 without
}

// begin checks x and keys against a network of in inputs and remembers x.
func (b *batch) begin(x Input, in int, keys []uint64, drop *dropout) {
	if x.Cols != in {
		panic("nn: input with a wrong number of columns")
	}
	if x.Sparse() {
		mustHave(x.Offsets, x.Rows+1)
		mustHave(x.Columns, len(x.Values))
	} else {
		mustHave(x.Dense, x.Rows*x.Cols)
	}
	if keys != nil {
		mustHave(keys, x.Rows)
	}
	b.x, b.scale = x, 1
	if drop.active(keys) {
		b.scale = drop.scale
	}
}

// units are the activations of a hidden layer for the rows of a batch and,
// for an activation that is smooth, their derivatives.
type units struct {
	a, d []float64
}

// resize makes room for n units and returns where their inputs go.
func (u *units) resize(act Activation, n int) []float64 {
	if act.smooth() {
		resize(&u.d, n)
	}
	return resize(&u.a, n)
}

// forward turns the inputs of the units into their values, dropped where keys
// ask for it.
func (u *units) forward(act Activation, width int, keys []uint64, layer int, drop *dropout) {
	act.forward(u.a, u.d)
	if drop.active(keys) {
		drop.apply(u.a, u.d, width, keys, layer)
	}
}

// resize sets the length of *x to n, keeping its memory if that is enough.
func resize[T any](x *[]T, n int) []T {
	if cap(*x) < n {
		*x = make([]T, n)
	}
	*x = (*x)[:n]
	return *x
}

// mustHave panics unless x has n elements.
func mustHave[T any](x []T, n int) {
	if len(x) != n {
		panic("nn: slice of wrong length")
	}
}
