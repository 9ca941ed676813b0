package structured

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/atomicfile"
	"github.com/gibbs-ebm/gibbs/internal/codec"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// A Recipe is what of the configuration of a model, in the terms of one kind of
// space, is needed to put the model together again: a struct whose exported
// fields are written to model files as JSON.
type Recipe[Y any] interface {
	// Config makes the configuration: space, coupling, networks, objective,
	// and of Training what concerns the model.
	Config() (Config[Y], error)
	// Check reports what no model with that many parameters can have been
	// made by. It is called before Config, for recipes from files, so that a
	// small file cannot ask for a large space.
	Check(params int) error
}

// FileFormat writes models over one kind of space to files and reads them back:
// recipe and parameters together, in the format that Model.Save describes, with
// the name of the kind of space in the text space and the recipe in config. It
// is immutable and safe for concurrent use.
type FileFormat[Y any, R Recipe[Y]] struct {
	space string
	known *codec.Codec
}

// NewFileFormat returns the format of a kind of space; types lists a value of
// each type of its own that a recipe may hold in a field of interface type. The
// networks, forms of tau, losses, objectives and proposals of this package and
// those below it knows.
func NewFileFormat[Y any, R Recipe[Y]](space string, types ...any) *FileFormat[Y, R] {
	return &FileFormat[Y, R]{space, codec.New(
		nn.Linear{}, nn.MLP{}, nn.ResMLP{}, nn.Constant{},
		logpart.Constant{}, logpart.Table{}, logpart.Linear{}, logpart.Network{}, logpart.Logits{}, logpart.Convex{}, logpart.Structured{},
		fenchel.KL{}, fenchel.ChiSquare{}, fenchel.Tsallis{}, fenchel.Scaled{}, fenchel.Hellinger{}, fenchel.JensenShannon{}, fenchel.ReverseKL{},
		MinMin[Y]{}, ExactLikelihood[Y]{}, ContrastiveDivergence[Y]{}, MinMax[Y]{},
		PersistentContrastiveDivergence[Y]{}, UnbiasedContrastiveDivergence[Y]{}, IndependenceMetropolis[Y]{},
		NoiseContrastive[Y]{}, RankingNoiseContrastive[Y]{}, ConditionalNoiseContrastive[Y]{}, ImportanceSampledLikelihood[Y]{},
		SparseMAP[Y]{}, PerturbAndMAP[Y]{},
		Learned[Y]{}, Mixture[Y]{}, Around[Y]{},
	).With(types...)}
}

// recipeText is a recipe as it is written, taken when the configuration is
// made: later changes of what it was made of do not matter.
type recipeText struct {
	json string
	err  error
}

var errNoRecipe = errors.New("it was not made from a recipe")

// Config returns r.Config(), from which models come that Save can write.
func (f *FileFormat[Y, R]) Config(r R) (Config[Y], error) {
	text, err := f.known.Encode(r)
	cfg, failed := r.Config()
	cfg.recipe = recipeText{string(text), err}
	return cfg, failed
}

// Save writes a model.
func (f *FileFormat[Y, R]) Save(w io.Writer, m *Model[Y]) error {
	err := m.recipe.err
	if err == nil && m.recipe.json == "" {
		err = errNoRecipe
	}
	if err != nil {
		return fmt.Errorf("%s: this model cannot be saved: %w", f.space, err)
	}
	return m.Save(w, map[string]string{"space": f.space, "config": m.recipe.json})
}

// SaveFile writes a model to a file, which is afterwards either the old or the
// new one, whatever happens in between.
func (f *FileFormat[Y, R]) SaveFile(path string, m *Model[Y]) error {
	return atomicfile.Write(path, 0o644, func(w io.Writer) error { return f.Save(w, m) })
}

// Load reads a model that Save wrote; it has the same bits and gives the same
// answers. own lists a value of each type in its configuration that neither
// this library nor the format knows. A damaged or hostile file is an error;
// memory follows what was read, and is bounded by 4 GiB.
func (f *FileFormat[Y, R]) Load(r io.Reader, own ...any) (*Model[Y], error) {
	s, err := ReadStored(r, 0)
	if err != nil {
		return nil, err
	}
	about := s.file.Metadata
	if about["space"] != f.space {
		return nil, fmt.Errorf("%s: %w: a model over %q", f.space, ErrFormat, about["space"])
	}
	var recipe R
	err = f.known.With(own...).Decode([]byte(about["config"]), &recipe)
	if unknown := (*codec.UnknownError)(nil); errors.As(err, &unknown) {
		return nil, fmt.Errorf("%s: the model has a %s: pass a value of that type to Load", f.space, unknown.Type)
	}
	if err == nil {
		err = recipe.Check(s.NumParams())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", f.space, ErrFormat, err)
	}
	cfg, err := recipe.Config()
	if err != nil {
		return nil, err
	}
	cfg.recipe = recipeText{json: about["config"]}
	return Restore(s, cfg)
}

// LoadFile reads a model from a file; see Load.
func (f *FileFormat[Y, R]) LoadFile(path string, own ...any) (*Model[Y], error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	m, err := f.Load(file, own...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// DefaultObjective is exact maximum likelihood where the coupling can sum over
// the space, and otherwise MinMin with the proposal, nil for the reference.
func DefaultObjective[Y any](s Space[Y], c Inferrer[Y], proposal Proposal[Y]) (Objective[Y], error) {
	inf, err := c.Infer(s)
	if err != nil {
		return nil, err
	}
	if _, exact := inf.(LogPartition[Y]); exact {
		return ExactLikelihood[Y]{}, nil
	}
	return MinMin[Y]{Proposal: proposal}, nil
}
