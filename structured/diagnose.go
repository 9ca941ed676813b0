package structured

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/logpart"
)

// Checkup says how the learned tau of a model is to be examined. The zero value
// is ready to use.
type Checkup[Y any] struct {
	// Estimator gives the references where nothing exact is known; nil stands
	// for ImportanceNormalizers with Samples.
	Estimator Estimator[Y]
	// Samples is the number of draws for a reference; 0 stands for 4,096.
	Samples int
	// Training has the features of the training data, for the distance of
	// each x from them; nil leaves it out.
	Training mat.Matrix
}

// Diagnose compares the learned tau with the best normaliser that can be had
// for each row of X: exact where the coupling or the size of the space allows,
// and otherwise estimated. Under losses other than the softmax tau is their
// threshold. It is ErrNoNormalizer where the model has no tau for unseen x, and
// logpart.ErrNoPoints where no reference is to be believed.
//
// Distances are Euclidean, to the closest of at most 2,000 training rows evenly
// spaced, in the standardised features that the model sees.
func Diagnose[Y any](ctx context.Context, m *Model[Y], X mat.Matrix, c Checkup[Y]) (*logpart.Diagnosis, error) {
	taus, err := m.Taus(ctx, X)
	if err != nil {
		return nil, err
	}
	points := make([]logpart.Point, len(taus))
	var by BoundEstimator[Y]
	if c.Estimator != nil && m.Likelihood() {
		if by, err = c.Estimator.Bind(m.problem()); err != nil {
			return nil, err
		}
	}
	key := stream.Key(m.seed, streamNormalizer)
	err = m.EachTheta(ctx, X, func(i int, theta Theta) error {
		p := logpart.Point{Tau: taus[i], Reliable: true}
		v, exact, err := m.exactNormalizer(theta)
		if err != nil {
			return err
		}
		if p.Reference = v; !exact {
			var e ImportanceEstimate
			if by != nil {
				e, err = by.EstimateLogZ(theta, key)
			} else {
				e, err = m.importance(theta, orDefault(c.Samples, supportDraws), key)
			}
			p.Reference, p.Error, p.Reliable = e.Value, e.Error, err == nil && e.Reliable()
			if err != nil && ctx.Err() != nil {
				return err
			}
		}
		if !m.Likelihood() {
			if err := m.thresholdMass(&p, theta, orDefault(c.Samples, supportDraws), key); err != nil {
				return err
			}
		}
		points[i] = p
		return nil
	})
	if err != nil {
		return nil, err
	}
	if c.Training != nil && X != nil {
		if err := m.distances(points, X, c.Training); err != nil {
			return nil, err
		}
	}
	if !m.Likelihood() {
		return logpart.DiagnoseThresholds(points)
	}
	return logpart.Diagnose(points)
}

// thresholdMass fills Mass and Gap of a point, under a loss other than the
// softmax: over all structures where the space is listed, and otherwise over the
// draws that its reference is of.
func (m *Model[Y]) thresholdMass(p *logpart.Point, theta Theta, samples int, key uint64) error {
	var logw, scores []float64
	if m.listing.ready(m.space) {
		scores = m.listing.scores(m.coupling, theta)
		for _, q := range m.listing.q {
			logw = append(logw, math.Log(q))
		}
	} else {
		var err error
		if logw, scores, err = m.weights(theta, samples, key); err != nil {
			return err
		}
		for i := range logw {
			logw[i] -= math.Log(float64(samples))
		}
	}
	of, ratio := fenchel.Sampled{Loss: m.Generator(), MaxRatio: math.Inf(1)}, make([]float64, len(scores))
	excess, mass := of.Accumulate(ratio, scores, logw, p.Tau)
	least, _ := of.Accumulate(ratio, scores, logw, p.Reference)
	p.Mass, p.Gap = mass, of.Value(p.Tau, excess)-of.Value(p.Reference, least)
	return nil
}

const mostNeighbours = 2000

// distances fills those of the points from the training rows.
func (m *Model[Y]) distances(points []logpart.Point, X, training mat.Matrix) error {
	if err := checkMatrix(training); err != nil {
		return err
	}
	n, d := training.Dims()
	if d != m.features {
		return &DimensionError{What: "features of the training data", Want: m.features, Got: d}
	}
	if err := checkFinite(training); err != nil {
		return err
	}
	count := min(n, mostNeighbours)
	rows := m.standardised(training, count, func(i int) int { return i * n / count })
	for i := range points {
		x := m.standardised(X, 1, func(int) int { return i })
		least := math.Inf(1)
		for at := 0; at < len(rows); at += d {
			sum := 0.0
			for j, v := range rows[at : at+d] {
				sum += (v - x[j]) * (v - x[j])
			}
			least = min(least, sum)
		}
		if points[i].Distance = math.Sqrt(least); count == 0 {
			points[i].Distance = 0
		}
	}
	return nil
}

// standardised are n rows of x as the network sees them, dense.
func (m *Model[Y]) standardised(x mat.Matrix, n int, row func(i int) int) []float64 {
	var b featureBuffer
	f := newFeatures(x, m.std)
	in := f.gather(&b, n, row)
	if !in.Sparse() {
		return in.Dense
	}
	out := make([]float64, n*in.Cols)
	for i := range n {
		for at := in.Offsets[i]; at < in.Offsets[i+1]; at++ {
			out[i*in.Cols+int(in.Columns[at])] = in.Values[at]
		}
	}
	return out
}
