package snl

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Model is a learned p(y|x), or p(y), over R^d. It is immutable and safe for
// concurrent use. Points, densities and normalisers are in the user's units.
type Model struct{ model *structured.Model[Point] }

// Shifted is the model with c added to its tau; see structured.Model.Shifted.
func (m *Model) Shifted(c float64) (*Model, error) {
	of, err := m.model.Shifted(c)
	if err != nil {
		return nil, err
	}
	return &Model{of}, nil
}

// Points makes points of the line of numbers.
func Points(y []float64) []Point {
	out := make([]Point, len(y))
	for i := range y {
		out[i] = Point{y[i]}
	}
	return out
}

// Rows makes points of the rows of a matrix.
func Rows(y mat.Matrix) []Point {
	n, _ := y.Dims()
	out := make([]Point, n)
	for i := range out {
		out[i] = mat.Row(nil, i, y)
	}
	return out
}

// Dim is the dimension d of the points.
func (m *Model) Dim() int { return m.space().dim }

func (m *Model) space() *Space { return m.model.Space().(*Space) }

// Standardised is the model in its own coordinates, z = (y - shift)/scale: the
// way to further inference.
func (m *Model) Standardised() *structured.Model[Point] { return m.model }

// Coordinates returns shift and scale of the coordinates of Standardised, one
// per coordinate; zeros and ones where targets are raw.
func (m *Model) Coordinates() (shift, scale []float64) {
	s := m.space()
	shift, scale = make([]float64, s.dim), make([]float64, s.dim)
	for j := range shift {
		scale[j] = 1
	}
	copy(shift, s.shift)
	copy(scale, s.scale)
	return shift, scale
}

// Features is the number of features the model takes.
func (m *Model) Features() int { return m.model.Features() }

// Seed is the seed the model was trained with.
func (m *Model) Seed() uint64 { return m.model.Seed() }

// Params returns a copy of all parameters; see structured.Model.
func (m *Model) Params() []float64 { return m.model.Params() }

// History returns the course of training; see Fit for its units.
func (m *Model) History() structured.History { return m.model.History() }

// Score returns g(x, y), larger being better.
func (m *Model) Score(x []float64, y Point) (float64, error) {
	s := m.space()
	if err := checkPoint(y, s.dim); err != nil {
		return 0, &structured.DataError{What: "Y", Column: -1, Err: err}
	}
	return m.model.Score(x, s.standardised([]Point{y})[0])
}

// LogProb returns log p(y|x), nats per unit of volume, with the best
// normaliser the model has: by quadrature on the line, by a formula where the
// coupling has one, the learned tau otherwise.
func (m *Model) LogProb(x []float64, y Point) (structured.LogProb, error) {
	lps, err := m.LogProbs(context.Background(), Data{X: rowMatrix(x), Y: []Point{y}})
	if err != nil {
		return structured.LogProb{}, err
	}
	return lps[0], nil
}

// LogProbs returns log p(y|x) for each example, as LogProb does; for rows of
// weight 0 the number means nothing.
func (m *Model) LogProbs(ctx context.Context, d Data) ([]structured.LogProb, error) {
	s := m.space()
	z, err := s.data(d, s.dim)
	if err != nil {
		return nil, err
	}
	return logProbs(ctx, m.model, &z)
}

// logProbs takes points in the coordinates of the space and returns
// log-densities per unit of the user's volume.
func logProbs(ctx context.Context, m *structured.Model[Point], d *Data) ([]structured.LogProb, error) {
	s := m.Space().(*Space)
	volume, improper := s.logVolume(), unitShift(m)
	var out []structured.LogProb
	var err error
	if d.X == nil && len(d.Y) > 1 && m.Likelihood() {
		out, err = logProbsShared(ctx, m, d)
	} else {
		out, err = m.LogProbs(ctx, d)
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Value -= volume
		out[i].Lower -= volume
		out[i].Upper -= volume
		out[i].Normalizer += improper
	}
	return out, nil
}

