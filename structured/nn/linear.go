package nn

// Linear is the linear map
//
//	h(x) = x·W + b
//
// Its parameters are W, in x out and row-major, then b. The weights start
// normal with 0.1 times the standard deviation of Glorot & Bengio (2010),
// sqrt(2/(in+out)), the biases at zero, so that the first outputs are near
// zero. A row costs O(in out), or O(nonzeros out) if sparse.
type Linear struct {
	NoBias bool // leaves out b
}

// Validate returns nil.
func (Linear) Validate() error { return nil }

// Build makes the network. The error is a *SizeError.
func (a Linear) Build(in, out int) (Network, error) {
	var l layout
	layer := l.affine(in, out, !a.NoBias)
	if l.err != nil {
		return nil, l.err
	}
	return &perceptron{layers: []affine{layer}, params: l.params, drop: newDropout(0)}, nil
}
