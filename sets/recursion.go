package sets

import (
	"fmt"
	"math"
)

// recursion is exact inference for scores of labels, of some pairs of labels,
// and of the size of the set,
//
//	sum_{j in y} v_j + sum_{edges ij in y} U_ij + h(|y|),
//
// by dynamic programming: labels are decided one after the other, each at a
// stage. What a decision depends on of those before is the state of its stage,
// and what it leads to are states of the stages below:
//
//	m(a) = m_0(a) (+) m_1(a),    m_x(a) = x w(a) + sum_{children c} m_c(to_c(a, x))
//
// where w(a) is v_j and the U of the label to those known to be present. Only
// the addition (+) tells one question from another: log(e^a + e^b) gives log Z,
// max the mode. The log odds m_1 - m_0 that the upward pass leaves at each state
// are a Bayesian network, which the downward pass, the sampler and the entropy
// read off.
//
// There are two shapes. Without sizes the stages are the buckets of variable
// elimination (Dechter 1999): the state is the decisions on the at most w labels
// of a separator, and a stage has as many children as its bucket took messages
// from. With sizes they are a path: the state is the decisions on the frontier,
// the labels decided that still have neighbours undecided, and the number of
// labels so far; of no edges that is the recursion of elementary symmetric
// polynomials.
//
// It depends on the graph and the sizes alone, is immutable and is made once.
type recursion struct {
	k       int
	stages  []stage // parents before children
	states  int     // of all stages
	widest  int     // the largest number of states of a stage
	width   int     // the largest number of labels that a state tells of
	counted bool
	max     int // of the sizes, where counted
}

// A stage decides a label; that of label -1 has the sizes, and decides nothing.
type stage struct {
	label    int
	known    []int // the labels that the low bits of its state tell of
	edges    []int // between label and those; -1 for none
	counts   int   // the state has a number of labels below counts above the bits
	at       int   // its states are at .. at+size-1
	size     int
	children []link
}

// A link leads from the states of a stage to those of a child: to[x][a] is
// where decision x in state a leads.
type link struct {
	child int
	to    [2][]int32
}

// MaxStates bounds the tables of exact inference on a graph: the sum over labels
// of the number of states that the decision on one depends on. 2^22 states are
// 12 labels at a time of 1,000, or 20 of 2.
const MaxStates = 1 << 22

// maxWidth is the most labels that MaxStates leaves room for at a time.
const maxWidth = 22

// tooManyStates says that a recursion would be too large.
type tooManyStates struct{ width, k int }

func (e *tooManyStates) Error() string {
	return fmt.Sprintf("a graph of %d labels in which %d or more hang together, exact sums take at most %d states", e.k, e.width, MaxStates)
}

// newRecursion makes the recursion over k labels, with sizes up to max where
// counted.
func newRecursion(k int, edges []Edge, counted bool, max int) (*recursion, error) {
	r := &recursion{k: k, counted: counted, max: max}
	g := newAdjacency(k, edges)
	var err error
	if counted {
		err = r.path(g)
	} else {
		err = r.eliminate(g)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// add appends a stage and returns its number; its parents are there already.
func (r *recursion) add(g *adjacency, label int, known []int, counts int) (int, error) {
	r.width = max(r.width, len(known))
	if len(known) > maxWidth || r.states+counts<<len(known) > MaxStates {
		return 0, &tooManyStates{len(known) + 1, r.k}
	}
	s := stage{label: label, known: known, counts: counts, at: r.states, size: counts << len(known)}
	for _, j := range known {
		s.edges = append(s.edges, g.edge(label, j))
	}
	r.states += s.size
	r.widest = max(r.widest, s.size)
	r.stages = append(r.stages, s)
	return len(r.stages) - 1, nil
}

// join links a stage to a child that knows no more than it does with its own
// label.
func (r *recursion) join(parent, child int) {
	p, c := &r.stages[parent], &r.stages[child]
	place := func(label int) int32 {
		for i, j := range c.known {
			if j == label {
				return 1 << i
			}
		}
		return 0
	}
	l := link{child: child}
	for x := range l.to {
		to := make([]int32, p.size)
		to[0] = int32(x) * place(p.label)
		for i, j := range p.known {
			bit := place(j)
			for a := range 1 << i {
				to[a|1<<i] = to[a] | bit
			}
		}
		bits := 1 << len(p.known)
		for count := p.counts - 1; count >= 0 && r.counted; count-- {
			// Beyond the largest size there is nothing; see up.
			next := int32(min(count+x, r.max)) << len(c.known)
			for a := range bits {
				to[count*bits+a] = to[a] | next
			}
		}
		l.to[x] = to
	}
	p.children = append(p.children, l)
}

// eliminate makes the stages of variable elimination.
func (r *recursion) eliminate(g *adjacency) error {
	order, separators, err := g.minFill()
	if err != nil {
		return err
	}
	at := make([]int, r.k) // when a label is eliminated
	for i, j := range order {
		at[j] = i
	}
	stageOf := make([]int, r.k)
	top := -1 // the label of the last root
	for i := r.k - 1; i >= 0; i-- {
		label, known := order[i], separators[i]
		s, err := r.add(g, label, known, 1)
		if err != nil {
			return err
		}
		stageOf[label] = s
		parent := -1
		for _, j := range known {
			if parent < 0 || at[j] < at[parent] {
				parent = j
			}
		}
		if parent < 0 { // another component: it hangs below the one before
			parent, top = top, label
		}
		if parent >= 0 {
			r.join(stageOf[parent], s)
		}
	}
	return nil
}

// path makes the stages of a frontier with sizes.
func (r *recursion) path(g *adjacency) error {
	order, frontiers := g.narrowPath()
	for t, label := range order {
		s, err := r.add(g, label, frontiers[t], min(t, r.max)+1)
		if err != nil {
			return err
		}
		if s > 0 {
			r.join(s-1, s)
		}
	}
	s, err := r.add(g, -1, nil, r.max+1)
	if err == nil {
		r.join(s-1, s)
	}
	return err
}

// sizesStage is the stage of the sizes, nil where there is none.
func (r *recursion) sizesStage() *stage {
	if !r.counted {
		return nil
	}
	return &r.stages[len(r.stages)-1]
}

var negInf = math.Inf(-1)
