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
	"github.com/gibbs-ebm/gibbs/sets"
)

// source is a data set, with a test part of its own or without.
type source struct {
	name        string
	train, test *datasets.Multilabel // test is nil where none was published
}

// open reads all data before anything is trained.
func open(ctx context.Context, o *options, stderr io.Writer) ([]*source, error) {
	var sources []*source
	for _, name := range o.datasets {
		b, err := experiment.Open(stderr, func(opener *datasets.Opener) (*datasets.MultilabelBenchmark, error) {
			return opener.Open(ctx, name)
		})
		if err != nil {
			return nil, err
		}
		sources = append(sources, &source{b.Name, b.Train, b.Test})
	}
	if o.data == "" {
		return sources, nil
	}
	format, name, err := o.format()
	if err != nil {
		return nil, err
	}
	m, err := datasets.OpenFile(o.data, format)
	if parse := (*datasets.ParseError)(nil); errors.As(err, &parse) {
		return nil, fmt.Errorf("%w (how files are read is changed by the flags -labels, -impute and -onehot)", err)
	}
	if err != nil {
		return nil, err
	}
	return append(sources, &source{name: name, train: m}), nil
}

// format is how the user's own file is to be read, by its extension, and the
// name of the file without that.
func (o *options) format() (options datasets.FileOptions, name string, err error) {
	base := strings.TrimSuffix(filepath.Base(o.data), ".gz")
	extension := filepath.Ext(base)
	missing := datasets.MissingError
	if o.impute {
		missing = datasets.MissingMean
	}
	switch strings.ToLower(extension) {
	case ".arff":
		options = datasets.ARFFOptions{Labels: o.labels, LabelCount: o.labelCount, MissingFeature: missing}
	case ".csv":
		if o.labels == nil && o.labelCount == 0 {
			return nil, "", report.Misuse("-data %s: -labels has to say which columns are the labels", o.data)
		}
		c := datasets.CSVOptions{Labels: o.labels, LabelCount: o.labelCount, MissingFeature: missing}
		if o.onehot {
			c.Categorical = datasets.CategoricalOneHot
		}
		options = c
	case ".libsvm", ".svm", ".txt":
		if o.labels != nil || o.labelCount != 0 {
			return nil, "", report.Misuse("-labels: a LIBSVM file has its labels at the start of each line")
		}
		options = datasets.LIBSVMOptions{}
	default:
		return nil, "", report.Misuse("-data %s: the extension is none of .arff, .csv, .libsvm, .svm, .txt", o.data)
	}
	return options, strings.TrimSuffix(base, extension), nil
}

// heldOut is the share of rows held out for testing where the data set has no
// test part, and the share of training rows that validate.
const heldOut = 0.2

// Purposes of random numbers of one seed.
const (
	splitTest = iota + 1
	splitValidation
)

// parts are the rows of one repeat; train is fit and validation together.
type parts struct{ train, fit, validation, test sets.Data }

func (s *source) split(seed uint64) (*parts, error) {
	train, test := s.train, s.test
	var err error
	if test == nil {
		if train, test, err = s.divide(train, rand.New(rand.NewPCG(seed, splitTest))); err != nil {
			return nil, err
		}
	}
	fit, validation, err := s.divide(train, rand.New(rand.NewPCG(seed, splitValidation)))
	if err != nil {
		return nil, err
	}
	return &parts{examples(train), examples(fit), examples(validation), examples(test)}, nil
}

func (s *source) divide(m *datasets.Multilabel, rng *rand.Rand) (keep, held *datasets.Multilabel, err error) {
	rows, err := datasets.StratifiedSplit(m.Y, []float64{1 - heldOut, heldOut}, rng)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if len(rows[0]) == 0 || len(rows[1]) == 0 {
		return nil, nil, fmt.Errorf("%s: %d rows are too few to hold a share of %g out", s.name, m.Len(), heldOut)
	}
	return m.Rows(rows[0]), m.Rows(rows[1]), nil
}

func examples(m *datasets.Multilabel) sets.Data {
	return sets.Data{X: m.X, Y: m.Y, Observed: m.Observed}
}
