package permutations

import (
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// description is what of a Config a model needs to be put together again.
type description struct {
	K           int
	Coupling    Coupling
	Reference   Reference
	Network     nn.Architecture
	Auxiliary   nn.Architecture
	Tau         logpart.Form
	Objective   structured.Objective[Ordering]
	Seed        uint64
	RawFeatures bool
}

// Check: every label but one has a parameter at least.
func (d description) Check(params int) error {
	if d.K < 1 || d.K > params+1 {
		return fmt.Errorf("%d labels with %d parameters", d.K, params)
	}
	return nil
}

// Config makes the space and the configuration described.
func (d description) Config() (structured.Config[Ordering], error) {
	var sc structured.Config[Ordering]
	space, err := NewSpace(d.K, d.Reference)
	if err != nil {
		return sc, err
	}
	of := d.Coupling
	if of == nil {
		of = Birkhoff{}
	}
	c, err := of.Bind(space.k)
	if err != nil {
		return sc, err
	}
	objective := d.Objective
	if objective == nil {
		if objective, err = defaultObjective(space, c); err != nil {
			return sc, err
		}
	}
	return structured.Config[Ordering]{
		Space: space, Coupling: c, Network: d.Network, Auxiliary: d.Auxiliary, Tau: d.Tau, Objective: objective,
		Training: structured.Training{Seed: d.Seed, RawFeatures: d.RawFeatures},
	}, nil
}

// defaultObjective is what a nil Objective stands for.
func defaultObjective(space *Space, c structured.Inferrer[Ordering]) (structured.Objective[Ordering], error) {
	var proposal structured.Proposal[Ordering]
	if of, ok := c.(coupling); ok && !of.pairs() {
		proposal = StagewiseProposal{}
	} else if _, ok := c.(plackettLucer); ok {
		proposal = PlackettLuceProposal{}
	}
	return structured.DefaultObjective(space, c, proposal)
}

// files is the format of model files; its types are those that one may name.
var files = structured.NewFileFormat[Ordering, description]("permutations",
	Permutahedron{}, Birkhoff{}, Preference{}, Luce{}, Uniform{}, PlackettLuce{}, Mallows{},
	PlackettLuceProposal{}, StagewiseProposal{}, Fixed{}, PlackettLuceFamily{}, Metropolis{},
)

// Save writes the model: its configuration as JSON and its parameters, in the
// safetensors format. Types of your own in the configuration must be structs
// with exported fields, and Load must be told of them.
func (m *Model) Save(w io.Writer) error { return files.Save(w, m.Model) }

// SaveFile writes the model to a file, which is afterwards either the old or
// the new one, whatever happens in between.
func (m *Model) SaveFile(path string) error { return files.SaveFile(path, m.Model) }

// Load reads a model that Save wrote; it has the same bits and gives the same
// answers. own lists a value of each type in its configuration that is not of
// this library. A damaged or hostile file is an error; memory follows what was
// read.
func Load(r io.Reader, own ...any) (*Model, error) { return wrap(files.Load(r, own...)) }

// LoadFile reads a model from a file; see Load.
func LoadFile(path string, own ...any) (*Model, error) { return wrap(files.LoadFile(path, own...)) }

// wrap makes a model of what may be none.
func wrap(m *structured.Model[Ordering], err error) (*Model, error) {
	if m == nil {
		return nil, err
	}
	return &Model{m}, err
}
