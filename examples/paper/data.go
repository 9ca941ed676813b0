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
	n := s.all.Len()
	order := rand.New(rand.NewPCG(seed, 0)).Perm(n)
	test := int(testShare*float64(n) + 0.5)
	if test == 0 || n-test < 2*quarters {
		return nil, fmt.Errorf("%s: %d rows are too few to hold some out", s.name, n)
	}
	p := &parts{source: s, rows: order[test:], test: s.all.Rows(order[:test]).Data()}
	p.train = s.all.Rows(p.rows).Data()
	return p, nil
}

// fold holds a quarter of the training rows out.
func (p *parts) fold(i int) (fit, held sets.Data) {
	lo, hi := i*len(p.rows)/quarters, (i+1)*len(p.rows)/quarters
	return p.source.all.Rows(slices.Concat(p.rows[:lo], p.rows[hi:])).Data(), p.source.all.Rows(p.rows[lo:hi]).Data()
}

func (s *source) describe() string {
	n, d, k := s.all.Dims()
	return fmt.Sprintf("%s: %d rows, %d features, %d labels; a random share of %g to test, a quarter of the others to validate", s.name, n, d, k, testShare)
}
