package structured

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Model is a learned p(y|x). It is immutable and safe for concurrent use. Its
// answers for one x have the same bits whether asked alone or in a batch.
type Model[Y any] struct {
	space     Space[Y]
	coupling  Coupling[Y]
	inference Inference[Y] // nil where there is none
	criterion Criterion[Y]
	network   nn.Network
	tau       logpart.Partition        // nil where the objective learns none
	surrogate LogPartitionSurrogate[Y] // the base of tau; nil where it has none
	aux       nn.Network               // nil where the objective has none of its own
	shift     float64                  // added to tau, see Shifted
	std       *nn.Standardizer         // nil for raw features
	features  int
	alike     bool // no features: theta is the same for all examples
	examples  int  // of the training set
	workers   int
	seed      uint64

	// params holds the network's parameters, then from own the coupling's,
	// from tauAt those of tau, and from auxAt those of the criterion's
	// network, up to end.
	params                 []float64
	own, tauAt, auxAt, end int
	history                History
	recipe                 recipeText
	idle                   *sync.Pool // of *worker[Y]
	listing                *listing[Y]
}

// newModel puts the pieces of a model together, without parameters.
func newModel[Y any](cfg Config[Y], features, examples int) (Model[Y], error) {
	m := Model[Y]{
		space: cfg.Space, coupling: cfg.Coupling, features: features, examples: examples,
		workers: cfg.workers(), seed: cfg.Seed, recipe: cfg.recipe,
	}
	var err error
	if m.network, err = cfg.network(features).Build(features, cfg.Coupling.NumLogits()); err != nil {
		return m, err
	}
	_, plain := cfg.network(features).(nn.Constant)
	m.alike = plain && features == 0
	if inf, ok := cfg.Coupling.(Inferrer[Y]); ok {
		if m.inference, err = inf.Infer(cfg.Space); err != nil {
			return m, err
		}
	}
	m.criterion, err = cfg.objective().Bind(Problem[Y]{
		Space: cfg.Space, Coupling: cfg.Coupling, Inference: m.inference, Examples: examples,
	})
	if err != nil {
		return m, err
	}
	if m.criterion.UsesTau() {
		sizes := logpart.Sizes{Features: features, Logits: cfg.Coupling.NumLogits(), Examples: examples}
		surrogate, ok := m.inference.(LogPartitionSurrogate[Y])
		if ok && m.Likelihood() {
			sizes.Base = surrogate.SurrogateBase()
		}
		if m.tau, err = cfg.tau(sizes.Base).Build(sizes); err != nil {
			return m, err
		}
		if b, ok := m.tau.(logpart.Based); ok && b.UsesBase() {
			m.surrogate = surrogate
		}
	}
	if a, ok := m.criterion.(Auxiliary); ok && a.AuxLogits() > 0 {
		if m.aux, err = cfg.auxiliary(features).Build(features, a.AuxLogits()); err != nil {
			return m, err
		}
	}
	m.layout()
	return m, nil
}

func (m *Model[Y]) layout() {
	m.own = m.network.NumParams()
	m.tauAt = m.own + m.coupling.NumOwn()
	m.auxAt = m.tauAt
	if m.tau != nil {
		m.auxAt += m.tau.NumParams()
	}
	m.end = m.auxAt
	if m.aux != nil {
		m.end += m.aux.NumParams()
	}
	m.idle, m.listing = &sync.Pool{}, &listing[Y]{}
}

// snapshot returns a copy that later training does not change.
func (m *Model[Y]) snapshot() *Model[Y] {
	c := *m
	c.params = append([]float64(nil), m.params...)
	c.idle = &sync.Pool{}
	return &c
}

// Features is the number of features the model takes.
func (m *Model[Y]) Features() int { return m.features }

// Space is the space the model is over.
func (m *Model[Y]) Space() Space[Y] { return m.space }

// Params returns a copy of all parameters: the network's, then the coupling's
// own, those of tau, and those of a network of the objective's own.
func (m *Model[Y]) Params() []float64 { return append([]float64(nil), m.params...) }

// History returns the course of the training that gave the model.
func (m *Model[Y]) History() History {
	h := m.history
	h.Epochs = slices.Clone(h.Epochs)
	return h
}

// predictRows is how many rows are evaluated at a time.
const predictRows = 256

// alikeLogits is how many logits there may be at a time where all rows have the same.
const alikeLogits = 1 << 20

