package main

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// recipe is how models are trained: every number that can be tuned.
type recipe struct {
	experiment.Settings
	Squares bool // of the features, beside them
	Hurried bool // a third of the epochs
	Tune    bool // choose among candidates by validation
	// Work bounds the epochs of one training, see epochs.
	Work float64

	Weights  weights  // of the permutahedron
	Samples  int      // orderings per example, of min-min and min-max; 0 means the exact expectation
	Proposal proposal // what min-min draws them from
	Scale    scale    // of the sparsemax
	Steps    int      // of the Markov chains of contrastive divergence; 0 means 10 per label
}

// standard is the recipe without flags. Its numbers were chosen by validation
// inside the training rows of the embedded data and authorship. Clipping is
// what lets min-min learn from samples: while tau(x) is below log Z(x) their
// weights are large, and so is the gradient.
var standard = recipe{
	Settings: experiment.Settings{
		Hidden:       []int{128},
		Rate:         1e-2,
		ConstantRate: 2e-2,
		WeightDecay:  1,
		Clip:         1,
		Batch:        64,
		Epochs:       200,
		Refit:        true,
		Repeats:      1,
		Seed:         1,
	},
	Tune:     true,
	Work:     3e6,
	Weights:  steps,
	Samples:  32,
	Proposal: stagewise,
}

// weights of the ranks in the permutahedron.
type weights int

const (
	steps     weights = iota // one apart, with sum 0
	variance1                // the same, scaled to variance 1
)

func (w weights) String() string { return [...]string{"steps", "variance1"}[w] }

// of k ranks; nil stands for variance 1.
func (w weights) of(k int) []float64 {
	if w == variance1 || k < 2 {
		return nil
	}
	list := make([]float64, k)
	for r := range list {
		list[r] = float64(k-1)/2 - float64(r)
	}
	return list
}

// proposal is a distribution over orderings that a flag can name.
type proposal int

const (
	uniform      proposal = iota // the reference q
	plackettLuce                 // one that follows the model
	stagewise                    // with weights for each rank, of permutahedron and birkhoff
)

func (p proposal) String() string { return [...]string{"uniform", "plackettluce", "stagewise"}[p] }

// of is the proposal for a model; nil stands for the reference. Weights for each
// rank are of no use where scores are of pairs.
func (p proposal) of(m model) structured.Proposal[permutations.Ordering] {
	switch {
	case p == uniform:
		return nil
	case p == stagewise && m != preference:
		return permutations.StagewiseProposal{}
	}
	return permutations.PlackettLuceProposal{}
}

// config is the configuration to learn orderings of k labels.
func (r recipe) config(m model, o objective, k int, features bool) permutations.Config {
	cfg := permutations.Config{Coupling: m.coupling(r.Weights.of(k)), Training: r.Training(features)}
	cfg.Schedule = nn.Cosine{}
	if features { // else the library's default networks are right
		cfg.Network = r.Network()
		cfg.Tau = logpart.Logits{Of: nn.MLP{Hidden: []int{64}, Activation: nn.Softplus}}
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
		if !mm.Summed {
			mm.Proposal = r.Proposal.of(m)
		}
		if o == sparsemax {
			if mm.Loss = r.Scale.sparsemax(k); r.Scale == plain {
				mm.Proposal = nil
			}
		}
		cfg.Objective = mm
	}
	return cfg
}

// scale is that of the sparsemax over orderings.
type scale int

const (
	// ordinary makes it p(y) = max(0, g(y) - tau), which few orderings are
	// left of.
	ordinary scale = iota
	// plain makes it p(y) = q(y) max(0, g(y) - tau) (Sander, Roulet, Liu, Blondel
	// 2025), the ordinary one of g/k!: p stays near q, which draws are then from.
	plain
)

func (s scale) String() string { return [...]string{"ordinary", "plain"}[s] }

// sparsemax is the generator for orderings of k labels.
func (s scale) sparsemax(k int) fenchel.Generator {
	if s == plain {
		return fenchel.Sparsemax
	}
	return fenchel.Scaled{Of: fenchel.Sparsemax, Scale: 1 / math.Gamma(float64(k+1))}
}

// epochs is how many epochs a training has: as many as the settings say, but
// no more than fit into the work. An example counts 1, and beside that
// 2^k k / 20,000 where log Z is summed over subsets of the k labels, and k / 120
// for each ordering that is scored, which is about the ratio of the times.
func (r recipe) epochs(m model, o objective, rows, k int) int {
	example, labels := 1.0, float64(k)
	switch {
	case m == luce:
	case o == exact, o == minmin && r.Samples == 0:
		example += math.Exp2(labels) * labels / 20000
	case o == sparsemax && r.Samples == 0:
		example += math.Gamma(labels+1) * labels / 120
	case o == minmin, o == sparsemax, o == minmax:
		example += float64(r.Samples) * labels / 120
	}
	return max(1, int(min(float64(r.Epochs), r.Work/(example*float64(rows)))))
}

// candidates are the settings that tuning chooses from, but for those that were
// given by a flag: the recipe's own first, then squares, more weight decay, a
// second hidden layer, and none.
func (r recipe) candidates(given func(flag string) bool) []recipe {
	list := []recipe{r}
	if !given("squares") {
		with := r
		with.Squares = true
		list = append(list, with)
	}
	if !given("weight-decay") {
		more := r
		more.WeightDecay = r.WeightDecay * 3
		list = append(list, more)
	}
	if !given("hidden") {
		deep := r
		deep.Hidden = append([]int{deep.Hidden[0]}, deep.Hidden...)
		linear := r
		if linear.Hidden = []int{0}; !given("weight-decay") {
			linear.WeightDecay *= 0.01 // there is less to hold back
		}
		list = append(list, deep, linear)
	}
	return list
}

// lengths are what is tried with the settings that tuning chose in a hurry: all
// epochs, or no more than then, for what has not overfitted yet may do so.
func (r recipe) lengths(given func(flag string) bool) []recipe {
	list := []recipe{r}
	if !given("epochs") {
		with := r
		with.Hurried = true
		list = append(list, with)
	}
	return list
}

// length is how many of the epochs are run.
func (r recipe) length(epochs int) int {
	if r.Hurried {
		return max(1, epochs/shorter)
	}
	return epochs
}

// adapted are what is tried with settings that were chosen by the likelihood
// for an objective that learns from samples: it may do with less weight decay,
// for its noise regularises. The sparsemax has both scales.
func (r recipe) adapted(o objective, given func(flag string) bool) []recipe {
	r.Hurried = false // all are short here
	list := []recipe{r}
	if !given("weight-decay") {
		with := r
		with.WeightDecay *= 0.3
		list = append(list, with)
		if o == minmax {
			with.WeightDecay = 10 * r.WeightDecay
			list = append(list, with)
		}
	}
	if o == sparsemax && !given("scale") {
		for _, with := range list {
			with.Scale = plain
			list = append(list, with)
		}
	}
	return list
}

// String says what tuning chose.
func (r recipe) String() string {
	text := "hidden "
	for i, n := range r.Hidden {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprint(n)
	}
	if r.Squares {
		text += ", squares"
	}
	text += fmt.Sprintf(", weight decay %.3g", r.WeightDecay)
	if r.Scale == plain {
		text += ", plain"
	}
	if r.Hurried {
		text += ", a third of the epochs"
	}
	return text
}
