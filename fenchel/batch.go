package fenchel

import (
	"runtime"
	"sync"

	"gonum.org/v1/gonum/mat"
)

// Batch applies a loss to every row of a matrix of scores, one example each.
// Rows do not depend on each other: the results have the same bits as row by
// row, for any number of workers. Nothing is allocated, once warm. An error is
// a *RowError of the first row at fault; the other rows are then undefined.
type Batch struct {
	Of Loss
	// Workers is the number of goroutines; 0 stands for GOMAXPROCS. Small
	// batches use fewer.
	Workers int
}

// Argmax overwrites the rows of p, which may be scores, with the regularised
// argmax, and values, which may be nil, with the conjugates.
func (b Batch) Argmax(values []float64, p, scores *mat.Dense) error {
	same("Argmax", scores, p)
	return b.run(job{do: argmaxRow, values: values, dst: p, scores: scores})
}

// Loss overwrites losses with the loss of every row against that of targets,
// and the rows of grad, which may be nil or scores, with the gradients.
func (b Batch) Loss(losses []float64, grad, scores, targets *mat.Dense) error {
	same("Loss", scores, grad, targets)
	return b.run(job{do: lossRow, values: losses, dst: grad, scores: scores, other: targets})
}

// LabelLoss is Loss with the label of every row for its target. The loss must
// be Labelled.
func (b Batch) LabelLoss(losses []float64, grad, scores *mat.Dense, labels []int) error {
	same("LabelLoss", scores, grad)
	if n, _ := scores.Dims(); len(labels) != n {
		panic("fenchel: LabelLoss: wrong number of labels")
	}
	return b.run(job{do: labelRow, values: losses, dst: grad, scores: scores, labels: labels})
}

// JVP overwrites the rows of dst, which may be directions, with the Jacobians
// of Argmax at scores, whose argmax is p, times the directions.
func (b Batch) JVP(dst, p, scores, directions *mat.Dense) error {
	same("JVP", scores, dst, p, directions)
	return b.run(job{do: jvpRow, dst: dst, p: p, scores: scores, other: directions})
}

// Entropy overwrites values with the entropies of the rows of p.
func (b Batch) Entropy(values []float64, p *mat.Dense) {
	_ = b.run(job{do: entropyRow, values: values, scores: p}) // it has no errors
}

// same wants all matrices that are not nil to have the shape of scores.
func same(method string, scores *mat.Dense, others ...*mat.Dense) {
	r, c := scores.Dims()
	for _, m := range others {
		if m == nil {
			continue
		}
		if r2, c2 := m.Dims(); r != r2 || c != c2 {
			panic("fenchel: Batch." + method + ": matrices of different shapes")
		}
	}
}

// job is one call, with all that the rows need.
type job struct {
	loss                  Loss
	do                    func(j *job, i int) error
	values                []float64
	dst, scores, p, other *mat.Dense
	labels                []int
}

func row(m *mat.Dense, i int) []float64 {
	if m == nil {
		return nil
	}
	return m.RawRowView(i)
}

func (j *job) keep(i int, v float64) {
	if j.values != nil {
		j.values[i] = v
	}
}

func argmaxRow(j *job, i int) error {
	v, err := j.loss.Argmax(row(j.dst, i), row(j.scores, i))
	j.keep(i, v)
	return err
}

func lossRow(j *job, i int) error {
	v, err := j.loss.Loss(row(j.dst, i), row(j.scores, i), row(j.other, i))
	j.keep(i, v)
	return err
}

func labelRow(j *job, i int) error {
	v, err := j.loss.(Labelled).LabelLoss(row(j.dst, i), row(j.scores, i), j.labels[i])
	j.keep(i, v)
	return err
}

func jvpRow(j *job, i int) error {
	return j.loss.JVP(row(j.dst, i), row(j.p, i), row(j.scores, i), row(j.other, i))
}

func entropyRow(j *job, i int) error {
	j.keep(i, j.loss.Entropy(row(j.scores, i)))
	return nil
}

// team is the memory of one call, kept for the next.
type team struct {
	job   job
	wait  sync.WaitGroup
	parts []*part
}

// part is what one worker does: rows lo to hi.
type part struct {
	team   *team
	lo, hi int
	failed int
	err    error
	start  func() // run, as a value that need not be made again
}

func (p *part) run() {
	defer p.team.wait.Done()
	p.err = nil
	for i := p.lo; i < p.hi; i++ {
		if err := p.team.job.do(&p.team.job, i); err != nil {
			p.failed, p.err = i, err
			return
		}
	}
}

var teams = sync.Pool{New: func() any { return new(team) }}

// parallelFrom is the number of entries that pays for a goroutine.
const parallelFrom = 1 << 14

func (b Batch) run(j job) error {
	j.loss = b.Of
	n, cols := j.scores.Dims()
	if j.values != nil && len(j.values) != n {
		panic("fenchel: Batch: as many values as rows are needed")
	}
	workers := b.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = max(1, min(workers, n, n*cols/parallelFrom))
	t := teams.Get().(*team)
	t.job = j
	for len(t.parts) < workers {
		p := &part{team: t}
		p.start = p.run
		t.parts = append(t.parts, p)
	}
	t.wait.Add(workers)
	for w, p := range t.parts[:workers] {
		p.lo, p.hi = w*n/workers, (w+1)*n/workers
		if w > 0 {
			go p.start()
		}
	}
	t.parts[0].run()
	t.wait.Wait()
	var err error
	for _, p := range t.parts[:workers] {
		if p.err != nil {
			err = &RowError{p.failed, p.err}
			break
		}
	}
	t.job = job{}
	teams.Put(t)
	return err
}
