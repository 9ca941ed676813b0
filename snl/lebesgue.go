package snl

import "math/rand/v2"

// Lebesgue is the measure of volume, log q = 0 everywhere: the improper base of
// an energy that stands for itself, p(y) = exp g(y) / Z. It cannot be drawn
// from, so that training needs a proposal, and log Z is that of the energy in
// the user's units.
type Lebesgue struct{}

// Fit returns the form itself.
func (Lebesgue) Fit([]Point, []float64, uint64) (Form, error) { return Lebesgue{}, nil }

// Bind makes the measure on R^dim.
func (Lebesgue) Bind(dim int) (Density, error) {
	if err := checkDim(dim); err != nil {
		return nil, err
	}
	return lebesgue{dim}, nil
}

type lebesgue struct{ dim int }

var (
	_ GradDensity = lebesgue{}
	_ Extended    = lebesgue{}
)

func (l lebesgue) Dim() int { return l.dim }

// Sample is never called: a Space over it is structured.Improper.
func (lebesgue) Sample([]Point, *rand.Rand) { panic("snl: Lebesgue measure cannot be drawn from") }

func (lebesgue) LogDensity(dst []float64, ys []Point)     { clear(dst[:len(ys)]) }
func (lebesgue) GradLogDensity(dst []float64, ys []Point) { clear(dst) }

// Extent is where to start looking for what has no place of its own.
func (lebesgue) Extent(low, high Point) bool {
	for j := range low {
		low[j], high[j] = -8, 8
	}
	return false
}

// in measures volume in z: log q is 0 either way.
func (l lebesgue) in(coordinates) Density { return l }

// isImproper reports a base that is no probability.
func isImproper(d Density) bool {
	_, ok := d.(lebesgue)
	return ok
}
