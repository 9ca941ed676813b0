package main

import (
	"io"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// options are the settings of a run.
type options struct {
	labels, samples []int
	draws           []draw
	precisions      []precision
	python          string
	threads         int
	seconds         float64
	repeats         int
	growth          bool
	fit             string // a data set to train on
	epochs          int
	birkhoff        []int // numbers of labels
	output          experiment.Output
}

const about = `
Benchmark measures training steps per second of this library and, where Python
has them, of PyTorch and JAX, in turn on the same cores, and prints the ratios.

    benchmark -python venv/bin/python -json results.json
    benchmark -fit yeast -samples 100
    benchmark -birkhoff 11
    benchmark -growth`

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{
		labels: []int{14, 174}, samples: []int{1000}, python: "python3", threads: 1, seconds: 0.5, repeats: 7, epochs: 50,
		output: experiment.Output{PNG: "benchmark.png"},
	}
	f := report.NewFlags("benchmark", about)
	var quickly bool
	f.Ints(&o.labels, "k", 1, "numbers of labels, with commas")
	f.Ints(&o.samples, "samples", 1, "numbers of samples, with commas")
	report.Choices(f, &o.draws, "draw", "for whom samples are drawn: shared (the batch), example (each); empty means both", shared, example)
	report.Choices(f, &o.precisions, "peer-precision", "what the peers compute in: float32, float64; empty means both, and the faster counts", float32s, float64s)
	f.StringVar(&o.python, "python", o.python, "the Python that may have the peers; empty means none")
	f.Int(&o.threads, "threads", 1, "threads of everybody")
	f.Float(&o.seconds, "seconds", func(v float64) bool { return v > 0 && v <= 3600 }, "a number above 0", "length of a piece")
	f.Int(&o.repeats, "repeats", 1, "rounds")
	f.BoolVar(&o.growth, "growth", false, "measure how the time of a step grows, without peers")
	f.StringVar(&o.fit, "fit", "", "measure whole trainings on this data set, beside PyTorch's")
	f.Ints(&o.birkhoff, "birkhoff", 2, "measure exact log Z and marginals of 64 examples for these numbers of labels, beside PyTorch's")
	f.Int(&o.epochs, "epochs", 1, "of -fit")
	f.BoolVar(&quickly, "quick", false, "a check in seconds: short pieces, three rounds, peers in float32 (flags given beside it count)")
	o.output.Flags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	if quickly {
		o.quicken(f)
	}
	if o.growth && !f.Given("png") {
		o.output.PNG = "growth.png"
	}
	kinds := 0
	for _, given := range []bool{o.growth, o.fit != "", len(o.birkhoff) > 0} {
		if given {
			kinds++
		}
	}
	if kinds > 1 {
		return nil, report.Misuse("-fit, -birkhoff and -growth are different measurements")
	}
	if o.fit != "" {
		if !f.Given("samples") {
			o.samples = []int{100}
		}
	}
	return o, o.output.Check()
}

func (o *options) quicken(f *report.Flags) {
	if !f.Given("seconds") {
		o.seconds = 0.05
	}
	if !f.Given("repeats") {
		o.repeats = 3
	}
	if !f.Given("peer-precision") {
		o.precisions = []precision{float32s}
	}
}
