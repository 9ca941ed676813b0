package nn

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// Precision is what something is computed in.
type Precision int

const (
	// Auto is what the setting of this type says.
	Auto Precision = iota
	// Double is float64.
	Double
	// Single is float32, and float64 for the sums of pieces. Numbers given and
	// returned, parameters and gradients are float64 with either.
	Single
)

var precisionNames = [...]string{Auto: "Auto", Double: "Double", Single: "Single"}

// Valid reports whether it is one of the constants.
func (p Precision) Valid() bool { return p >= 0 && int(p) < len(precisionNames) }

// String is the name of the constant.
func (p Precision) String() string {
	if !p.Valid() {
		return fmt.Sprintf("Precision(%d)", int(p))
	}
	return precisionNames[p]
}

// MarshalText writes the name of the constant.
func (p Precision) MarshalText() ([]byte, error) {
	if !p.Valid() {
		return nil, fmt.Errorf("nn: there is no %s", p)
	}
	return []byte(precisionNames[p]), nil
}

// UnmarshalText reads what MarshalText writes.
func (p *Precision) UnmarshalText(text []byte) error {
	for i, name := range precisionNames {
		if string(text) == name {
			*p = Precision(i)
			return nil
		}
	}
	return fmt.Errorf("nn: there is no precision %q", text)
}

// arithmetic is that of the products of a network, for which Auto is Double.
func (p Precision) arithmetic() kernel.Arithmetic {
	if p == Single {
		return kernel.Float32
	}
	return kernel.Float64
}
