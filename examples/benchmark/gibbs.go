package main

import (
	"context"
	"math/rand/v2"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// gibbs is this library: an epoch of the ordinary trainer is a number of steps
// that no special code has been written for.
type gibbs struct {
	ctx       context.Context
	threads   int
	precision precision // of the networks' products
	trainer   *structured.Trainer[sets.Set]
	steps     int // per epoch
}

// batchesByDefault makes what belongs to an epoch, such as shuffling and keeping
// the parameters, a small part.
const batchesByDefault = 16

func (s shape) examples() int {
	if s.rows == 0 {
		return batchesByDefault * s.batch
	}
	return s.rows
}

func (g *gibbs) name() string  { return "gibbs" }
func (g *gibbs) in() precision { return g.precision }

func (g *gibbs) prepare(s shape) error {
	t, err := trainer(s, g.threads, g.precision)
	if err != nil {
		return err
	}
	g.trainer, g.steps = t, (s.examples()+s.batch-1)/s.batch
	_, err = t.Epoch(g.ctx)
	return err
}

// trainer learns labels and features of no meaning.
func trainer(s shape, threads int, p precision) (*structured.Trainer[sets.Set], error) {
	rng := rand.New(rand.NewPCG(1, 2))
	rows := s.examples()
	x := mat.NewDense(rows, s.features, nil)
	for i := range rows {
		for j := range s.features {
			x.Set(i, j, rng.NormFloat64())
		}
	}
	ys := sets.Make(rows, s.labels)
	for _, y := range ys {
		for j := range s.labels {
			y.Set(j, rng.Float64() < 0.3)
		}
	}
	c, err := configuration(s, threads, p)
	if err != nil {
		return nil, err
	}
	c.RawFeatures = true
	return structured.NewTrainer(structured.Data[sets.Set]{X: x, Y: ys}, c)
}

// configuration is an MLP of one hidden layer for the scores and one for tau, by
// Adam, with samples from the uniform reference, everything as it is by default but
// the precision of the networks.
func configuration(s shape, threads int, p precision) (c structured.Config[sets.Set], err error) {
	space, err := sets.NewSpace(s.labels, sets.Uniform{})
	if err != nil {
		return c, err
	}
	coupling, err := sets.Unary{}.Bind(s.labels)
	if err != nil {
		return c, err
	}
	network := nn.MLP{Hidden: []int{s.hidden}, Precision: [...]nn.Precision{float32s: nn.Single, float64s: nn.Double}[p]}
	return structured.Config[sets.Set]{
		Space: space, Coupling: coupling,
		Network: network, Tau: logpart.Network{Of: network},
		Objective: structured.MinMin[sets.Set]{Samples: s.samples, Shared: s.draw == shared},
		Training: structured.Training{
			BatchSize: s.batch, Optimizer: nn.Adam{}, TauOptimizer: nn.Adam{}, Workers: threads,
		},
	}, nil
}

func (g *gibbs) run(seconds float64) (pace, error) {
	start, cpu := time.Now(), processorTime()
	steps := 0
	for steps == 0 || time.Since(start).Seconds() < seconds {
		if _, err := g.trainer.Epoch(g.ctx); err != nil {
			return pace{}, err
		}
		steps += g.steps
	}
	return pace{steps, time.Since(start).Seconds(), processorTime() - cpu}, nil
}