// each evaluates logits and tau for n rows of X in pieces and calls do for
// each piece, with the worker whose batch holds them, the first row and the
// number of rows. Pieces are done concurrently, in no particular order.
func (m *Model[Y]) each(ctx context.Context, X mat.Matrix, n int, do func(w *worker[Y], lo, n int) error) error {
	if err := checkMatrix(X); err != nil {
		return err
	}
	if X == nil && m.features > 0 {
		return &DimensionError{What: "features", Want: m.features, Got: 0}
	}
	if X != nil {
		r, c := X.Dims()
		if c != m.features {
			return &DimensionError{What: "features", Want: m.features, Got: c}
		}
		if r != n {
			return &DimensionError{What: "rows of X", Want: n, Got: r}
		}
	}
	if err := checkFinite(X); err != nil {
		return err
	}
	f := newFeatures(X, m.std)
	size := min(predictRows, max(1, (n+m.workers-1)/m.workers))
	if m.alike { // what is done once for all should not be done piece by piece
		size = min(n, max(size, alikeLogits/max(1, m.coupling.NumLogits())))
	}
	pieces := (n + size - 1) / size
	errs := make([]error, pieces)
	parallel(m.workers, pieces, func(_, i int) {
		if errs[i] = ctx.Err(); errs[i] != nil {
			return
		}
		w, _ := m.idle.Get().(*worker[Y])
		if w == nil {
			w = m.newWorker()
		}
		defer m.idle.Put(w)
		lo, rows := i*size, min(size, n-i*size)
		x := f.gather(&w.features, rows, func(j int) int { return lo + j })
		m.forward(w, x, nil, nil)
		for j, v := range w.batch.Logits {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				errs[i] = fmt.Errorf("structured: logit %d of row %d is %g: the features are beyond what the network can represent", j%max(1, w.batch.logits), lo+j/max(1, w.batch.logits), v)
				return
			}
		}
		errs[i] = do(w, lo, rows)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// rowsOf is the number of rows of X; nil, for an unconditional model, is one.
func rowsOf(X mat.Matrix) int {
	if X == nil {
		return 1
	}
	r, _ := X.Dims()
	return r
}

// rowMatrix is one row of features as a matrix, nil where there are none.
func rowMatrix(x []float64) mat.Matrix {
	if len(x) == 0 {
		return nil
	}
	return mat.NewDense(1, len(x), x)
}

// Logits returns theta = h(x) for each row of X, n x NumLogits.
func (m *Model[Y]) Logits(ctx context.Context, X mat.Matrix) (*mat.Dense, error) {
	n, p := rowsOf(X), m.coupling.NumLogits()
	out := make([]float64, n*p)
	err := m.each(ctx, X, n, func(w *worker[Y], lo, rows int) error {
		copy(out[lo*p:], w.batch.Logits)
		return nil
	})
	if err != nil || n*p == 0 {
		return nil, err
	}
	return mat.NewDense(n, p, out), nil
}

// EachTheta calls do with what the coupling scores each row of X with,
// concurrently and in no particular order; theta is valid during the call.
// It is the way to further inference on a model.
func (m *Model[Y]) EachTheta(ctx context.Context, X mat.Matrix, do func(row int, theta Theta) error) error {
	return m.each(ctx, X, rowsOf(X), func(w *worker[Y], lo, rows int) error {
		for i := range rows {
			if err := do(lo+i, w.batch.Theta(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Inference is what the model's coupling can do over its space, nil if
// nothing; see the capabilities in this package.
func (m *Model[Y]) Inference() Inference[Y] { return m.inference }

// Taus returns the learned tau(x) for each row of X. It is ErrNoNormalizer
// where the model has no tau, or one that covers only training examples.
func (m *Model[Y]) Taus(ctx context.Context, X mat.Matrix) ([]float64, error) {
	if m.tau == nil || !m.tau.Generalizes() {
		return nil, ErrNoNormalizer
	}
	out := make([]float64, rowsOf(X))
	err := m.each(ctx, X, len(out), func(w *worker[Y], lo, rows int) error {
		copy(out[lo:], w.batch.Tau)
		return nil
	})
	return out, err
}

// Normalizers returns the best normaliser the model has for each row of X:
// exact where its coupling or the size of the space allows it, an interval
// where the coupling has bounds, the learned tau otherwise.
func (m *Model[Y]) Normalizers(ctx context.Context, X mat.Matrix) ([]Normalizer, error) {
	out := make([]Normalizer, rowsOf(X))
	err := m.each(ctx, X, len(out), func(w *worker[Y], lo, rows int) (err error) {
		for i := 0; i < rows && err == nil; i++ {
			out[lo+i], err = m.normalizer(&w.batch, i)
		}
		return err
	})
	return out, err
}

// Coupling is the model's coupling.
func (m *Model[Y]) Coupling() Coupling[Y] { return m.coupling }

// Generator is the f behind p(y|x) = q(y) (f*+)'(g(x,y) - normaliser).
func (m *Model[Y]) Generator() fenchel.Generator { return m.criterion.Generator() }

// Likelihood reports whether the model is fitted by the softmax loss, so that
// p(y|x) = q(y) exp g(x,y) / Z(x) and exact inference of the coupling is that
// of the model.
func (m *Model[Y]) Likelihood() bool { return m.Generator() == fenchel.Softmax }

// Seed is the seed the model was trained with; the randomness of its answers,
// where there is any, derives from it.
func (m *Model[Y]) Seed() uint64 { return m.seed }
