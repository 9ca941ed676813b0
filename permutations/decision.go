package permutations

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/structured"
)

// A Loss is what a predicted ordering costs, given the true one. The losses of
// this package are [KendallLoss], [SpearmanLoss], [FootruleLoss],
// [MismatchLoss] and [TopLoss]; each knows which decision has the least
// expected loss under a model.
type Loss interface {
	String() string
	// Between is the loss of a prediction.
	Between(predicted, truth Ordering) float64
	// needs says what decide looks at.
	needs() need
	// decide returns the best decision over k labels.
	decide(b beliefs) Decision
}

// Decision is an ordering chosen for its expected loss under a model.
type Decision struct {
	Y Ordering
	// Loss is the expected loss of Y, in the units of the Loss.
	Loss float64
	// Proven says that no ordering has a smaller expected loss under the same
	// marginals; otherwise Y is the best that was found.
	Proven bool
	// Kind is Exact if the marginals are those of the model, Estimate if they
	// are those of a sample.
	Kind structured.Normalization
}

// need is what a decision is made from.
type need int

const (
	needsPositions need = iota
	needsPairs
	needsMode
)

// beliefs are what is known of a distribution over orderings, as far as needed.
type beliefs struct {
	k        int
	position []float64 // P(label i at rank r) at i*k+r
	pair     []float64 // P(i before j) at i*k+j
	mode     Ordering  // the most probable ordering, and its probability
	proven   bool
	p        float64
}

// Decide returns the ordering of the least expected loss under the model of an
// inference, exactly up to rounding; nil stands for KendallLoss{}. It is
// structured.ErrIntractable where the inference has no exact marginals; see
// DecideFromSample.
func Decide(inf structured.Inference[Ordering], theta structured.Theta, loss Loss) (Decision, error) {
	if loss == nil {
		loss = KendallLoss{}
	}
	positions, hasPositions := inf.(PositionMarginalizer)
	pairs, hasPairs := inf.(PairMarginalizer)
	logPartition, hasLogZ := inf.(structured.LogPartition[Ordering])
	sized, hasSize := inf.(interface{ K() int })
	if needs := loss.needs(); !hasSize || needs == needsPositions && !hasPositions || needs == needsPairs && !hasPairs || needs == needsMode && !hasLogZ {
		return Decision{}, fmt.Errorf("permutations: decision for %v: %w", loss, structured.ErrIntractable)
	}
	k := sized.K()
	b := beliefs{k: k}
	switch loss.needs() {
	case needsPositions:
		b.position = make([]float64, k*k)
		positions.PositionMarginals(b.position, theta)
		if err := checkPositions(b.position, k); err != nil {
			return Decision{}, err
		}
	case needsPairs:
		b.pair = make([]float64, k*k)
		pairs.PairMarginals(b.pair, theta)
		if err := checkPairs(b.pair, k); err != nil {
			return Decision{}, err
		}
	case needsMode:
		b.mode = make(Ordering, k)
		var value float64
		value, b.proven = logPartition.Mode(&b.mode, theta, 0)
		b.p = math.Exp(min(0, value-logPartition.LogZ(theta)))
	}
	d := loss.decide(b)
	d.Kind = structured.Exact
	return d, nil
}

// DecideFromSample returns the ordering of the least mean loss over a weighted
// sample of orderings, such as draws from a model too large for exact
// inference. Without weights all count the same; a nil loss stands for
// KendallLoss{}. The errors are a
// *structured.DataError for orderings and weights that cannot be used, and
// structured.ErrNoExamples.
func DecideFromSample(ys []Ordering, weights []float64, loss Loss) (Decision, error) {
	if loss == nil {
		loss = KendallLoss{}
	}
	largest, err := checkSample(ys, weights)
	if err != nil {
		return Decision{}, err
	}
	weight := func(m int) float64 {
		if weights == nil {
			return 1
		}
		return weights[m] / largest // so that no sum overflows
	}
	total := 0.0
	for m := range ys {
		total += weight(m)
	}
	k := len(ys[0])
	b := beliefs{k: k, proven: true}
	add := b.add(loss.needs())
	for m, y := range ys {
		add(y, weight(m)/total)
	}
	d := loss.decide(b)
	d.Kind = structured.Estimate
	return d, nil
}

// add returns what adds a share of a sample to the beliefs.
func (b *beliefs) add(n need) func(y Ordering, p float64) {
	k := b.k
	switch n {
	case needsPositions:
		b.position = make([]float64, k*k)
		return func(y Ordering, p float64) {
			for r, i := range y {
				b.position[i*k+r] += p
			}
		}
	case needsPairs:
		b.pair = make([]float64, k*k)
		return func(y Ordering, p float64) {
			for r, i := range y {
				for _, j := range y[r+1:] {
					b.pair[i*k+j] += p
				}
			}
		}
	}
	shares := map[string]float64{}
	key := make([]byte, 0, 4*k)
	b.mode = make(Ordering, k)
	return func(y Ordering, p float64) {
		key = key[:0]
		for _, i := range y {
			key = binary.LittleEndian.AppendUint32(key, uint32(i))
		}
		p += shares[string(key)]
		shares[string(key)] = p
		if p > b.p { // among equals the one that got there first
			b.p = p
			copy(b.mode, y)
		}
	}
}

// checkSample returns the largest weight.
func checkSample(ys []Ordering, weights []float64) (float64, error) {
	if weights != nil && len(weights) != len(ys) {
		return 0, &structured.DimensionError{What: "weights", Want: len(ys), Got: len(weights)}
	}
	largest := 0.0
	for m, y := range ys {
		if len(y) != len(ys[0]) {
			err := &structured.DimensionError{What: "labels of an ordering", Want: len(ys[0]), Got: len(y)}
			return 0, &structured.DataError{What: "sample", Row: m, Column: -1, Err: err}
		}
		if err := y.Validate(); err != nil {
			return 0, &structured.DataError{What: "sample", Row: m, Column: -1, Err: err}
		}
		w := 1.0
		if weights != nil {
			w = weights[m]
		}
		switch {
		case math.IsNaN(w) || math.IsInf(w, 0):
			return 0, &structured.DataError{What: "weights", Row: m, Column: 0, Value: w, Err: structured.ErrNotFinite}
		case w < 0:
			return 0, &structured.DataError{What: "weights", Row: m, Column: 0, Value: w, Err: structured.ErrNegativeWeight}
		}
		largest = max(largest, w)
	}
	if largest == 0 {
		return 0, structured.ErrNoExamples
	}
	return largest, nil
}
