package nn

// An Optimizer describes how gradients change parameters. It is plain
// configuration; the zero value of each one in this package works. AdamW{} is
// the one to choose if in doubt.
//
// A setting of zero means its default. What can be switched off although its
// default is not zero says so: set it to Off.
type Optimizer interface {
	// Validate reports the first setting that makes no sense, if any.
	Validate() error
	// Start returns the state for as many parameters as decay is long. decay
	// says to which of them weight decay applies, as Network.Decay does; it
	// is not kept. The settings must be valid.
	Start(decay []bool) Stepper
}

// A Stepper changes parameters by gradients, one step after the other. It
// serves one goroutine at a time. What it does depends on its Optimizer, its
// State and Steps alone, so restoring the latter two resumes it bit for bit.
type Stepper interface {
	// Step moves params down the gradient grad, elementwise, and adds one to
	// Steps. scale multiplies the learning rate of this step, see Schedule.
	// grad is not changed. A grad that is not finite spoils params and State:
	// look at it first, as ClipNorm does. Step does not allocate.
	Step(params, grad []float64, scale float64)
	// State returns the vectors kept between steps, each as long as params,
	// in an order fixed per Optimizer; possibly none. They are shared: copy
	// them to save, overwrite them to restore.
	State() [][]float64
	// Steps is the number of steps so far.
	Steps() int
	// SetSteps restores Steps.
	SetSteps(steps int)
}

// A span is a run of parameters, from..to-1, that weight decay treats alike.
type span struct {
	from, to int
	decay    bool
}

// spans cuts the parameters into the longest runs with equal decay, so that
// the inner loops need no mask.
func spans(decay []bool) []span {
	var runs []span
	for i, d := range decay {
		if n := len(runs); n > 0 && runs[n-1].decay == d {
			runs[n-1].to = i + 1
		} else {
			runs = append(runs, span{from: i, to: i + 1, decay: d})
		}
	}
	return runs
}

// stepCounter is the part all steppers share.
type stepCounter struct{ steps int }

func (c *stepCounter) Steps() int { return c.steps }

func (c *stepCounter) SetSteps(steps int) {
	if steps < 0 {
		panic("nn: negative number of steps")
	}
	c.steps = steps
}
