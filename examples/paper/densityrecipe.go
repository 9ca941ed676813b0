package main

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// law is a model of sets without features.
type law int

const (
	labels  law = iota // independent ones
	chowliu            // the tree of Chow and Liu
	ising              // all pairs
	rbm                // hidden units, summed over
	wide               // more of them, which only sampling can learn
	energy             // a network
)

func (l law) String() string {
	return [...]string{"independent", "tree", "pairwise", "rbm", "wide_rbm", "deep"}[l]
}

// binary is a data set for density estimation. Rows that occur several times are
// one with a weight.
type binary struct {
	name                    string
	k                       int
	rows                    sets.Data // to train, one by one
	train, validation, test sets.Data
	frequencies             sets.Bernoulli
}

func newBinary(b *datasets.SetBenchmark) *binary {
	s := &binary{name: b.Name, rows: b.Train.Data()}
	s.k = s.rows.K()
	s.train, s.validation, s.test = different(s.rows), different(b.Validation.Data()), different(b.Test.Data())
	s.frequencies, _ = sets.Frequencies(s.rows) // of rows that were read without an error
	return s
}

// different are the different rows, in the order of their first occurrence.
func different(d sets.Data) sets.Data {
	at := map[string]int{}
	var out sets.Data
	for _, y := range d.Y {
		key := y.String()
		i, seen := at[key]
		if !seen {
			i = len(out.Y)
			at[key] = i
			out.Y, out.Weights = append(out.Y, y), append(out.Weights, 0)
		}
		out.Weights[i]++
	}
	return out
}

func (s *binary) total(d sets.Data) int {
	n := 0.0
	for _, w := range d.Weights {
		n += w
	}
	return int(n)
}

// candidate is how a model is trained.
type candidate struct {
	hidden   int
	rate     float64
	decay    float64
	epochs   int
	patience int
	batch    int // 0: all different rows at once
	sampled  bool
}

func (c candidate) String() string {
	return fmt.Sprintf("hidden %d, rate %g, weight decay %g", c.hidden, c.rate, max(0, c.decay))
}

// visits is about how many rows training by sampling looks at.
const visits = 1_000_000

// chosen are the settings to choose from; none where the model is out of reach.
func (o *options) chosen(s *binary, l law) []candidate {
	listable := s.k <= sets.MaxListed
	all := candidate{rate: 0.1, decay: nn.Off, epochs: 400, patience: 60}
	batches := candidate{rate: 5e-3, decay: nn.Off, epochs: 30, patience: 5, batch: 250}
	switch {
	case l == labels, l == chowliu && listable, l == ising && listable:
		return []candidate{all}
	case l == chowliu:
		batches.rate = 0.02
		return []candidate{batches}
	case l == ising && s.k <= sets.MaxEnumerated:
		return []candidate{all}
	case (l == rbm || l == energy) && listable:
		small, large := all, all
		small.hidden, small.epochs, small.rate = 32, 600, 0.02
		if l == energy {
			return []candidate{small}
		}
		large.hidden, large.epochs, large.rate = 64, 600, 0.02
		return []candidate{small, large}
	case l == rbm: // 2^10 unary models
		batches.hidden = 10
		return []candidate{batches}
	case l == wide && !listable:
		batches.sampled, batches.rate = true, 2e-3
		batches.epochs = min(max(visits/len(s.rows.Y), 10), 100)
		small, large := batches, batches
		small.hidden, large.hidden = 32, 96
		return []candidate{small, large}
	}
	return nil
}

// coupling makes the scores.
func (c candidate) coupling(l law, s *binary) (sets.Coupling, error) {
	switch l {
	case chowliu:
		return sets.ChowLiu(s.rows)
	case ising:
		return sets.Pairwise{}, nil
	case rbm, wide:
		return sets.RBM{Hidden: c.hidden, ExactUpTo: min(s.k, sets.MaxListed)}, nil
	case energy:
		return sets.Deep{Logits: nn.Off, ExactUpTo: s.k, Network: nn.MLP{Hidden: []int{c.hidden, c.hidden}, Activation: nn.Softplus}}, nil
	}
	return sets.Unary{}, nil
}
