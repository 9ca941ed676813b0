package snl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Importance says how a Multivariate predictive density is sampled.
type Importance struct {
	// Draws is their number; 0 stands for 16,384, or 1,024 with a Kernel.
	Draws int
	// Kernel moves the draws towards the model, by annealed importance sampling
	// (structured.AnnealedImportance), where draws from Of alone hardly meet
	// it: MALA or RandomWalk. nil stands for none. The chains start at Of, at
	// Config.Proposal, or at the base, never at a learned proposal.
	Kernel structured.AnnealingKernel[Point]
	// Of is the density to draw from, complete and in the user's units; nil
	// stands for what the model was trained with: its proposal, learned ones
	// included, Config.Proposal, or the base.
	Of Form
	// Key is where the randomness comes from, beside the model's seed.
	Key uint64
}

func (o Importance) draws() int {
	if o.Kernel != nil {
		return orDefault(o.Draws, 1024)
	}
	return orDefault(o.Draws, 16_384)
}

// Multivariate is p(y|x) for one x and y in R^d, d >= 1, by an importance
// sample with self-normalised weights: consistent, with errors of order
// 1/sqrt(ESS). It is immutable and safe for concurrent use.
type Multivariate struct {
	space  *Space
	theta  structured.Theta
	c      structured.Coupling[Point]
	points []Point   // in the user's units
	logp   []float64 // log q + g of the points, in z
	weight []float64 // of sum 1
	ess    float64
	logZ   structured.Normalizer // in z
	tau    float64
	hasTau bool
}

