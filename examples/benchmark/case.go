package main

import (
	"fmt"
	"slices"
)

// draw says for whom samples are drawn.
type draw int

const (
	shared  draw = iota // one sample for the batch; the library draws one for each piece of 32 examples
	example             // one sample for each example
)

func (d draw) String() string { return [...]string{"shared", "example"}[d] }

// A shape is the size of a training step.
type shape struct {
	batch, features, hidden, labels, samples int
	draw                                     draw
	rows                                     int // examples; 0 stands for 16 batches
}

func (s shape) String() string {
	if s.samples == 0 {
		return fmt.Sprintf("birkhoff k=%d batch=%d", s.labels, s.batch)
	}
	return fmt.Sprintf("k=%d samples=%d draw=%s", s.labels, s.samples, s.draw)
}

// shapes are the steps that are measured.
func (o *options) shapes() []shape {
	var list []shape
	for _, d := range o.draws {
		for _, k := range o.labels {
			for _, m := range o.samples {
				s := standard
				s.labels, s.samples, s.draw = k, m, d
				list = append(list, s)
			}
		}
	}
	return list
}

var standard = shape{batch: 64, features: 103, hidden: 256}

// precisions are those that the peers run in; the faster counts.
type precision int

const (
	float32s precision = iota
	float64s
)

func (p precision) String() string { return [...]string{"float32", "float64"}[p] }

// A contender is a program that can make steps.
type contender interface {
	// name is gibbs, torch or jax; version and precision tell more.
	name() string
	prepare(s shape) error
	// run makes steps for about so many seconds and returns how many it made
	// and the seconds they took: of the clock and of processors.
	run(seconds float64) (pace, error)
}

// pace is how long some steps took.
type pace struct {
	steps     int
	wall, cpu float64
}

// rate is steps per second. One thread is measured by processor time, so that
// other programs on the machine count less.
func (p pace) rate(threads int) float64 {
	if threads == 1 && p.cpu > 0 {
		return float64(p.steps) / p.cpu
	}
	return float64(p.steps) / p.wall
}

// quantile is the q-th of the values, 0 <= q <= 1.
func quantile(values []float64, q float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return v[int(q*float64(len(v)-1)+0.5)]
}
