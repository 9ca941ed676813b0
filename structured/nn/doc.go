// Package nn holds the networks h that turn features x into logits, and what
// trains them: linear maps, multilayer perceptrons and residual perceptrons
// with analytic gradients, optimisers, learning-rate schedules and gradient
// clipping.
//
// Three types carry everything. An [Architecture] is plain configuration,
// such as MLP{Hidden: []int{256}}; Build gives it sizes and makes a [Network],
// which is immutable and holds no parameters: they are one flat vector that
// the caller owns. A [Tape] is the scratch memory of one goroutine; Forward
// fills it and Backward walks it back.
//
//	net, err := nn.MLP{Hidden: []int{256}, Dropout: 0.2}.Build(103, 14)
//	params := make([]float64, net.NumParams())
//	net.Init(params, rng)
//	tape := net.NewTape()
//	logits := tape.Forward(params, nn.DenseInput(x, 64, 103), nil) // 64 x 14
//	tape.Backward(params, grad, dLogits, nil)                      // grad += dLoss/dParams
//
// Weights are stored in x out, row-major, so that the product is X·W with no
// transposition: a row of the result then has the same bits whether it was
// computed alone or in a batch.
//
// Where the input is itself a variable, as the outputs of models over reals are,
// a [JetTape] gives the derivatives of the network along lines of inputs, and
// the gradients of those: see [Jet].
//
// Bring your own network by implementing Architecture, Network and Tape; the
// package structuredtest checks its gradients.
package nn