// Multivariate samples p(y|x) for one x, nil for a model without features. It
// is structured.ErrUnevenWeights where fewer than 10 of the draws carry nearly
// all weight.
func (m *Model) Multivariate(ctx context.Context, x []float64, o Importance) (*Multivariate, error) {
	var out *Multivariate
	err := eachMultivariate(ctx, m.model, rowMatrix(x), o, func(_ int, p *Multivariate) error {
		out = p
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// eachMultivariate calls do for each row, concurrently and in no order.
func eachMultivariate(ctx context.Context, m *structured.Model[Point], X mat.Matrix, o Importance, do func(row int, p *Multivariate) error) error {
	s, ok := m.Space().(*Space)
	switch {
	case !ok:
		return unknownSpace("Multivariate", m.Space())
	case !m.Likelihood():
		return ErrNotSoftmax
	case o.Draws < 0:
		return fmt.Errorf("snl: Importance.Draws %d is negative", o.Draws)
	}
	draw, err := o.source(m, s)
	if err != nil {
		return err
	}
	taus, err := m.Taus(ctx, X)
	if err != nil && !errors.Is(err, structured.ErrNoNormalizer) {
		return err
	}
	key := stream.Key(m.Seed(), streamImportance, o.Key)
	return m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
		p := &Multivariate{space: s, c: m.Coupling(), theta: structured.Theta{Logits: clonePoint(theta.Logits), Own: theta.Own}}
		if err := p.sample(draw, key); err != nil {
			if X == nil {
				return err
			}
			return fmt.Errorf("row %d: %w", i, err)
		}
		if taus != nil {
			p.tau, p.hasTau = taus[i]+s.improperVolume(), true
		}
		return do(i, p)
	})
}

// weightedDraws returns points with the log of weights w, E[w f(y)] = Z E_p[f(y)].
type weightedDraws func(theta structured.Theta, key uint64) (ys []Point, logw []float64, err error)

// source is what to draw from, and how.
func (o Importance) source(m *structured.Model[Point], s *Space) (weightedDraws, error) {
	problem := structured.Problem[Point]{Space: s, Coupling: m.Coupling()}
	if o.Kernel != nil {
		if o.Of != nil {
			of, err := Fixed{Of: o.Of}.Bind(problem)
			if err != nil {
				return nil, err
			}
			from := *s
			from.proposal = of.(fixedProposal).density
			problem.Space = &from
		}
		by := structured.AnnealedImportance[Point]{Kernel: o.Kernel, Chains: o.draws()}
		if _, err := by.Bind(problem); err != nil {
			return nil, err
		}
		return func(theta structured.Theta, key uint64) ([]Point, []float64, error) {
			return by.Sample(problem, theta, key)
		}, nil
	}
	from, err := o.proposal(m, s, problem)
	if err != nil {
		return nil, err
	}
	n := o.draws()
	return func(theta structured.Theta, key uint64) ([]Point, []float64, error) {
		ys, logw, logr := makePoints(n, s.dim), make([]float64, n), make([]float64, n)
		from.Sample(ys, logr, theta, key)
		(&integrand{space: s, coupling: m.Coupling(), theta: theta}).log(logw, ys)
		floats.Sub(logw, logr)
		return ys, logw, nil
	}, nil
}

// proposal is what to draw from without a Kernel.
func (o Importance) proposal(m *structured.Model[Point], s *Space, problem structured.Problem[Point]) (structured.Proposal[Point], error) {
	if o.Of != nil {
		return Fixed{Of: o.Of}.Bind(problem)
	}
	if p, err := m.Proposal(); err == nil && p != nil {
		return p, nil
	}
	if s.proposal != nil {
		return Fixed{}.Bind(problem)
	}
	if s.Improper() {
		return nil, errNoProposal
	}
	return fixedProposal{density: s.base}, nil
}

// sample draws and weighs.
func (p *Multivariate) sample(draw weightedDraws, key uint64) (err error) {
	s := p.space
	if p.points, p.weight, err = draw(p.theta, key); err != nil {
		return err
	}
	n := len(p.points)
	p.logp = make([]float64, n)
	(&integrand{space: s, coupling: p.c, theta: p.theta}).log(p.logp, p.points)
	for _, w := range p.weight {
		if math.IsNaN(w) || math.IsInf(w, 1) {
			return fmt.Errorf("snl: the score of a point is not finite")
		}
	}
	total := numeric.LogSumExp(p.weight)
	if math.IsInf(total, -1) {
		return ErrNoMass
	}
	squares := 0.0
	for i, w := range p.weight {
		p.weight[i] = math.Exp(w - total)
		squares += p.weight[i] * p.weight[i]
	}
	p.ess = 1 / squares
	if !(p.ess >= 10) {
		return structured.ErrUnevenWeights
	}
	// The relative standard error of the mean weight is that of log Z.
	relative := math.Sqrt(max(0, squares-1/float64(n)))
	p.logZ = structured.EstimatedWithin(total-math.Log(float64(n)), relative)
	for _, y := range p.points {
		s.restore(y, y)
	}
	return nil
}

// ESS is the effective sample size, 1/sum of the squared weights.
func (p *Multivariate) ESS() float64 { return p.ess }

// LogZ is the importance sampling estimate of log Z(x), relative to the base,
// with its standard error.
func (p *Multivariate) LogZ() structured.Normalizer {
	n := p.logZ
	n.Value += p.space.improperVolume()
	return n
}

// Tau is the learned log-partition, to compare with LogZ; ok is false where the
// model has none for this x.
func (p *Multivariate) Tau() (tau float64, ok bool) { return p.tau, p.hasTau }

// LogPDF is log p(y|x) in nats per unit of volume, as precise as LogZ.
func (p *Multivariate) LogPDF(y Point) (float64, error) {
	if err := checkPoint(y, p.space.dim); err != nil {
		return 0, err
	}
	var dst [1]float64
	(&integrand{space: p.space, coupling: p.c, theta: p.theta}).log(dst[:], p.space.standardised([]Point{y}))
	return dst[0] - p.logZ.Value - p.space.logVolume(), nil
}

// PDF is p(y|x), per unit of volume.
func (p *Multivariate) PDF(y Point) (float64, error) {
	l, err := p.LogPDF(y)
	return math.Exp(l), err
}

// Mean is E[Y|x].
func (p *Multivariate) Mean() Point {
	mean := make(Point, p.space.dim)
	for i, y := range p.points {
		for j, v := range y {
			mean[j] += p.weight[i] * v
		}
	}
	return mean
}

// Covariance is Cov[Y|x].
func (p *Multivariate) Covariance() *mat.SymDense {
	_, cov := covariance(p.points, p.weight, p.space.dim, 0)
	return mat.NewSymDense(p.space.dim, cov)
}

// Entropy is -E[log p(Y|x)], in nats relative to the user's units.
func (p *Multivariate) Entropy() float64 {
	sum := 0.0
	for i, w := range p.weight {
		if w > 0 {
			sum -= w * (p.logp[i] - p.logZ.Value)
		}
	}
	return sum + p.space.logVolume()
}

// Sample draws n points by weight from the importance sample: the same point
// may come more than once.
func (p *Multivariate) Sample(n int, rng *rand.Rand) []Point {
	cumulative, sum := make([]float64, len(p.weight)), 0.0
	for i, w := range p.weight {
		sum += w
		cumulative[i] = sum
	}
	out := makePoints(n, p.space.dim)
	for i := range out {
		copy(out[i], p.points[searchCumulative(cumulative, sum*rng.Float64())])
	}
	return out
}

// Marginal is the distribution of coordinate j by the importance sample.
func (p *Multivariate) Marginal(j int) (Empirical, error) {
	if j < 0 || j >= p.space.dim {
		return Empirical{}, fmt.Errorf("snl: coordinate %d of %d", j, p.space.dim)
	}
	order := make([]int, len(p.points))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch u, v := p.points[a][j], p.points[b][j]; {
		case u < v:
			return -1
		case u > v:
			return 1
		}
		return 0
	})
	e := Empirical{}
	sum := 0.0
	for _, i := range order {
		if sum += p.weight[i]; p.weight[i] > 0 {
			e.y, e.cdf = append(e.y, p.points[i][j]), append(e.cdf, sum)
		}
	}
	e.cdf[len(e.cdf)-1] = 1
	return e, nil
}

// EnergyScore is the score of an outcome y that is proper in any dimension,
//
//	E|Y - y| - E|Y - Y'|/2
//
// with Euclidean distances in the user's units, smaller being better (Gneiting
// and Raftery 2007); in one dimension it is the CRPS. It uses 2,048 draws by
// weight, and twice as many pairs.
func (p *Multivariate) EnergyScore(y Point) (float64, error) {
	if err := checkPoint(y, p.space.dim); err != nil {
		return 0, err
	}
	const n = 2048
	draws := p.Sample(n, stream.New(stream.Key(streamImportance, uint64(len(p.points)))))
	score := 0.0
	for i, d := range draws {
		score += euclidean(d, y) / n
		score -= 0.25 * (euclidean(d, draws[(i+n/2)%n]) + euclidean(d, draws[(i+n/3)%n])) / n
	}
	return score, nil
}

func euclidean(a, b Point) float64 {
	sum := 0.0
	for j, v := range a {
		sum += (v - b[j]) * (v - b[j])
	}
	return math.Sqrt(sum)
}
