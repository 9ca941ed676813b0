package datasets

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// MaxAssignmentLabels is the largest number of labels of a LinearAssignment:
// beyond 8! = 40,320 orderings, going through all of them would take too long.
const MaxAssignmentLabels = 8

// LinearAssignment is a model of the orderings y of k labels given features x
// with a score for every label at every rank, the exponential family of
// permutation matrices (the vertices of the Birkhoff polytope),
//
//	p(y|x) = exp( g(x,y) ) / Z(x),    g(x,y) = sum_r t_{y_r, r}(x),
//	t(x)   = B + sum_f x_f W_f        x ~ N(0, I_d),
//
// with k x k matrices t, B and W_f: data drawn from it have a truth to compare
// with. All quantities are exact, by going through the k! orderings, and in
// nats. It is immutable and safe for concurrent use once made; to set the
// coefficients by hand, fill the fields and call Validate.
type LinearAssignment struct {
	Labels, Features int // k and d

	Bias   []float64 // B: k x k, label j at rank r at j*k+r
	Weight []float64 // W: d x k x k
}

// NewLinearAssignment draws the coefficients of a model: the same ones for the
// same configuration. The errors are those of Validate.
func NewLinearAssignment(c RankingConfig) (*LinearAssignment, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &LinearAssignment{Labels: c.labels(), Features: c.Features}
	if err := m.checkLabels(); err != nil { // before any memory
		return nil, err
	}
	m.Bias, m.Weight = c.draw(m.Labels*m.Labels, 0x61737369676e) // "assign"
	return m, nil
}

func (m *LinearAssignment) scores() linearScores {
	return linearScores{model: "linear assignment", d: m.Features, outputs: m.Labels * m.Labels, bias: m.Bias, weight: m.Weight}
}

func (m *LinearAssignment) checkLabels() error {
	if m.Labels > MaxAssignmentLabels {
		return &LabelLimitError{Labels: m.Labels, Max: MaxAssignmentLabels}
	}
	if m.Labels < 1 {
		return fmt.Errorf("datasets: linear assignment: %w", ErrNoLabels)
	}
	return nil
}

// Validate reports whether there are 1 to MaxAssignmentLabels labels
// (*LabelLimitError), the sizes of the fields agree (ErrRagged) and the
// coefficients are finite (ErrNotFinite).
func (m *LinearAssignment) Validate() error {
	if err := m.checkLabels(); err != nil {
		return err
	}
	return m.scores().validate()
}

// Scores returns t(x), k x k, the score of label j at rank r at j*k+r. An x of
// the wrong length wraps ErrRagged, one that is not finite ErrNotFinite; so in
// all methods.
func (m *LinearAssignment) Scores(x []float64) ([]float64, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	t := make([]float64, m.Labels*m.Labels)
	if err := m.scores().at(t, x); err != nil {
		return nil, err
	}
	return t, nil
}

// LogPartitionCounting returns log sum_y exp(g(x,y)), the log-partition
// function relative to the counting measure, the log of the permanent of
// exp(t). O(k!) time and memory.
func (m *LinearAssignment) LogPartitionCounting(x []float64) (float64, error) {
	t, err := m.at(x)
	if err != nil {
		return 0, err
	}
	return t.logZ, nil
}

// LogPartitionUniform returns log sum_y exp(g(x,y)) / k!, the log-partition
// function relative to the uniform distribution over orderings.
func (m *LinearAssignment) LogPartitionUniform(x []float64) (float64, error) {
	t, err := m.at(x)
	if err != nil {
		return 0, err
	}
	return t.logZ - logFactorial(m.Labels), nil
}

// LogProb returns log p(y|x). O(k!) time and memory.
func (m *LinearAssignment) LogProb(x []float64, y permutations.Ordering) (float64, error) {
	t, err := m.at(x)
	if err != nil {
		return 0, err
	}
	if err := checkOrdering(m.scores().model, y, m.Labels); err != nil {
		return 0, err
	}
	g := 0.0
	for r, j := range y {
		g += t.t[j*m.Labels+r]
	}
	return g - t.logZ, nil
}
