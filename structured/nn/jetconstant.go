package nn

import "github.com/gibbs-ebm/gibbs/internal/kernel"

// constantJet is the memory of a constant's jets.
type constantJet struct {
	in  jetInput
	out []float64
}

func (t *constantTape) JetOrder() int { return 2 }

func (t *constantTape) ForwardJet(params []float64, x Jet, order int) Jet {
	j, out := &t.jet, t.net.out
	mustHave(params, out)
	j.in.begin(x, t.net.in, order, 2)
	resize(&j.out, j.in.stacks()*out)
	kernel.SpreadRow(j.out[:x.Rows*out], out, params, x.Rows)
	clear(j.out[x.Rows*out:])
	return j.in.split(j.out, out)
}

func (t *constantTape) BackwardJet(params, grad []float64, dOut, dIn Jet) {
	j, out := &t.jet, t.net.out
	mustHave(params, out)
	if grad != nil && dOut.Value != nil {
		mustHave(grad, out)
		mustHave(dOut.Value, j.in.x.Rows*out)
		kernel.SumRows(grad, dOut.Value, out, j.in.x.Rows)
	}
	clear(dIn.Shared)
	clear(dIn.Value)
	clear(dIn.First)
	clear(dIn.Second)
}