// logProbsShared normalises once for all rows.
func logProbsShared(ctx context.Context, m *structured.Model[Point], d *Data) ([]structured.LogProb, error) {
	s := m.Space().(*Space)
	first := -1
	for i, y := range d.Y {
		if weight(d.Weights, i) == 0 {
			continue
		}
		if err := s.Check(y); err != nil {
			return nil, &structured.DataError{What: "Y", Row: i, Column: -1, Err: err}
		}
		if first < 0 {
			first = i
		}
	}
	one, err := m.LogProbs(ctx, &Data{Y: d.Y[first : first+1]})
	if err != nil {
		return nil, err
	}
	ys := make([]Point, len(d.Y))
	for i, y := range d.Y {
		if ys[i] = y; weight(d.Weights, i) == 0 {
			ys[i] = d.Y[first]
		}
	}
	values := make([]float64, len(ys))
	err = m.EachTheta(ctx, nil, func(_ int, theta structured.Theta) error {
		(&integrand{space: s, coupling: m.Coupling(), theta: theta}).log(values, ys)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]structured.LogProb, len(ys))
	for i, v := range values {
		out[i] = one[0]
		shift := v - one[0].Normalizer - one[0].Value
		out[i].Value += shift
		out[i].Lower += shift
		out[i].Upper += shift
	}
	return out, nil
}

// unitShift is what a normaliser in the user's units has more than in those of
// the space. The threshold of a loss other than the softmax is one of scores,
// which have no units: it stays.
func unitShift(m *structured.Model[Point]) float64 {
	if !m.Likelihood() {
		return 0
	}
	return m.Space().(*Space).improperVolume()
}

// Taus returns the learned log-partition tau(x) for each row of X, relative to
// the base; see structured.Model.Taus.
func (m *Model) Taus(ctx context.Context, X mat.Matrix) ([]float64, error) {
	taus, err := m.model.Taus(ctx, X)
	shift := unitShift(m.model)
	for i := range taus {
		taus[i] += shift
	}
	return taus, err
}

// Normalizers returns the best normaliser the model has for each row of X,
// relative to the base; see LogProb.
func (m *Model) Normalizers(ctx context.Context, X mat.Matrix) ([]structured.Normalizer, error) {
	out, err := m.model.Normalizers(ctx, X)
	shift := unitShift(m.model)
	for i := range out {
		out[i].Value += shift
		out[i].Lower += shift
		out[i].Upper += shift
	}
	return out, err
}

// Sample draws n points from p(y|x): on the line by inverting the distribution
// function of Predictive, and otherwise by weight from an importance sample; see
// Multivariate.
func (m *Model) Sample(ctx context.Context, x []float64, n int, rng *rand.Rand) ([]Point, error) {
	if rng == nil {
		return nil, structured.ErrNoSource
	}
	if n < 0 {
		return nil, fmt.Errorf("snl: %d samples: want at least 0", n)
	}
	if m.Dim() == 1 && m.model.Likelihood() {
		p, err := m.Predictive(ctx, x)
		if err != nil {
			return nil, err
		}
		ys := make([]float64, n)
		p.Sample(ys, rng)
		return Points(ys), nil
	}
	p, err := m.Multivariate(ctx, x, Importance{Key: rng.Uint64()})
	if err != nil {
		return nil, err
	}
	return p.Sample(n, rng), nil
}

// Means returns E[Y|x] for each row of X, n x d: by quadrature on the line, and
// otherwise by importance sampling as Multivariate does.
func (m *Model) Means(ctx context.Context, X mat.Matrix) (*mat.Dense, error) {
	n, d := 1, m.Dim()
	if X != nil {
		if n, _ = X.Dims(); n == 0 {
			return nil, structured.ErrNoExamples
		}
	}
	out := mat.NewDense(n, d, nil)
	if d == 1 {
		err := eachPredictive(ctx, m.model, X, func(i int, p *Predictive) error {
			out.Set(i, 0, p.Mean())
			return nil
		})
		return out, err
	}
	err := eachMultivariate(ctx, m.model, X, Importance{}, func(i int, p *Multivariate) error {
		copy(out.RawRowView(i), p.Mean())
		return nil
	})
	return out, err
}

// rowMatrix is one row of features as a matrix, nil where there are none.
func rowMatrix(x []float64) mat.Matrix {
	if len(x) == 0 {
		return nil
	}
	return mat.NewDense(1, len(x), x)
}

// errNoProposal is returned where draws are needed and the base cannot give
// them.
var errNoProposal = errors.New("snl: the base cannot be drawn from and the model has no proposal: set Importance.Of")
