package main

import (
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// recipe is how models are trained: every number that can be tuned.
type recipe struct {
	experiment.Settings
	Tune bool // choose among variations by validation
	// Work bounds the epochs of one training, see epochs.
	Work float64

	Samples  int      // orderings per example, of min-min and min-max; 0 means the exact expectation
	Proposal proposal // what min-min draws them from
	Steps    int      // of the Markov chains of contrastive divergence; 0 means 10 per label
}

// standard is the recipe without flags. Its numbers were chosen by validation
// inside the training rows of the embedded data and authorship.
var standard = recipe{
	Settings: experiment.Settings{
		Hidden:       []int{128},
		Rate:         1e-2,
		ConstantRate: 2e-2,
		WeightDecay:  1,
		Batch:        64,
		Epochs:       300,
		Refit:        true,
		Repeats:      1,
		Seed:         1,
	},
	Tune:     true,
	Work:     1e6,
	Samples:  100,
	Proposal: plackettLuce,
}

// proposal is a distribution over orderings that a flag can name.
type proposal int

const (
	uniform      proposal = iota // the reference q
	plackettLuce                 // one that follows the model
)

func (p proposal) String() string { return [...]string{"uniform", "plackettluce"}[p] }

// model says how scores are made.
type model int

const (
	permutahedron model = iota
	birkhoff
	preference
	luce
)

func (m model) String() string {
	return [...]string{"permutahedron", "birkhoff", "preference", "luce"}[m]
}

func (m model) coupling() permutations.Coupling {
	return [...]permutations.Coupling{permutations.Permutahedron{}, permutations.Birkhoff{}, permutations.Preference{}, permutations.Luce{}}[m]
}

// objective says how they are learned.
type objective int

const (
	minmin objective = iota
	sparsemax
	exact
	cd
	minmax
)

func (o objective) String() string {
	return [...]string{"minmin", "sparsemax", "exact", "cd", "minmax"}[o]
}

// fits reports whether the model is learned by the objective: the model of
// Plackett and Luce is normalised as it is, so that only its likelihood makes
// sense.
func (m model) fits(o objective) bool { return m != luce || o == exact }

func (m model) fitsAny(objectives []objective) bool {
	return slices.ContainsFunc(objectives, m.fits)
}

// config is the configuration to learn orderings of k labels.
func (r recipe) config(m model, o objective, k int, features bool) permutations.Config {
	cfg := permutations.Config{Coupling: m.coupling(), Training: r.Training(features)}
	cfg.Schedule = nn.Cosine{}
	if features { // else the library's default networks are right
		cfg.Network = r.Network()
	}
	switch o {
	case exact:
		cfg.Objective = permutations.Exact{}
	case cd:
		cfg.Objective = permutations.CD{Kernel: permutations.Metropolis{Steps: r.Steps}}
	case minmax:
		cfg.Objective = permutations.MinMax{Family: permutations.PlackettLuceFamily{}, Samples: r.Samples}
	default:
		mm := permutations.MinMin{Samples: r.Samples, Summed: r.Samples == 0}
		if r.Proposal == plackettLuce && !mm.Summed {
			mm.Proposal = permutations.PlackettLuceProposal{}
		}
		if o == sparsemax {
			mm.Loss = sparsemaxOver(k)
		}
		cfg.Objective = mm
	}
	return cfg
}

// sparsemaxOver is the sparsemax over orderings of k labels at the scale at
// which it is the ordinary one, p(y) = max(0, g(y) - tau): under a uniform
// reference over k! orderings, the plain one is that of g/k!.
func sparsemaxOver(k int) fenchel.Generator {
	return fenchel.Scaled{Of: fenchel.Sparsemax, Scale: 1 / math.Gamma(float64(k+1))}
}

// epochs is how many epochs a training has: as many as the settings say, but
// no more than fit into the work. An example counts 1 and 2^k k / 4096 more
// where log Z is summed over subsets of the k labels, which is about the ratio
// of the times.
func (r recipe) epochs(o objective, rows, k int) int {
	example := 1.0
	if o == exact || o == minmin && r.Samples == 0 {
		example += math.Exp2(float64(k)) * float64(k) / 4096
	}
	return max(1, int(min(float64(r.Epochs), r.Work/(example*float64(rows)))))
}

// variations are the alternatives that tuning tries, one setting after the
// other, but for those that were given by a flag: a linear model and a wider
// network, hardly any weight decay, and dropout.
func variations(given func(flag string) bool) []func(recipe) []recipe {
	var list []func(recipe) []recipe
	if !given("hidden") {
		list = append(list, func(r recipe) []recipe {
			linear, wide := r, r
			linear.Hidden, wide.Hidden = []int{0}, []int{256}
			return []recipe{wide, linear}
		})
	}
	if !given("weight-decay") {
		list = append(list, func(r recipe) []recipe {
			r.WeightDecay = 0.01
			return []recipe{r}
		})
	}
	if !given("dropout") {
		list = append(list, func(r recipe) []recipe {
			if r.Hidden[0] == 0 {
				return nil
			}
			r.Dropout = 0.3
			return []recipe{r}
		})
	}
	return list
}
