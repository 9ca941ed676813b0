package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/sets"
)

// source is all rows of a data set, but for those with missing labels.
type source struct {
	name string
	all  *datasets.Multilabel
}

// open reads all data before anything is trained.
func open(ctx context.Context, names []string, stderr io.Writer) ([]*source, error) {
	var sources []*source
	for _, name := range names {
		b, err := experiment.Open(stderr, func(opener *datasets.Opener) (*datasets.MultilabelBenchmark, error) {
			return opener.Open(ctx, name)
		})
		if err != nil {
			return nil, err
		}
		all := b.Train
		if b.Test != nil {
			if all, err = datasets.Stack(b.Train, b.Test); err != nil {
				return nil, err
			}
		}
		sources = append(sources, &source{b.Name, complete(all)})
	}
	return sources, nil
}

// complete are the rows without missing labels: not every loss can learn from
// others.
func complete(m *datasets.Multilabel) *datasets.Multilabel {
	if m.Observed == nil {
		return m
	}
	var rows []int
	for i, known := range m.Observed {
		if known.Count() == m.K() {
			rows = append(rows, i)
		}
	}
	out := m.Rows(rows)
	out.Observed = nil
	return out
}

// The protocol: the share of rows to test, and of the others to validate.
const (
	testShare       = 0.2
	validationShare = 0.25
)

// parts are the rows of one repeat; train is fit and validation together.
type parts struct{ train, fit, validation, test sets.Data }

func (s *source) split(seed uint64) (*parts, error) {
	n := s.all.Len()
	order := rand.New(rand.NewPCG(seed, 0)).Perm(n)
	test := int(testShare*float64(n) + 0.5)
	validation := test + int(validationShare*float64(n-test)+0.5)
	if test == 0 || validation == test || validation == n {
		return nil, fmt.Errorf("%s: %d rows are too few to hold some out", s.name, n)
	}
	of := func(rows []int) sets.Data { return s.all.Rows(rows).Data() }
	return &parts{
		train: of(order[test:]), fit: of(order[validation:]), validation: of(order[test:validation]), test: of(order[:test]),
	}, nil
}

func (s *source) describe() string {
	n, d, k := s.all.Dims()
	return fmt.Sprintf("%s: %d rows, %d features, %d labels; a random share of %g to test, %g of the others chooses settings and epochs", s.name, n, d, k, testShare, validationShare)
}
