package structured

// mark remembers parameters, optimiser state and the memory of examples, for
// rollback.
func (t *Trainer[Y]) mark() {
	if t.memory != nil {
		t.memory.mark()
	}
	t.before = append(t.before[:0], t.model.params...)
	for _, g := range t.groups {
		for _, v := range g.stepper.State() {
			t.before = append(t.before, v...)
		}
	}
}

// rollback takes back the steps since mark.
func (t *Trainer[Y]) rollback() {
	if t.memory != nil {
		t.memory.rollback()
	}
	from := t.before[copy(t.model.params, t.before):]
	t.steps = 0
	if n := len(t.history.Epochs); n > 0 {
		t.steps = t.history.Epochs[n-1].Steps
	}
	for _, g := range t.groups {
		for _, v := range g.stepper.State() {
			from = from[copy(v, from):]
		}
		g.stepper.SetSteps(t.steps)
	}
}
