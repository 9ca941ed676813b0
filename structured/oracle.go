package structured

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

var (
	// ErrNotLinear is returned where an Oracle, or an objective that needs one,
	// meets scores that are not linear in the logits.
	ErrNotLinear = errors.New("structured: the scores are not linear in the logits")
	// ErrNotUniform is returned where an Oracle meets a reference that is not
	// uniform over its support: modes are then not those of the scores alone.
	ErrNotUniform = errors.New("structured: the reference is not uniform")
	// ErrUnproven is returned where a mode was needed and what was found is not
	// proven to be one.
	ErrUnproven = errors.New("structured: the mode is not proven")
)

// Oracle is the modes of a coupling as a fenchel.Oracle. It is for couplings
// that are linear in their logits and have no parameters of their own,
//
//	g(x, y) = <theta, v(y)>,   v(y) = dg/dtheta,
//
// such as, over sets, Unary, Pairwise, Graph and Cardinality, and over
// permutations Permutahedron, Birkhoff and Preference: v(y) are the vertices of
// the polytope of the coupling. Bounds on sizes are part of it: a uniform
// reference over bounded sizes is a budget. Best fails with ErrUnproven where the
// mode is not proven.
//
// It is immutable and safe for concurrent use.
type Oracle[Y any] struct {
	p    Problem[Y]
	key  uint64
	idle *sync.Pool // of *oracleScratch[Y]
}

type oracleScratch[Y any] struct {
	ys     []Y
	weight []float64 // 1
	zero   []float64 // any logits
}

// NewOracle returns the oracle of a problem. Its errors are ErrNoMode, and
// ErrNotLinear and ErrNotUniform with what is wrong: the first is found by
// trying a few structures and logits.
func NewOracle[Y any](p Problem[Y]) (*Oracle[Y], error) {
	if p.Inference == nil {
		return nil, ErrNoMode
	}
	if n := p.Coupling.NumOwn(); n > 0 {
		return nil, fmt.Errorf("%w: they have %d parameters of their own", ErrNotLinear, n)
	}
	if u, ok := p.Space.(equiprobable); !ok || !u.Uniform() {
		return nil, ErrNotUniform
	}
	if err := checkLinear(p, true); err != nil {
		return nil, err
	}
	return &Oracle[Y]{p: p, key: stream.Key(0, streamMode), idle: &sync.Pool{}}, nil
}

// Oracle is the oracle of the model's coupling over its space; see NewOracle.
func (m *Model[Y]) Oracle() (*Oracle[Y], error) {
	return NewOracle(Problem[Y]{Space: m.space, Coupling: m.coupling, Inference: m.inference, Examples: m.examples})
}

// Len is the number of logits, the length of a vertex.
func (o *Oracle[Y]) Len() int { return o.p.Coupling.NumLogits() }

func (o *Oracle[Y]) scratch() *oracleScratch[Y] {
	if s, ok := o.idle.Get().(*oracleScratch[Y]); ok {
		return s
	}
	return &oracleScratch[Y]{o.p.Space.Make(1), []float64{1}, make([]float64, o.Len())}
}

// Vertex overwrites dst with v(y).
func (o *Oracle[Y]) Vertex(dst []float64, y Y) {
	s := o.scratch()
	defer o.idle.Put(s)
	o.p.Space.Copy(&s.ys[0], y)
	o.vertex(dst, s)
}

// vertex is that of s.ys.
func (o *Oracle[Y]) vertex(dst []float64, s *oracleScratch[Y]) {
	clear(dst)
	o.p.Coupling.AddGrad(Theta{Logits: dst}, Theta{Logits: s.zero}, s.ys, s.weight)
}

// Best overwrites vertex with v(y) of a mode y for scores as logits.
func (o *Oracle[Y]) Best(vertex, scores []float64) error {
	s := o.scratch()
	defer o.idle.Put(s)
	return o.best(vertex, scores, s)
}

