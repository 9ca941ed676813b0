package main

import (
	"io"
	"runtime"
	"slices"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// options are the settings of a run.
type options struct {
	families   []family
	estimators []estimator
	sizes      []int
	samples    int
	steps      int
	rate       float64
	repeats    int
	seed       uint64
	workers    int
	output     experiment.Output
}

const about = `
Efficiency estimates the parameters of exponential families whose truth is known
by each objective, over sample sizes, and compares the errors with those of
maximum likelihood: what does giving up the likelihood cost?

    efficiency -dataset von_mises -objective snl,nce,sm -sizes 100,400,1600 -repeats 100`

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{
		sizes: []int{50, 150, 450}, samples: 10, steps: 300, rate: 0.1, repeats: 10, seed: 1, workers: runtime.GOMAXPROCS(0),
		output: experiment.Output{PNG: "efficiency.png"},
	}
	f := report.NewFlags("efficiency", about)
	var quickly bool
	report.Choices(f, &o.families, "dataset", "families with commas: gaussian, double_well, von_mises; empty means all", families...)
	report.Choices(f, &o.estimators, "objective", "objectives with commas: ml (always included), snl, nce_1 (with one draw per example), nce, ranking_nce, conditional_nce,\nml_is, sm, dsm, cd, pcd; empty means all that fit the family", estimators...)
	f.Ints(&o.sizes, "sizes", 5, "sample sizes, with commas")
	f.Int(&o.samples, "samples", 1, "points drawn per example and step by the objectives that draw")
	f.Int(&o.steps, "steps", 10, "steps of the optimiser, each on all examples")
	f.Float(&o.rate, "rate", func(v float64) bool { return v > 0 && v <= 10 }, "a number in (0, 10]", "learning rate at the first step; it falls to 0")
	f.Int(&o.repeats, "repeats", 2, "samples of each size, with the seeds seed, seed+1, ..., the same for all objectives")
	f.Uint64Var(&o.seed, "seed", o.seed, "where all randomness comes from: same flags, same numbers")
	f.Int(&o.workers, "workers", 1, "goroutines; the numbers do not depend on it; default: the processors")
	f.BoolVar(&quickly, "quick", false, "a check in seconds: small samples, few steps and repeats (flags given beside it count)")
	o.output.Flags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	if quickly {
		for flag, set := range map[string]func(){
			"sizes": func() { o.sizes = []int{20, 40} }, "steps": func() { o.steps = 30 }, "repeats": func() { o.repeats = 3 },
		} {
			if !f.Given(flag) {
				set()
			}
		}
	}
	slices.Sort(o.sizes)
	o.sizes = slices.Compact(o.sizes)
	if !slices.Contains(o.estimators, likelihood) {
		o.estimators = append([]estimator{likelihood}, o.estimators...)
	}
	return o, o.output.Check()
}
