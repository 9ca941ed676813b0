package structured

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"strconv"

	"github.com/gibbs-ebm/gibbs/internal/codec"
	"github.com/gibbs-ebm/gibbs/internal/safetensors"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Models and checkpoints are safetensors files: a JSON header and flat
// float64 tensors, readable from other languages, for example by
// safetensors.numpy.load_file in Python. Reading one never makes more than
// parameters of declared and checked sizes, whatever the file says.
//
//	network   the parameters of h
//	own       the coupling's parameters
//	tau       the parameters of tau
//	aux       the parameters of a network of the objective's own
//	mean, scale   of the standardised features, where they are
//
// and texts about them: format, features, examples, history, tau_shift (see
// Model.Shifted), and what the caller adds.

const (
	modelFormat      = "gibbs model 1"
	checkpointFormat = "gibbs checkpoint 1"
)

// plain writes structs with infinities in them.
var plain = codec.New()

// ErrFormat is the cause of errors about files that are not what is expected.
var ErrFormat = errors.New("structured: not a file of this kind, or of an unknown version")

// Save writes the model's parameters, with texts of the caller's choice about
// them. Together with the configuration it was trained with, they are the
// model: see Restore. Packages of a space offer a Save that writes the
// configuration too.
func (m *Model[Y]) Save(w io.Writer, about map[string]string) error {
	history, err := plain.Encode(m.history)
	if err != nil {
		return err
	}
	meta := maps.Clone(about)
	if meta == nil {
		meta = map[string]string{}
	}
	meta["format"] = modelFormat
	meta["features"], meta["examples"] = strconv.Itoa(m.features), strconv.Itoa(m.examples)
	meta["history"] = string(history)
	if m.shift != 0 {
		meta["tau_shift"] = strconv.FormatFloat(m.shift, 'g', -1, 64)
	}
	f := &safetensors.File{Metadata: meta, Tensors: m.tensors(m.params, "")}
	_, err = f.WriteTo(w)
	return err
}

// tensors are the parameters by part, and the standardisation.
func (m *Model[Y]) tensors(params []float64, prefix string) []safetensors.Tensor {
	out := []safetensors.Tensor{
		vector(prefix+"network", params[:m.own]),
		vector(prefix+"own", params[m.own:m.tauAt]),
		vector(prefix+"tau", params[m.tauAt:m.auxAt]),
		vector(prefix+"aux", params[m.auxAt:m.end]),
	}
	if m.std != nil {
		out = append(out, vector(prefix+"mean", m.std.Mean), vector(prefix+"scale", m.std.Scale))
	}
	return out
}

func vector(name string, v []float64) safetensors.Tensor {
	return safetensors.Tensor{Name: name, Shape: []int{len(v)}, Data: safetensors.F64(v)}
}

// Stored is a model as read from a file, before it has been given its
// configuration.
type Stored struct {
	file               *safetensors.File
	features, examples int
	shift              float64 // of tau
	history            History
}

// ReadStored reads what Save wrote. maxBytes bounds the parameters; 0 stands
// for 4 GiB. Damage to the file is an error, found by its checksum.
func ReadStored(r io.Reader, maxBytes int64) (*Stored, error) {
	f, err := safetensors.Read(r, safetensors.Limits{MaxDataBytes: maxBytes, RequireChecksums: true})
	if err != nil {
		return nil, err
	}
	if f.Metadata["format"] != modelFormat {
		return nil, fmt.Errorf("%w: format %q, want %q", ErrFormat, f.Metadata["format"], modelFormat)
	}
	s := &Stored{file: f}
	for name, dst := range map[string]*int{"features": &s.features, "examples": &s.examples} {
		if *dst, err = strconv.Atoi(f.Metadata[name]); err != nil || *dst < 0 {
			return nil, fmt.Errorf("%w: %s %q", ErrFormat, name, f.Metadata[name])
		}
	}
	if text, ok := f.Metadata["tau_shift"]; ok {
		if s.shift, err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(s.shift) || math.IsInf(s.shift, 0) {
			return nil, fmt.Errorf("%w: tau_shift %q", ErrFormat, text)
		}
	}
	if err := plain.Decode([]byte(f.Metadata["history"]), &s.history); err != nil {
		return nil, fmt.Errorf("%w: history: %w", ErrFormat, err)
	}
	if b := s.history.BestEpoch; b < 0 || b > len(s.history.Epochs) {
		return nil, fmt.Errorf("%w: best epoch %d of %d", ErrFormat, b, len(s.history.Epochs))
	}
	return s, nil
}

// About returns the texts in the file.
func (s *Stored) About() map[string]string { return maps.Clone(s.file.Metadata) }

// NumParams is the number of parameters in the file.
func (s *Stored) NumParams() int {
	n := 0
	for _, name := range []string{"network", "own", "tau", "aux"} {
		if t, ok := s.file.Tensor(name); ok {
			n += t.Data.Len()
		}
	}
	return n
}

// Restore returns the model, given the configuration it was trained with; of
// that, what concerns only training does not matter. The restored model has
// the same bits, and gives the same answers.
func Restore[Y any](s *Stored, cfg Config[Y]) (*Model[Y], error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	m, err := newModel(cfg, s.features, s.examples)
	if err != nil {
		return nil, err
	}
	if m.params, err = readParams(s.file, &m, ""); err != nil {
		return nil, err
	}
	if _, ok := s.file.Tensor("mean"); ok {
		std := &nn.Standardizer{}
		if std.Mean, err = s.file.F64("mean", m.features); err != nil {
			return nil, err
		}
		if std.Scale, err = s.file.F64("scale", m.features); err != nil {
			return nil, err
		}
		if err := std.Validate(); err != nil {
			return nil, err
		}
		m.std = std
	}
	m.history, m.shift = s.history, s.shift
	return &m, nil
}

// readParams reads the parameters of m; the sizes in the file must be those of
// the configuration.
func readParams[Y any](f *safetensors.File, m *Model[Y], prefix string) ([]float64, error) {
	var params []float64
	for _, part := range []struct {
		name string
		n    int
	}{{"network", m.own}, {"own", m.tauAt - m.own}, {"tau", m.auxAt - m.tauAt}, {"aux", m.end - m.auxAt}} {
		v, err := f.F64(prefix+part.name, part.n)
		if err != nil {
			return nil, fmt.Errorf("the file does not fit the configuration: %w", err)
		}
		params = append(params, v...)
	}
	return params, nil
}
