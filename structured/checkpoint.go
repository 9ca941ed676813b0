package structured

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/gibbs-ebm/gibbs/internal/safetensors"
)

// progress is the part of a checkpoint that is not tensors.
type progress struct {
	History  History
	Steps    int
	Bad      int
	Examples int
	Features int
	Seed     uint64
	Batch    int
	Groups   []groupProgress
}

type groupProgress struct{ Steps, Vectors int }

// Save writes a checkpoint: parameters, optimiser state, history and the best
// parameters so far, and what a Stateful objective remembers of the examples:
// ErrNoEncoding where the space is no Encoder. Resume continues from it as if
// there had been no break.
func (t *Trainer[Y]) Save(w io.Writer) error {
	p := progress{
		History: t.history, Steps: t.steps, Bad: t.bad, Examples: len(t.rows), Features: t.data.Features(),
		Seed: t.cfg.Seed, Batch: t.cfg.batchSize(),
	}
	f := &safetensors.File{Tensors: t.model.tensors(t.model.params, "")}
	if t.best != nil {
		f.Tensors = append(f.Tensors, vector("best", t.best))
	}
	for i, g := range t.groups {
		state := g.stepper.State()
		p.Groups = append(p.Groups, groupProgress{g.stepper.Steps(), len(state)})
		for j, v := range state {
			f.Tensors = append(f.Tensors, vector(stateName(i, j), v))
		}
	}
	if t.memory != nil {
		remembered, err := t.memory.tensors()
		if err != nil {
			return err
		}
		f.Tensors = append(f.Tensors, remembered...)
	}
	text, err := plain.Encode(p)
	if err != nil {
		return err
	}
	f.Metadata = map[string]string{"format": checkpointFormat, "progress": string(text)}
	_, err = f.WriteTo(w)
	return err
}

func stateName(group, vector int) string {
	return "optimizer." + strconv.Itoa(group) + "." + strconv.Itoa(vector)
}

// Resume makes a trainer that continues from a checkpoint, with the data and
// the configuration that the trainer was made with. Training on gives the same
// bytes as training without the break; only the number of Epochs may be raised,
// where the schedule does not depend on it. Data or settings that obviously
// differ are an error.
func Resume[Y any](r io.Reader, data Data[Y], cfg Config[Y]) (*Trainer[Y], error) {
	t, err := NewTrainer(data, cfg)
	if err != nil {
		return nil, err
	}
	f, err := safetensors.Read(r, safetensors.Limits{RequireChecksums: true})
	if err != nil {
		return nil, err
	}
	if f.Metadata["format"] != checkpointFormat {
		return nil, fmt.Errorf("%w: format %q, want %q", ErrFormat, f.Metadata["format"], checkpointFormat)
	}
	var p progress
	if err := plain.Decode([]byte(f.Metadata["progress"]), &p); err != nil {
		return nil, fmt.Errorf("%w: progress: %w", ErrFormat, err)
	}
	for _, c := range []struct {
		what      string
		want, got int
	}{
		{"examples", p.Examples, len(t.rows)}, {"features", p.Features, data.Features()},
		{"batch size", p.Batch, cfg.batchSize()}, {"optimiser groups", len(p.Groups), len(t.groups)},
	} {
		if c.want != c.got {
			return nil, &DimensionError{What: c.what + " of the checkpoint", Want: c.want, Got: c.got}
		}
	}
	if p.Seed != cfg.Seed {
		return nil, fmt.Errorf("structured: the checkpoint has seed %d, the configuration %d", p.Seed, cfg.Seed)
	}
	epochs := len(p.History.Epochs)
	if p.Steps < 0 || p.Bad < 0 || p.History.BestEpoch < 0 || p.History.BestEpoch > epochs {
		return nil, fmt.Errorf("%w: impossible progress", ErrFormat)
	}
	params, err := readParams(f, &t.model, "")
	if err != nil {
		return nil, err
	}
	copy(t.model.params, params)
	if p.History.BestEpoch > 0 {
		if t.best, err = f.F64("best", t.model.end); err != nil {
			return nil, err
		}
	}
	for i, g := range t.groups {
		state := g.stepper.State()
		if p.Groups[i].Vectors != len(state) || p.Groups[i].Steps < 0 {
			return nil, fmt.Errorf("%w: the checkpoint is of another optimiser", ErrFormat)
		}
		for j := range state {
			v, err := f.F64(stateName(i, j), len(state[j]))
			if err != nil {
				return nil, err
			}
			copy(state[j], v)
		}
		g.stepper.SetSteps(p.Groups[i].Steps)
	}
	if t.memory != nil {
		if err := t.memory.read(f); err != nil {
			return nil, err
		}
	}
	t.history, t.steps, t.bad = p.History, p.Steps, p.Bad
	if epochs > 0 {
		t.start = time.Now().Add(-time.Duration(p.History.Epochs[epochs-1].Seconds * float64(time.Second)))
	}
	return t, nil
}
