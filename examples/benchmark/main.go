// Benchmark measures training steps per second of this library and, where
// Python has them, of PyTorch and JAX on the same cores.
//
// A step is one of the min-min objective (softmax): a batch of 64 rows of 103
// features, a network of 256 hidden ReLU units for k scores and another one for
// tau, 1000 samples of label sets drawn anew, gradients, Adam:
//
//	go run ./examples/benchmark                          k = 14 and 174, samples for the batch and for each example
//	go run ./examples/benchmark -python venv/bin/python  with the peers that are installed there
//	go run ./examples/benchmark -fit yeast               whole trainings of 50 epochs, 100 samples, beside PyTorch's
//	go run ./examples/benchmark -birkhoff 11             exact log Z and marginals of 64 examples, beside PyTorch's
//	go run ./examples/benchmark -growth                  how the time grows with k, samples, batch and width
//
// The library makes its steps by the ordinary trainer, with nothing written for
// the occasion, in two ways: with networks in float64, which is the default, and in
// float32 (nn.MLP.Precision). Parameters, gradients and the optimiser are float64
// with both, and the expectation over samples is float32 inside with both. The
// peers run in float32 and float64 throughout, and the faster one counts; they are at their best: the gradient of the loss by its
// formula, labels by a table from random bytes, fused Adam and the widest vectors
// in PyTorch; the whole step compiled in JAX. All run in turn, A B A B, in pieces
// of -seconds, each program waiting while another runs; a ratio is the median
// over rounds of the ratio within a round, so that a machine that gets slower
// does not favour anybody. With one thread, time is processor time of the program.
//
// With samples for the batch the library draws them for each piece of it that is
// computed by itself, which for these shapes is the batch.
//
// With -json the steps per second (medians) are written as records, see package
// report: the data set is the shape, the model gibbs, torch or jax in its faster
// precision, the standard error over rounds.
package main

import (
	"context"
	"io"
	"os"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

func main() { os.Exit(report.Main("benchmark", run)) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	if o.fit != "" {
		return comparedFits(ctx, o, stdout, stderr)
	}
	if len(o.birkhoff) > 0 {
		return comparedSums(ctx, o, stdout, stderr)
	}
	if o.growth {
		return grow(ctx, o, stdout, stderr)
	}
	return compare(ctx, o, stdout, stderr)
}
