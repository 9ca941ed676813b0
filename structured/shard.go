package structured

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// A mini-batch is cut into shards whose number and size depend on its size and
// on what is learned alone. Each shard's gradient is summed on its own, and the
// shards are added in order, so that the result has the same bits for any number
// of workers. A shard costs a gradient that is cleared and added, and a worker
// tens of microseconds to wake up: short steps are one shard.
const (
	shardRows = 32   // the least rows per shard
	shardWork = 22e6 // the least multiply-adds per shard, about 0.4 ms
	maxShards = 8    // bounds the memory for gradients
)

// Costed is a Criterion that can tell what it costs. Others are taken to be
// costly.
type Costed interface {
	// Cost is what an example costs beside the networks, roughly, in the time
	// of a multiply-add of a matrix product.
	Cost() float64
}

// shardSize is the number of examples per shard of a mini-batch.
func (t *Trainer[Y]) shardSize(batch int) int {
	if c, ok := t.criterion.(interface{ sumsOnce() bool }); ok && c.sumsOnce() && t.model.alike && t.data.Evidence == nil {
		return batch // each shard would sum again
	}
	n := max(1, min(maxShards, (batch+shardRows-1)/shardRows))
	if c, ok := t.criterion.(Costed); ok {
		work := c.Cost() + 3*float64(len(t.model.params))
		n = max(1, int(min(float64(n), work*float64(batch)/shardWork)))
	}
	return (batch + n - 1) / n
}

// shard is the result of one piece of a mini-batch.
type shard[Y any] struct {
	grad    []float64
	loss    float64
	tallies []tally
	err     error
}

// worker is the memory of one goroutine.
type worker[Y any] struct {
	network  nn.Tape
	tau      logpart.Tape
	aux      nn.Tape
	scratch  Scratch
	features featureBuffer
	batch    Batch[Y]
	index    []int
	base     tauBase
}

func (m *Model[Y]) newWorker() *worker[Y] {
	w := &worker[Y]{network: m.network.NewTape()}
	if m.tau != nil {
		w.tau = m.tau.NewTape()
	}
	if m.aux != nil {
		w.aux = m.aux.NewTape()
	}
	return w
}

// resize returns a slice of length n full of zeros, in s where it fits.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// step makes one optimiser step on the examples at the positions given, and
// returns the sum of their losses and the norm of the gradient.
func (t *Trainer[Y]) step(positions []int, epoch, batch, batches int) (loss, norm float64, err error) {
	t.tail = batch%paretoEvery == 0
	loss, grad, err := t.evaluate(positions, stream.Key(t.cfg.Seed, streamExample, uint64(epoch), uint64(batch)), true)
	if err != nil {
		return 0, 0, err
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, 0, &DivergedError{Epoch: epoch, Batch: batch + 1, What: "the loss"}
	}
	norm = nn.ClipNorm(grad, t.cfg.ClipNorm)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return 0, 0, &DivergedError{Epoch: epoch, Batch: batch + 1, What: "the gradient"}
	}
	rate := t.cfg.schedule().Scale(t.steps, t.cfg.epochs()*batches)
	for _, g := range t.groups {
		g.stepper.Step(t.model.params[g.lo:g.hi], grad[g.lo:g.hi], rate)
	}
	t.steps++
	return loss, norm, nil
}

// Evaluate returns the training objective at the current parameters, the
// weighted mean of the loss over all training examples, and adds its gradient
// to grad, of the length of Params, unless that is nil. Its random numbers,
// dropout included, are the same at every call, and nothing is remembered of
// it.
func (t *Trainer[Y]) Evaluate(grad []float64) (float64, error) {
	all := make([]int, len(t.rows))
	for i := range all {
		all[i] = i
	}
	loss, g, err := t.evaluate(all, stream.Key(t.cfg.Seed, streamExample, 0, 0), false)
	if err != nil {
		return 0, err
	}
	if grad != nil {
		floats.Add(grad, g)
	}
	return loss / float64(len(all)), nil
}

// Params returns the current parameters, which the caller may change between
// epochs: the network's, then the coupling's own, then those of tau.
func (t *Trainer[Y]) Params() []float64 { return t.model.params }

