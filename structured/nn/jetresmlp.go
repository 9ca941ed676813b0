package nn

import "github.com/gibbs-ebm/gibbs/internal/kernel"

// residualJet is the memory of a residual perceptron's jets.
type residualJet struct {
	in          jetInput
	stream      [][]float64
	inner       []jetUnits
	out         []float64
	g, gin, top []float64
}

func (t *residualTape) JetOrder() int { return t.net.act.jetOrder() }

func (t *residualTape) ForwardJet(params []float64, x Jet, order int) Jet {
	n, j := t.net, &t.jet
	mustHave(params, n.params)
	j.in.begin(x, n.In(), order, t.JetOrder())
	resize(&j.stream, len(n.blocks)+1)
	resize(&j.inner, len(n.blocks))
	stacks := j.in.stacks()
	a := resize(&j.stream[0], stacks*n.first.out)
	j.in.forward(n.first, params, a)
	for i, b := range n.blocks {
		u := &j.inner[i]
		b.up.forwardJet(params, u.resize(n.act, x.Rows*b.up.out, order), a, x.Rows, stacks)
		u.forward(n.act, x.Rows*b.up.out, order)
		next := resize(&j.stream[i+1], stacks*b.down.out)
		b.down.forwardJet(params, next, u.a, x.Rows, stacks)
		kernel.Axpy(next, 1, a)
		a = next
	}
	n.last.forwardJet(params, resize(&j.out, stacks*n.last.out), a, x.Rows, stacks)
	return j.in.split(j.out, n.last.out)
}

func (t *residualTape) BackwardJet(params, grad []float64, dOut, dIn Jet) {
	n, j := t.net, &t.jet
	mustHave(params, n.params)
	if grad != nil {
		mustHave(grad, n.params)
	}
	rows, stacks, order := j.in.x.Rows, j.in.stacks(), j.in.order
	top := resize(&j.top, stacks*n.last.out)
	j.in.stack(top, dOut, n.last.out)
	g := resize(&j.g, stacks*n.last.in)
	if grad != nil {
		n.last.backwardJet(grad, j.stream[len(n.blocks)], top, rows, stacks)
	}
	n.last.backwardRows(params, g, top, stacks, false)
	for i := len(n.blocks) - 1; i >= 0; i-- {
		b, u := n.blocks[i], &j.inner[i]
		gin := resize(&j.gin, stacks*b.up.out)
		if grad != nil {
			b.down.backwardJet(grad, u.a, g, rows, stacks)
		}
		b.down.backwardRows(params, gin, g, stacks, false)
		u.backward(n.act, gin, rows*b.up.out, order)
		if grad != nil {
			b.up.backwardJet(grad, j.stream[i], gin, rows, stacks)
		}
		b.up.backwardRows(params, g, gin, stacks, true)
	}
	j.in.backward(n.first, params, grad, g, dIn)
}
