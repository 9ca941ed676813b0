package structured

import (
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// An Objective is a training criterion as configuration. All objectives turn
// a batch of logits (and tau) into losses and their derivatives, so that one
// training loop serves them all.
type Objective[Y any] interface {
	// String names the objective in reports: minmin, exact, ...
	String() string
	// Validate reports the first setting that makes no sense, if any.
	Validate() error
	// Bind makes the objective ready for a problem, or says why it cannot be
	// applied to it.
	Bind(p Problem[Y]) (Criterion[Y], error)
}

// Problem is what an objective is bound to.
type Problem[Y any] struct {
	Space    Space[Y]
	Coupling Coupling[Y]
	// Inference is what the coupling can do exactly over the space; nil if
	// nothing.
	Inference Inference[Y]
	// Examples is the number of training examples.
	Examples int
}

// A Criterion is an objective bound to a problem. It is immutable: what
// changes during an evaluation is in the Scratch of a worker.
type Criterion[Y any] interface {
	// Generator is the f whose distribution p = q (f*+)'(g - tau) the
	// criterion fits: fenchel.Softmax for all likelihoods.
	Generator() fenchel.Generator
	// UsesTau reports whether the criterion learns tau; if not, the model is
	// built without one.
	UsesTau() bool
	// NewScratch returns memory for one worker.
	NewScratch() Scratch
	// Evaluate computes the loss of every example of the batch and adds the
	// derivatives, times the example's Scale, to DLogits, DOwn and DTau.
	Evaluate(b *Batch[Y], s Scratch) error
}

// Auxiliary is a Criterion that trains a network of its own on the features
// beside the scores, such as a generator of structures. Its gradient may be
// that of another loss than the scores'.
type Auxiliary interface {
	// AuxLogits is the number of outputs of that network per example; 0 if
	// there is none after all.
	AuxLogits() int
}

// Stateful is a Criterion that remembers structures of each training example
// from one epoch to the next, such as the ends of Markov chains: see
// Batch.Recall. What is remembered belongs to an example and not to a worker,
// is taken back with an epoch that fails, and is part of checkpoints, for
// which the space must be an Encoder.
type Stateful interface {
	// Memory is the number of structures remembered of each example.
	Memory() int
}

// Diagnoser is a Criterion that says of each example how its estimate went:
// see Batch.Diagnose and Epoch.Diagnostics.
type Diagnoser interface {
	// Diagnostics names the numbers, in snake case.
	Diagnostics() []string
}

// Incomparable is a Criterion whose loss may be one that cannot be compared
// between epochs: no estimate of one function. Models trained by it are judged
// by the likelihood unless Config.StopOn says otherwise.
type Incomparable interface{ Incomparable() bool }

// Scratch is the working memory of one worker; its type belongs to the
// criterion that made it.
type Scratch any

// A Batch is some examples on their way through a criterion: a piece of a
// mini-batch, small enough for one worker.
type Batch[Y any] struct {
	Y        []Y
	Evidence []Evidence[Y] // nil entries are fully observed
	// Scale has the factor of each example in the gradient: its weight over
	// the weight of the mini-batch; nil where no gradient is wanted.
	Scale []float64
	// Logits is n x NumLogits, row-major; Own the coupling's parameters.
	Logits, Own []float64
	// Tau has n values, or is nil if the criterion does not use tau.
	Tau []float64
	// Aux has the outputs of the criterion's own network, n x AuxLogits,
	// row-major; empty where it has none.
	Aux []float64

	// Loss receives the loss of each example, in nats, without Scale.
	Loss []float64
	// DLogits, DOwn, DTau and DAux have the shapes of Logits, Own, Tau and
	// Aux and are added to. They are nil where no gradient is wanted.
	DLogits, DOwn, DTau, DAux []float64

	key         []uint64 // one per example
	source      stream.Source
	logits, aux int

	memory    *memory[Y] // nil outside training
	positions []int      // of the examples in the memory
	keep      bool       // whether the memory may change

	alike bool       // no features: all examples have one theta
	first Normalizer // of the first example; the others' too if they are alike

	diagnostics []float64 // n x kinds, or empty
	kinds       int
	tail        bool // whether the tail of the first example's weights is fitted
}

// Len is the number of examples.
func (b *Batch[Y]) Len() int { return len(b.Y) }

// Theta is what the coupling scores example i with.
func (b *Batch[Y]) Theta(i int) Theta {
	return Theta{Logits: b.Logits[i*b.logits : (i+1)*b.logits], Own: b.Own, Aux: b.Aux[i*b.aux : (i+1)*b.aux]}
}

// Grad is where the derivatives with respect to Theta(i) are added. Its slices
// are nil where no gradient is wanted; see WantsGrad.
func (b *Batch[Y]) Grad(i int) Theta {
	return Theta{Logits: b.DLogits[i*b.logits : (i+1)*b.logits], Own: b.DOwn, Aux: b.DAux[i*b.aux : (i+1)*b.aux]}
}

// scale is the factor of example i in the gradient, 0 where none is wanted.
func (b *Batch[Y]) scale(i int) float64 {
	if b.Scale == nil {
		return 0
	}
	return b.Scale[i]
}

// WantsGrad reports whether derivatives are wanted, or only losses.
func (b *Batch[Y]) WantsGrad() bool { return b.Scale != nil }

// partial reports whether example i is only partly observed.
func (b *Batch[Y]) partial(i int) bool { return b.Evidence != nil && b.Evidence[i] != nil }

// Recall copies to ys what a Stateful criterion remembered of example i, and
// reports whether there was anything: not at the first visit, and not outside
// of training.
func (b *Batch[Y]) Recall(i int, ys []Y) bool {
	return b.memory != nil && b.memory.recall(b.positions[i], ys)
}

// Remember keeps a copy of ys, of the length Memory, for the next visit to
// example i. It does nothing where the batch is evaluated without a step.
func (b *Batch[Y]) Remember(i int, ys []Y) {
	if b.memory != nil && b.keep {
		b.memory.remember(b.positions[i], ys)
	}
}

// Diagnose reports v, a finite number, for example i as the kind-th of the
// Diagnostics. An example without a report does not count.
func (b *Batch[Y]) Diagnose(i, kind int, v float64) {
	if b.kinds > 0 {
		b.diagnostics[i*b.kinds+kind] = v
	}
}

// Rand returns the random stream of example i: it is derived from (seed,
// epoch, batch, example), and valid until the next call.
func (b *Batch[Y]) Rand(i int) *rand.Rand { return b.source.At(stream.Key(b.key[i], streamSample)) }

// Key is a key for further streams of example i.
func (b *Batch[Y]) Key(i int) uint64 { return b.key[i] }

// Purposes of streams, so that no two uses of one place share numbers.
const (
	streamInit = iota + 1
	streamShuffle
	streamExample
	streamSample
	streamEvidence
	streamValidation
	streamMode
	streamRestart
	streamJitter
	streamNormalizer
	streamCertificate
)
