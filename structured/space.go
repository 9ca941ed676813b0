package structured

import (
	"iter"
	"math/rand/v2"
)

// A Space is a set of structures Y with a reference probability q over it.
// It is immutable and safe for concurrent use.
//
// Structures are handled in slices. Where Y refers to memory (a set to its
// words, a ranking to its slice), Make provides it, and Sample and the other
// methods that fill a slice overwrite that memory in place.
type Space[Y any] interface {
	// Make returns n structures with memory of their own.
	Make(n int) []Y
	// Copy overwrites dst, which came from Make, with the structure src.
	Copy(dst *Y, src Y)
	// Check reports why y is not a structure of this space, or nil. A
	// structure outside the support of q is an error.
	Check(y Y) error
	// Sample overwrites ys, which came from Make, with independent draws
	// from q.
	Sample(ys []Y, rng *rand.Rand)
	// LogProb writes log q(ys[i]) to dst[i], in nats.
	LogProb(dst []float64, ys []Y)
	// LogCardinality is the log of the number of structures in the support
	// of q, in nats; it turns a log-partition under a uniform q into one
	// under the counting measure. It is +Inf for continuous spaces.
	LogCardinality() float64
}

// Enumerable is a Space small enough to be listed.
type Enumerable[Y any] interface {
	Space[Y]
	// Enumerate yields every structure in the support of q once, in a fixed
	// order, in pieces of at most size; a piece is valid until the next one.
	// It returns nil where there are too many to list.
	Enumerate(size int) iter.Seq[[]Y]
}

// Improper is a Space whose reference is a measure and not a probability, such
// as Lebesgue measure over the reals: LogProb is the log of its density, and
// Sample, which cannot be, panics. Whatever would draw from the reference is
// ErrImproper instead, and wants a proposal. A log-partition is then relative
// to the measure.
type Improper[Y any] interface {
	Space[Y]
	// Improper reports whether the reference is such a measure.
	Improper() bool
}

// drawable is nil where the reference can be drawn from.
func drawable[Y any](s Space[Y]) error {
	if i, ok := s.(Improper[Y]); ok && i.Improper() {
		return ErrImproper
	}
	return nil
}

// Encoder is a Space that can write its structures down, for checkpoints of
// objectives that remember some (see Stateful).
type Encoder[Y any] interface {
	Space[Y]
	// Words is the number of words of a structure.
	Words() int
	// Encode writes y to dst, of length Words: the same words for equal
	// structures, others for others.
	Encode(dst []uint64, y Y)
	// Decode overwrites *dst, which came from Make, with the structure that
	// the words stand for, or says why they stand for none.
	Decode(dst *Y, words []uint64) error
}

// Evidence is partial knowledge of a structure: the set of structures that an
// observation leaves possible. Each space defines its own kinds (for sets,
// the labels that were observed).
type Evidence[Y any] interface {
	// Allows reports whether y agrees with what was observed.
	Allows(y Y) bool
}

// EvidenceChecker is a Space that can tell evidence that makes no sense before
// training does.
type EvidenceChecker[Y any] interface {
	Space[Y]
	// CheckEvidence reports why e cannot be used: of an unknown kind, over
	// another space, or impossible under the reference.
	CheckEvidence(e Evidence[Y]) error
}

// Completer is a Space that can fill in what a kind of Evidence leaves open.
type Completer[Y any] interface {
	Space[Y]
	// Complete overwrites up to len(ys) structures that agree with e, and
	// logq with the log of their weights, which sum to 1. If all completions
	// fit, they are listed with weights q(y|e) and exact is true; otherwise
	// they are len(ys) independent draws from q(.|e) with equal weights. It
	// returns how many it wrote, and log q(e), the reference probability of
	// the evidence. Evidence of a kind it does not know is an error.
	Complete(ys []Y, logq []float64, e Evidence[Y], rng *rand.Rand) (n int, exact bool, logProb float64, err error)
}