func (o *Oracle[Y]) best(vertex, scores []float64, s *oracleScratch[Y]) error {
	if len(scores) != o.Len() || len(vertex) != len(scores) {
		return &DimensionError{What: "scores of an oracle", Want: o.Len(), Got: len(scores)}
	}
	if _, proven := o.p.Inference.Mode(&s.ys[0], Theta{Logits: scores}, o.key); !proven {
		return ErrUnproven
	}
	o.vertex(vertex, s)
	return nil
}

// SparsePosterior is the distribution over few structures that fenchel.SparseMAP
// finds for logits, the most probable first: max over p of <theta, E_p[v]> -
// (scale/2) |E_p[v]|^2. The larger scale > 0 is, the more structures there are.
func (o *Oracle[Y]) SparsePosterior(logits []float64, scale float64) (ys []Y, p *fenchel.Posterior, err error) {
	if !(scale > 0) || math.IsInf(scale, 1) {
		return nil, nil, fmt.Errorf("structured: a scale of %g is not positive and finite", scale)
	}
	var found []Y // by call
	s := o.scratch()
	defer o.idle.Put(s)
	x := make([]float64, len(logits))
	floats.ScaleTo(x, 1/scale, logits)
	p, err = fenchel.SparseMAP{Of: fenchel.OracleFunc(func(vertex, scores []float64) error {
		if err := o.best(vertex, scores, s); err != nil {
			return err
		}
		found = append(found, o.p.Space.Make(1)...)
		o.p.Space.Copy(&found[len(found)-1], s.ys[0])
		return nil
	})}.Solve(x)
	if err != nil {
		return nil, nil, err
	}
	for _, at := range p.Calls {
		ys = append(ys, found[at])
	}
	return ys, p, nil
}

// linearTrials is the number of structures that checkLinear tries.
const linearTrials = 8

// checkLinear tries whether scores are linear in the logits, for fixed
// parameters of the coupling: the derivative of a structure's score is the same
// for different logits and explains how the score differs. With homogeneous the
// score is 0 at logits of 0 too.
func checkLinear[Y any](p Problem[Y], homogeneous bool) error {
	if err := drawable(p.Space); err != nil {
		return err
	}
	rng := stream.New(stream.Key(0, streamMode, 1))
	ys := p.Space.Make(linearTrials)
	p.Space.Sample(ys, rng)
	n, k := p.Coupling.NumLogits(), p.Coupling.NumOwn()
	own := make([]float64, k)
	p.Coupling.InitOwn(own, stream.Key(0, streamInit))
	for i := range own {
		own[i] += rng.NormFloat64()
	}
	var logits, scores, v [2][]float64
	for t := range logits {
		logits[t], scores[t] = make([]float64, n), make([]float64, len(ys))
		if t > 0 || !homogeneous {
			for i := range logits[t] {
				logits[t][i] = rng.NormFloat64()
			}
		}
		p.Coupling.Score(scores[t], Theta{Logits: logits[t], Own: own}, ys)
	}
	weight, ignored := []float64{1}, make([]float64, k)
	for m := range ys {
		for t := range v {
			v[t] = make([]float64, n)
			p.Coupling.AddGrad(Theta{Logits: v[t], Own: ignored}, Theta{Logits: logits[t], Own: own}, ys[m:m+1], weight)
		}
		size := 1 + math.Abs(scores[0][m]) + math.Abs(scores[1][m])
		change := floats.Dot(v[0], logits[1]) - floats.Dot(v[0], logits[0])
		switch {
		case !floats.EqualApprox(v[0], v[1], 1e-9), !(math.Abs(scores[1][m]-scores[0][m]-change) <= 1e-9*size):
			return ErrNotLinear
		case homogeneous && scores[0][m] != 0:
			return fmt.Errorf("%w: they are not 0 where those are", ErrNotLinear)
		}
	}
	return nil
}
