package snl

import (
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// recipe is what of a Config a model needs to be put together again, with the
// densities as they were fitted.
type recipe struct {
	Dim            int
	Shift, Scale   []float64
	Quadrature     Quadrature
	Base, Proposal Form
	Coupling       Coupling
	Network        nn.Architecture
	Auxiliary      nn.Architecture
	Tau            logpart.Form
	Objective      structured.Objective[Point]
	Seed           uint64
	RawFeatures    bool
}

// maxDim is far above what densities in these dimensions are good for.
const maxDim = 1 << 16

// Check wants a dimension of a size that a small file may ask for.
func (r recipe) Check(int) error {
	if r.Dim < 1 || r.Dim > maxDim {
		return fmt.Errorf("points of %d coordinates", r.Dim)
	}
	return nil
}

func (r recipe) coordinates() coordinates { return coordinates{r.Shift, r.Scale} }

// Config makes the space and the configuration described.
func (r recipe) Config() (structured.Config[Point], error) {
	var sc structured.Config[Point]
	space, err := r.space()
	if err != nil {
		return sc, err
	}
	of := r.Coupling
	if of == nil {
		of = Joint{}
	}
	c, err := of.Bind(r.Dim)
	if err != nil {
		return sc, err
	}
	var coupling structured.Coupling[Point] = c
	if r.Dim == 1 {
		if coupling, err = withQuadrature(c, space); err != nil {
			return sc, err
		}
	}
	objective := r.Objective
	if objective == nil {
		if objective, err = defaultObjective(space, coupling, c); err != nil {
			return sc, err
		}
	}
	return structured.Config[Point]{
		Space: space, Coupling: coupling, Network: r.Network, Auxiliary: r.Auxiliary, Tau: r.Tau, Objective: objective,
		Training: structured.Training{Seed: r.Seed, RawFeatures: r.RawFeatures},
	}, nil
}

// defaultObjective is what a nil Objective stands for.
func defaultObjective(s *Space, coupling structured.Coupling[Point], c Smooth) (structured.Objective[Point], error) {
	var proposal structured.Proposal[Point]
	if _, ok := c.(follower); ok {
		proposal = MixtureProposal{}
	} else if s.proposal != nil {
		proposal = Fixed{}
	}
	if of, ok := coupling.(structured.Inferrer[Point]); ok {
		return structured.DefaultObjective(s, of, proposal)
	}
	return MinMin{Proposal: proposal}, nil
}

// space makes the space with its densities.
func (r recipe) space() (*Space, error) {
	c := r.coordinates()
	if err := r.Quadrature.Validate(); err != nil {
		return nil, err
	}
	if r.Shift != nil || r.Scale != nil {
		if err := checkLocationScale("the standardisation", r.Dim, r.Shift, r.Scale); err != nil {
			return nil, err
		}
	}
	if r.Base == nil {
		return nil, fmt.Errorf("snl: the base: %w", ErrNotFitted)
	}
	base, err := r.Base.Bind(r.Dim)
	if err != nil {
		return nil, err
	}
	s, err := NewSpace(c.in(base))
	if err != nil {
		return nil, err
	}
	s.coordinates, s.quadrature = c, r.Quadrature
	if r.Proposal != nil {
		p, err := r.Proposal.Bind(r.Dim)
		if err != nil {
			return nil, err
		}
		if isImproper(p) {
			return nil, fmt.Errorf("snl: the proposal: %w", structured.ErrImproper)
		}
		s.proposal = c.in(p)
	}
	return s, nil
}

// files is the format of model files; its types are those that one may name.
var files = structured.NewFileFormat[Point, recipe]("snl",
	Joint{}, ExponentialFamily{}, Quadratic{}, Trigonometric{}, Polynomial{}, MixtureDensity{}, Tilted{},
	Gaussian{}, FullGaussian{}, Student{}, GaussianMixture{}, KernelDensity{}, Uniform{}, Product{}, Mixed{}, Lebesgue{}, Given{},
	Fixed{}, GaussianNoise{}, MixtureProposal{}, MixtureFamily{}, QuadratureLikelihood{},
	Langevin{}, MALA{}, RandomWalk{},
	ScoreMatching{}, DenoisingScoreMatching{}, SlicedScoreMatching{}, FiniteDifferenceScoreMatching{},
	KernelStein{}, InverseMultiquadric{}, GaussianKernel{}, SelfAdversarialFlow{},
)

// Save writes the model: its configuration as JSON and its parameters, in the
// safetensors format. Types of your own in the configuration must be structs
// with exported fields, and Load must be told of them.
func (m *Model) Save(w io.Writer) error { return files.Save(w, m.model) }

// SaveFile writes the model to a file, which is afterwards either the old or
// the new one, whatever happens in between.
func (m *Model) SaveFile(path string) error { return files.SaveFile(path, m.model) }

// Load reads a model that Save wrote; it has the same bits and gives the same
// answers. own lists a value of each type in its configuration that is not of
// this library. A damaged or hostile file is an error; memory follows what was
// read.
func Load(r io.Reader, own ...any) (*Model, error) { return wrap(files.Load(r, own...)) }

// LoadFile reads a model from a file; see Load.
func LoadFile(path string, own ...any) (*Model, error) { return wrap(files.LoadFile(path, own...)) }

// wrap makes a model of what may be none.
func wrap(m *structured.Model[Point], err error) (*Model, error) {
	if m == nil {
		return nil, err
	}
	return &Model{m}, err
}
