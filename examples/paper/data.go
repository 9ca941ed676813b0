package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

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
	testShare = 0.2
	quarters  = 4
)

// parts are the rows of one repeat.
type parts struct {
	source      *source
	train, test sets.Data
	rows        []int // those of train
}

func (s *source) split(seed uint64) (*parts, error) {
	train, test, err := divide(s.name, s.all.Len(), seed)
	if err != nil {
		return nil, err
	}
	return &parts{source: s, rows: train, train: s.all.Rows(train).Data(), test: s.all.Rows(test).Data()}, nil
}

// divide puts rows aside for testing.
func divide(name string, n int, seed uint64) (train, test []int, err error) {
	order := rand.New(rand.NewPCG(seed, 0)).Perm(n)
	count := int(testShare*float64(n) + 0.5)
	if count == 0 || n-count < 2*quarters {
		return nil, nil, fmt.Errorf("%s: %d rows are too few to hold some out", name, n)
	}
	return order[count:], order[:count], nil
}

// fold holds a quarter of the training rows out.
func (p *parts) fold(i int) (fit, held sets.Data) {
	f, h := quarter(p.rows, i)
	return p.source.all.Rows(f).Data(), p.source.all.Rows(h).Data()
}

// quarter divides rows into those of a quarter and the others.
func quarter(rows []int, i int) (others, held []int) {
	lo, hi := i*len(rows)/quarters, (i+1)*len(rows)/quarters
	return slices.Concat(rows[:lo], rows[hi:]), rows[lo:hi]
}

func (s *source) describe() string {
	n, d, k := s.all.Dims()
	return fmt.Sprintf("%s: %d rows, %d features, %d labels; a random share of %g to test, a quarter of the others to validate", s.name, n, d, k, testShare)
}