// evaluate returns the sum of the losses of the examples at the positions
// given, and the gradient of their mean, which is valid until the next call.
// keep says that it is part of a step: criteria may remember it, and what they
// report counts.
func (t *Trainer[Y]) evaluate(positions []int, place uint64, keep bool) (loss float64, grad []float64, err error) {
	size := t.shardSize(len(positions))
	n := (len(positions) + size - 1) / size
	for len(t.workers) < min(t.cfg.workers(), n) {
		w := t.model.newWorker()
		w.scratch = t.criterion.NewScratch()
		if d, ok := t.criterion.(Diagnoser); ok {
			w.batch.kinds = len(d.Diagnostics())
		}
		t.workers = append(t.workers, w)
	}
	for len(t.shards) < n {
		t.shards = append(t.shards, shard[Y]{grad: make([]float64, len(t.model.params))})
	}
	factor := 1 / float64(len(positions))
	if n == 1 {
		t.gradient(t.workers[0], &t.shards[0], positions, place, factor, keep)
	} else { // whose closure is allocated
		parallel(len(t.workers), n, func(w, i int) {
			part := positions[i*size : min(len(positions), (i+1)*size)]
			t.gradient(t.workers[w], &t.shards[i], part, place, factor, keep)
		})
	}
	grad = t.shards[0].grad
	for i := range n {
		s := &t.shards[i]
		if s.err != nil {
			return 0, nil, s.err
		}
		loss += s.loss
		if keep {
			t.tallies = merged(t.tallies, s.tallies)
		}
		if i > 0 {
			floats.Add(grad, s.grad)
		}
	}
	return loss, grad, nil
}

// gradient runs one shard forward and back. Each example counts with its
// weight times factor.
func (t *Trainer[Y]) gradient(w *worker[Y], s *shard[Y], positions []int, place uint64, factor float64, keep bool) {
	m, b, n := &t.model, &w.batch, len(positions)
	clear(s.grad)
	b.Y, b.Evidence, b.key = b.Y[:0], b.Evidence[:0], b.key[:0]
	b.Scale = numeric.Zeroed(b.Scale, n)
	for i, at := range positions {
		row := t.rows[at]
		b.Y = append(b.Y, t.data.Y[row])
		b.Evidence = append(b.Evidence, t.data.evidence(row))
		b.key = append(b.key, stream.Key(place, uint64(at)))
		b.Scale[i] = t.scale[at] * factor
	}
	b.memory, b.positions, b.keep = t.memory, positions, keep
	b.tail = keep && t.tail && s == &t.shards[0]
	b.diagnostics = numeric.Grow(b.diagnostics, n*b.kinds)
	for i := range b.diagnostics {
		b.diagnostics[i] = math.NaN() // no report
	}
	f := newFeatures(t.data.X, m.std)
	x := f.gather(&w.features, n, func(i int) int { return t.rows[positions[i]] })
	m.forward(w, x, positions, b.key)
	b.DLogits = numeric.Zeroed(b.DLogits, len(b.Logits))
	b.DOwn, b.DTau = s.grad[m.own:m.tauAt], numeric.Zeroed(b.DTau, len(b.Tau))
	b.DAux = numeric.Zeroed(b.DAux, len(b.Aux))
	if s.err = t.criterion.Evaluate(b, w.scratch); s.err != nil {
		return
	}
	s.tallies = b.tallied(s.tallies)
	s.loss = 0
	for i, at := range positions {
		s.loss += t.scale[at] * b.Loss[i]
	}
	if m.surrogate != nil {
		w.base.backward(b.DTau, b.DLogits, b.DOwn)
	}
	if m.tau != nil { // first: it may add to the gradient of the logits
		w.tau.Backward(m.params[m.tauAt:m.auxAt], s.grad[m.tauAt:m.auxAt], b.DTau, b.DLogits)
	}
	if m.aux != nil {
		w.aux.Backward(m.params[m.auxAt:], s.grad[m.auxAt:], b.DAux, nil)
	}
	w.network.Backward(m.params[:m.own], s.grad[:m.own], b.DLogits, nil)
}

// forward fills the batch with logits and tau for the rows of x. index has the
// positions in the training set, nil for other examples; keys switch dropout
// on.
func (m *Model[Y]) forward(w *worker[Y], x nn.Input, index []int, keys []uint64) {
	b := &w.batch
	b.logits, b.alike = m.coupling.NumLogits(), m.alike && x.Rows > 0
	b.Logits = w.network.Forward(m.params[:m.own], x, keys)
	b.Own = m.params[m.own:m.tauAt]
	b.Tau, b.Aux, b.aux = nil, nil, 0
	if m.tau != nil {
		in := logpart.Input{X: x, Logits: b.Logits, Index: index}
		if m.surrogate != nil {
			in.Base = forwardBase(&w.base, m.surrogate, b, x.Rows, keys != nil)
		}
		b.Tau = w.tau.Forward(m.params[m.tauAt:m.auxAt], in, keys)
		if m.shift != 0 {
			floats.AddConst(m.shift, b.Tau)
		}
	}
	if m.aux != nil {
		b.Aux = w.aux.Forward(m.params[m.auxAt:], x, keys)
		b.aux = len(b.Aux) / max(1, x.Rows)
	}
	b.Loss = numeric.Zeroed(b.Loss, x.Rows)
}
