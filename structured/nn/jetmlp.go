package nn

// perceptronJet is the memory of a perceptron's jets.
type perceptronJet struct {
	in     jetInput
	hidden []jetUnits
	out    []float64
	g      [2][]float64
}

func (t *perceptronTape) JetOrder() int {
	if len(t.net.layers) == 1 {
		return 2
	}
	return t.net.act.jetOrder()
}

func (t *perceptronTape) ForwardJet(params []float64, x Jet, order int) Jet {
	n, j := t.net, &t.jet
	mustHave(params, n.params)
	j.in.begin(x, n.In(), order, t.JetOrder())
	resize(&j.hidden, len(n.layers)-1)
	stacks := j.in.stacks()
	var below []float64
	for i, l := range n.layers {
		dst := resize(&j.out, stacks*l.out)
		if i < len(j.hidden) {
			dst = j.hidden[i].resize(n.act, x.Rows*l.out, order)
		}
		if i == 0 {
			j.in.forward(l, params, dst)
		} else {
			l.forwardJet(params, dst, below, x.Rows, stacks)
		}
		if i < len(j.hidden) {
			j.hidden[i].forward(n.act, x.Rows*l.out, order)
			below = j.hidden[i].a
		}
	}
	return j.in.split(j.out, n.Out())
}

func (t *perceptronTape) BackwardJet(params, grad []float64, dOut, dIn Jet) {
	n, j := t.net, &t.jet
	mustHave(params, n.params)
	if grad != nil {
		mustHave(grad, n.params)
	}
	rows, stacks, order := j.in.x.Rows, j.in.stacks(), j.in.order
	last := len(n.layers) - 1
	g := resize(&j.g[(last+1)%2], stacks*n.Out())
	j.in.stack(g, dOut, n.Out())
	for i := last; i > 0; i-- {
		l, h := n.layers[i], &j.hidden[i-1]
		if grad != nil {
			l.backwardJet(grad, h.a, g, rows, stacks)
		}
		below := resize(&j.g[i%2], stacks*l.in)
		l.backwardRows(params, below, g, stacks, false)
		h.backward(n.act, below, rows*l.in, order)
		g = below
	}
	j.in.backward(n.layers[0], params, grad, g, dIn)
}
