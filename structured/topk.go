package structured

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/best"
)

// Candidate is one of the most probable structures.
type Candidate[Y any] struct {
	Y Y
	// LogProb is log p(y|x), by the best normaliser the model has.
	LogProb LogProb
}

// TopK returns the n most probable structures for x, the most probable first;
// see TopKs.
func (m *Model[Y]) TopK(x []float64, n int) ([]Candidate[Y], error) {
	top, err := m.TopKs(context.Background(), rowMatrix(x), n)
	if err != nil {
		return nil, err
	}
	return top[0], nil
}

// TopKs returns the n most probable structures for each row of X, the most
// probable first; fewer where fewer have a probability above 0. The lists are
// exact: no other structure is more probable. How the probabilities were
// normalised, which does not change the order, is in each LogProb.
//
// It needs a coupling that is a KBester (under a loss other than the softmax, over a
// space with a uniform reference) or a space that can be listed, and is
// ErrIntractable otherwise.
func (m *Model[Y]) TopKs(ctx context.Context, X mat.Matrix, n int) ([][]Candidate[Y], error) {
	if n < 1 {
		return nil, fmt.Errorf("structured: the %d most probable structures: want at least 1", n)
	}
	list, ok := m.inference.(KBester[Y])
	if ok = ok && m.byScore(); !ok && !m.listing.ready(m.space) {
		return nil, m.beyond("the most probable structures")
	}
	// Memory follows what there is to list.
	if c := m.space.LogCardinality(); c < math.Log(float64(n)) {
		n = int(math.Round(math.Exp(c)))
	}
	out := make([][]Candidate[Y], rowsOf(X))
	err := m.each(ctx, X, len(out), func(w *worker[Y], lo, rows int) error {
		for i := range rows {
			normalizer, err := m.normalizer(&w.batch, i)
			if err != nil {
				return err
			}
			if theta := w.batch.Theta(i); ok {
				out[lo+i] = m.kBest(list, theta, normalizer, n)
			} else {
				out[lo+i] = m.listedBest(theta, normalizer, n)
			}
			for _, c := range out[lo+i] {
				if math.IsNaN(c.LogProb.Value) {
					return fmt.Errorf("structured: row %d: %w: the scores are beyond what numbers can represent", lo+i, ErrNotFinite)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// kBest asks the inference.
func (m *Model[Y]) kBest(list KBester[Y], theta Theta, normalizer Normalizer, n int) []Candidate[Y] {
	ys, values := m.space.Make(n), make([]float64, n)
	count := list.KBest(ys, values, theta)
	var logq [1]float64 // under the softmax only the sum with the score counts
	if !m.Likelihood() && count > 0 {
		m.space.LogProb(logq[:], ys[:1])
	}
	var out []Candidate[Y]
	for i, y := range ys[:count] {
		p := normalizer.logProb(m.Generator(), values[i]-logq[0], logq[0])
		if math.IsInf(p.Value, -1) {
			break // so are those that follow
		}
		out = append(out, Candidate[Y]{y, p})
	}
	return out
}

// listedBest goes through the list of all structures.
func (m *Model[Y]) listedBest(theta Theta, normalizer Normalizer, n int) []Candidate[Y] {
	top := best.New[int](n)
	scores := m.listing.scores(m.coupling, theta)
	for i, q := range m.listing.q {
		top.Offer(normalizer.logProb(m.Generator(), scores[i], math.Log(q)).Value, i)
	}
	items := top.Items()
	out, place := make([]Candidate[Y], len(items)), make(map[int]int, len(items))
	ys := m.space.Make(len(items))
	for r, it := range items {
		place[it.Of] = r
		out[r] = Candidate[Y]{ys[r], normalizer.logProb(m.Generator(), scores[it.Of], math.Log(m.listing.q[it.Of]))}
	}
	m.listing.each(func(at int, piece []Y) {
		for i := range piece {
			if r, ok := place[at+i]; ok {
				m.space.Copy(&out[r].Y, piece[i])
			}
		}
	})
	return out
}

// beyond is ErrIntractable for a question to the model, with the reason where
// the inference has one.
func (m *Model[Y]) beyond(what string) error {
	if l, ok := m.inference.(Limited); ok {
		return fmt.Errorf("%s: %w: %s", what, ErrIntractable, l.Limit())
	}
	return fmt.Errorf("%s: %w", what, ErrIntractable)
}
