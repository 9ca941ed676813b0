package permutations

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/atomicfile"
	"github.com/gibbs-ebm/gibbs/internal/codec"
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
	Tau         logpart.Form
	Objective   structured.Objective[Ordering]
	Seed        uint64
	RawFeatures bool
}

// config makes the space and the configuration described.
func (d description) config() (*Space, structured.Config[Ordering], error) {
	var sc structured.Config[Ordering]
	space, err := NewSpace(d.K, d.Reference)
	if err != nil {
		return nil, sc, err
	}
	of := d.Coupling
	if of == nil {
		of = Birkhoff{}
	}
	c, err := of.Bind(space.k)
	if err != nil {
		return nil, sc, err
	}
	objective := d.Objective
	if objective == nil {
		inf, err := c.Infer(space)
		if err != nil {
			return nil, sc, err
		}
		_, exact := inf.(structured.LogPartition[Ordering])
		_, followed := c.(plackettLucer)
		switch {
		case exact:
			objective = Exact{}
		case followed:
			objective = MinMin{Proposal: PlackettLuceProposal{}}
		default:
			objective = MinMin{}
		}
	}
	sc = structured.Config[Ordering]{
		Space: space, Coupling: c, Network: d.Network, Tau: d.Tau, Objective: objective,
		Training: structured.Training{Seed: d.Seed, RawFeatures: d.RawFeatures},
	}
	return space, sc, nil
}

// saved is a description as text, taken when training starts: later changes of
// what it was made of do not matter.
type saved struct {
	text []byte
	err  error
}

func (d description) save() saved {
	text, err := known.Encode(d)
	return saved{text, err}
}

// known are the types that a model file may name.
var known = codec.New(
	Permutahedron{}, Birkhoff{}, Preference{}, Luce{}, Uniform{}, PlackettLuce{}, Mallows{}, PlackettLuceProposal{}, PlackettLuceFamily{}, Metropolis{}, Exact{}, MinMin{}, CD{}, MinMax{},
	nn.Linear{}, nn.MLP{}, nn.ResMLP{}, nn.Constant{},
	logpart.Constant{}, logpart.Table{}, logpart.Linear{}, logpart.Network{}, logpart.Logits{},
	fenchel.KL{}, fenchel.ChiSquare{}, fenchel.Tsallis{}, fenchel.Scaled{},
)

// Save writes the model: its configuration as JSON and its parameters, in the
// safetensors format. Types of your own in the configuration must be structs
// with exported fields, and Load must be told of them.
func (m *Model) Save(w io.Writer) error {
	if m.stored.err != nil {
		return fmt.Errorf("permutations: this model cannot be saved: %w", m.stored.err)
	}
	return m.Model.Save(w, map[string]string{"space": "permutations", "config": string(m.stored.text)})
}

// SaveFile writes the model to a file, which is afterwards either the old or
// the new one, whatever happens in between.
func (m *Model) SaveFile(path string) error {
	return atomicfile.Write(path, 0o644, m.Save)
}

// maxModelBytes bounds the parameters that Load reads.
const maxModelBytes = 4 << 30

// Load reads a model that Save wrote; it has the same bits and gives the same
// answers. own lists a value of each type in its configuration that is not of
// this library. A damaged or hostile file is an error; memory follows what was
// read.
func Load(r io.Reader, own ...any) (*Model, error) {
	s, err := structured.ReadStored(r, maxModelBytes)
	if err != nil {
		return nil, err
	}
	about := s.About()
	if about["space"] != "permutations" {
		return nil, fmt.Errorf("permutations: %w: a model over %q", structured.ErrFormat, about["space"])
	}
	var d description
	err = known.With(own...).Decode([]byte(about["config"]), &d)
	if unknown := (*codec.UnknownError)(nil); errors.As(err, &unknown) {
		return nil, fmt.Errorf("permutations: the model has a %s: pass a value of that type to Load", unknown.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("permutations: %w: %w", structured.ErrFormat, err)
	}
	// Every label but one has a parameter at least, so a small file cannot ask
	// for a large space.
	if d.K < 1 || d.K > s.NumParams()+1 {
		return nil, fmt.Errorf("permutations: %w: %d labels with %d parameters", structured.ErrFormat, d.K, s.NumParams())
	}
	space, sc, err := d.config()
	if err != nil {
		return nil, err
	}
	m, err := structured.Restore(s, sc)
	if err != nil {
		return nil, err
	}
	return &Model{Model: m, space: space, stored: saved{text: []byte(about["config"])}}, nil
}

// LoadFile reads a model from a file; see Load.
func LoadFile(path string, own ...any) (*Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := Load(f, own...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
