// Density learns densities p(y) of points of the plane with each model and
// objective asked for, and reports how good they are.
//
// Without flags it takes two toys whose truth is known, learns energies by the
// self-normalised likelihood, by noise contrastive estimation and by denoising
// score matching, a mixture of Gaussians and a kernel density beside them, prints
// a table, and draws for each toy the true log-density, the energies that were
// learned, samples of them and learning curves to density-8gaussians.png, ...:
//
//	go run ./examples/density
//
// Other toys, all the objectives, and data of two columns:
//
//	go run ./examples/density -dataset moons,pinwheel,rings -objective "" -epochs 30
//	go run ./examples/density -dataset faithful -frequencies "" -base gaussian
//	go run ./examples/density -data own.csv -columns height,weight
//
// # Protocol
//
// A toy is drawn anew for each repeat, with the seeds -seed, -seed+1, ...: -rows
// rows to train, as many to test, and a fifth of as many to validate. Of other
// data 20 % of the rows test, and 20 % of the others validate. The epoch of an
// energy is the one with the best negative log-likelihood on validation rows,
// normalised by quadrature, whatever the objective. Nothing is chosen on test
// rows.
//
// # Numbers
//
// nll is the mean of -log p on test rows in nats, with log Z by quadrature over
// the plane; z_error is what a finer rule changes in it. kl is from the truth to the density, the mean of the log of their ratio
// over test rows. tau_error is how far the log Z that was learned is from the
// one by quadrature. What the self-adversarial flow trains is not the energy's
// density but that of its gradient flow, which flow_nll is of.
//
// With -json the numbers are written as an array of flat records, see package
// report. An interrupted run prints what was finished and writes no JSON.
package main

import (
	"context"
	"io"
	"os"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

func main() { os.Exit(report.Main("density", run)) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	sources, err := open(ctx, o, stderr)
	if err != nil {
		return err
	}
	results, tasks, err := compare(ctx, o, sources, stderr)
	return o.output.Write(stdout, experiment.Outcome{
		Results: results, Err: err, Text: text(o, sources, results),
		Records: func() []report.Record { return experiment.DensityRecords(results, columns, o.recipe.Seed) },
		Figure:  func(dataset string) [][]*report.Panel { return figure(dataset, results, tasks) },
		Picture: "log-densities, samples and learning curves",
	})
}

// compare learns and judges everything that was asked for.
func compare(ctx context.Context, o *options, sources []*source, stderr io.Writer) ([]*experiment.Result, []*task, error) {
	list, tasks, err := jobs(ctx, o, sources)
	if err != nil {
		return nil, nil, err
	}
	runner := experiment.Runner{Repeats: o.recipe.Repeats, Headline: headline, Parallel: o.recipe.Workers}
	progress := report.NewProgress(stderr, runner.Steps(list))
	defer progress.Close()
	results, err := runner.Run(ctx, list, progress)
	return results, tasks, err
}
