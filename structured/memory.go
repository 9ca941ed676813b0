package structured

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/safetensors"
)

// memory is what a Stateful criterion remembers of the training examples, by
// their position. Workers share it: an example is in one shard, so that no two
// of them touch the same place.
type memory[Y any] struct {
	space Space[Y]
	per   int // structures per example
	now   remembered[Y]
	kept  remembered[Y] // as it was at the last mark
}

type remembered[Y any] struct {
	ys    []Y
	known []bool // one per example
}

// newMemory is nil for a criterion that remembers nothing.
func newMemory[Y any](c Criterion[Y], s Space[Y], examples int) *memory[Y] {
	of, ok := c.(Stateful)
	if !ok || of.Memory() == 0 {
		return nil
	}
	m := &memory[Y]{space: s, per: of.Memory()}
	for _, r := range []*remembered[Y]{&m.now, &m.kept} {
		*r = remembered[Y]{s.Make(examples * m.per), make([]bool, examples)}
	}
	return m
}

func (m *memory[Y]) recall(at int, ys []Y) bool {
	if !m.now.known[at] {
		return false
	}
	m.copy(ys, m.now.ys[at*m.per:(at+1)*m.per])
	return true
}

func (m *memory[Y]) remember(at int, ys []Y) {
	m.copy(m.now.ys[at*m.per:(at+1)*m.per], ys)
	m.now.known[at] = true
}

func (m *memory[Y]) copy(dst, src []Y) {
	for i := range dst {
		m.space.Copy(&dst[i], src[i])
	}
}

// mark keeps what is remembered now, for rollback.
func (m *memory[Y]) mark() { m.move(m.kept, m.now) }

// rollback forgets what was remembered since mark.
func (m *memory[Y]) rollback() { m.move(m.now, m.kept) }

func (m *memory[Y]) move(to, from remembered[Y]) {
	for at, known := range from.known {
		if to.known[at] = known; known {
			lo, hi := at*m.per, (at+1)*m.per
			m.copy(to.ys[lo:hi], from.ys[lo:hi])
		}
	}
}

// The tensors of a checkpoint: the words of the structures, and for each
// example 1 where there are any.
const memoryTensor, knownTensor = "memory", "memory.known"

func (m *memory[Y]) tensors() ([]safetensors.Tensor, error) {
	e, ok := m.space.(Encoder[Y])
	if !ok {
		return nil, ErrNoEncoding
	}
	n, size := len(m.now.known), e.Words()
	words, known := make([]uint64, n*m.per*size), make([]uint64, n)
	for at, is := range m.now.known {
		if !is {
			continue
		}
		known[at] = 1
		for i := at * m.per; i < (at+1)*m.per; i++ {
			e.Encode(words[i*size:(i+1)*size], m.now.ys[i])
		}
	}
	return []safetensors.Tensor{
		{Name: memoryTensor, Shape: []int{n, m.per, size}, Data: safetensors.U64(words)},
		{Name: knownTensor, Shape: []int{n}, Data: safetensors.U64(known)},
	}, nil
}

func (m *memory[Y]) read(f *safetensors.File) error {
	e, ok := m.space.(Encoder[Y])
	if !ok {
		return ErrNoEncoding
	}
	n, size := len(m.now.known), e.Words()
	known, err := f.U64(knownTensor, n)
	if err != nil {
		return err
	}
	words, err := f.U64(memoryTensor, n, m.per, size)
	if err != nil {
		return err
	}
	for at, is := range known {
		if is > 1 {
			return fmt.Errorf("%w: %s of example %d is %d", ErrFormat, knownTensor, at, is)
		}
		if m.now.known[at] = is == 1; is == 0 {
			continue
		}
		for i := at * m.per; i < (at+1)*m.per; i++ {
			if err := e.Decode(&m.now.ys[i], words[i*size:(i+1)*size]); err != nil {
				return fmt.Errorf("%w: remembered structure of example %d: %w", ErrFormat, at, err)
			}
			if err := m.space.Check(m.now.ys[i]); err != nil {
				return fmt.Errorf("%w: remembered structure of example %d: %w", ErrFormat, at, err)
			}
		}
	}
	return nil
}
