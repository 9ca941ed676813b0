package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/snl"
)

// source is a data set or a toy.
type source struct {
	name      string
	benchmark *datasets.RegressionBenchmark // nil for a toy
	toy       *datasets.Toy1D
}

// open reads all data before anything is trained.
func open(ctx context.Context, o *options, stderr io.Writer) ([]*source, error) {
	var sources []*source
	for _, name := range o.datasets {
		if t := toyNamed(name); t != nil {
			sources = append(sources, &source{name: name, toy: t})
			continue
		}
		b, err := experiment.Open(stderr, func(opener *datasets.Opener) (*datasets.RegressionBenchmark, error) {
			return opener.OpenRegression(ctx, name)
		})
		if err != nil {
			return nil, err
		}
		sources = append(sources, &source{name: name, benchmark: b})
	}
	if o.data != "" {
		m, err := o.readFile()
		if err != nil {
			return nil, err
		}
		sources = append(sources, &source{name: m.Name, benchmark: &datasets.RegressionBenchmark{Name: m.Name, All: m}})
	}
	for _, s := range sources {
		if s.benchmark != nil && s.benchmark.Splits != nil && o.recipe.Repeats > len(s.benchmark.Splits) {
			return nil, report.Misuse("-repeats %d: %s has %d published splits", o.recipe.Repeats, s.name, len(s.benchmark.Splits))
		}
	}
	return sources, nil
}

func toyNamed(name string) *datasets.Toy1D {
	for _, t := range datasets.Toys1D() {
		if t.Name() == name {
			return t
		}
	}
	return nil
}

// checkFile looks at the name of the file alone.
func (o *options) checkFile() error {
	if strings.ToLower(filepath.Ext(strings.TrimSuffix(o.data, ".gz"))) != ".csv" {
		return report.Misuse("-data %s: the extension is not .csv or .csv.gz", o.data)
	}
	return nil
}

func (o *options) readFile() (*datasets.Regression, error) {
	c := datasets.RegressionCSVOptions{}
	if o.target != "" {
		c.Targets = []string{o.target}
	}
	if o.impute {
		c.MissingFeature = datasets.MissingMean
	}
	if o.onehot {
		c.Categorical = datasets.CategoricalOneHot
	}
	m, err := datasets.OpenRegressionFile(o.data, c)
	if parse := (*datasets.ParseError)(nil); errors.As(err, &parse) {
		return nil, fmt.Errorf("%w (how files are read is changed by the flags -target, -impute and -onehot)", err)
	}
	return m, err
}

// heldOut is the share of rows held out for testing where there are no
// published splits, and the share of training rows that validate.
const heldOut = 0.2

// mostValidation bounds the rows that validate: each is an integral per epoch.
const mostValidation = 1000

// Purposes of random numbers of one seed.
const (
	splitTest   = 1
	splitFolds  = 2 // and more
	splitJitter = 1 << 16
)

// parts are the rows of one repeat. For a toy validation is a part of its own;
// otherwise it is nil and taken from train.
type parts struct {
	train, validation, test *datasets.Regression
	seed                    uint64
}

// sizes are the numbers of rows of a toy for training, validation and testing,
// as published.
func (s *source) sizes() []int {
	if s.name == "zones" {
		return []int{1710, 190, 1900}
	}
	return []int{2000, 1000, 1000}
}

// split is that of a repeat: the i-th published one, or a random one.
func (s *source) split(ctx context.Context, seed uint64, i int) (*parts, error) {
	seed += uint64(i)
	if s.toy != nil {
		p, err := s.toy.SampleSplits(ctx, seed, s.sizes()...)
		if err != nil {
			return nil, err
		}
		return &parts{train: p[0], validation: p[1], test: p[2], seed: seed}, nil
	}
	if s.benchmark.Splits != nil {
		train, test := s.benchmark.Split(i)
		return &parts{train: train, test: test, seed: seed}, nil
	}
	all := s.benchmark.All
	rows, err := datasets.Split(all.Len(), []float64{1 - heldOut, heldOut}, rand.New(rand.NewPCG(seed, splitTest)))
	if err != nil {
		return nil, err
	}
	if len(rows[0]) < 5 || len(rows[1]) == 0 {
		return nil, fmt.Errorf("%s: %d rows are too few to hold a share of %g out twice", s.name, all.Len(), heldOut)
	}
	return &parts{train: all.Rows(rows[0]), test: all.Rows(rows[1]), seed: seed}, nil
}

// fold divides the training rows for member k of an ensemble: a fifth of them,
// another one for each of the first five members, validates. Of a toy all train.
func (p *parts) fold(k int) (fit, validation snl.Data) {
	if p.validation != nil {
		return p.train.Data(), p.validation.Data()
	}
	n := p.train.Len()
	const folds = 5
	order := rand.New(rand.NewPCG(p.seed, splitFolds+uint64(k/folds))).Perm(n)
	low, high := k%folds*n/folds, (k%folds+1)*n/folds
	high = min(high, low+mostValidation)
	rest := append(append([]int(nil), order[:low]...), order[high:]...)
	return p.train.Rows(rest).Data(), p.train.Rows(order[low:high]).Data()
}
