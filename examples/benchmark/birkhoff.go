package main

import (
	"context"
	"io"
	"math/rand/v2"
	"time"

	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured"
)

// sums is this library in exact sums over orderings, with the gradients of log Z,
// which are marginals.
type sums struct {
	z             structured.LogPartitions[permutations.Ordering]
	thetas, grads []structured.Theta
	logZ, weights []float64
}

func (*sums) name() string  { return "gibbs" }
func (*sums) in() precision { return float64s }

func (b *sums) prepare(s shape) error {
	space, err := permutations.NewSpace(s.labels, nil)
	if err != nil {
		return err
	}
	coupling, err := permutations.Birkhoff{}.Bind(s.labels)
	if err != nil {
		return err
	}
	inference, err := coupling.Infer(space)
	if err != nil {
		return err
	}
	z, ok := inference.(structured.LogPartitions[permutations.Ordering])
	if !ok {
		return structured.ErrIntractable
	}
	*b = sums{z: z, logZ: make([]float64, s.batch)}
	rng := rand.New(rand.NewPCG(1, 2))
	for range s.batch {
		theta := make([]float64, coupling.NumLogits())
		for j := range theta {
			theta[j] = rng.NormFloat64()
		}
		b.thetas = append(b.thetas, structured.Theta{Logits: theta})
		b.grads = append(b.grads, structured.Theta{Logits: make([]float64, len(theta))})
		b.weights = append(b.weights, 1)
	}
	return nil
}

func (b *sums) run(seconds float64) (pace, error) {
	start, cpu, steps := time.Now(), processorTime(), 0
	for steps == 0 || time.Since(start).Seconds() < seconds {
		for _, g := range b.grads {
			clear(g.Logits)
		}
		b.z.AddGradLogZs(b.logZ, b.grads, b.thetas, b.weights)
		steps++
	}
	return pace{steps, time.Since(start).Seconds(), processorTime() - cpu}, nil
}

// comparedSums lets the library and PyTorch sum in turn.
func comparedSums(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	var shapes []shape
	for _, k := range o.birkhoff {
		shapes = append(shapes, shape{batch: standard.batch, labels: k})
	}
	return o.inTurn(ctx, shapes, []contender{&sums{}}, []script{{"torch", torchBirkhoff, nil}}, stdout, stderr)
}
