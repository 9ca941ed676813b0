package nn

import (
	"iter"
	"math"

	"gonum.org/v1/gonum/mat"
)

// moments accumulates weighted means and squared deviations of columns, of
// which only the values that are not zero need be given,
//
//	W' = W + w,   m' = m + (v - m) w / W',   S' = S + w (v - m) (v - m'),
//
// for v less the first value of the column, which keeps the digits of a small
// variation about a large mean, and in units of a power of two near the largest
// value, so that squares neither overflow nor vanish. The weights of all rows
// sum to 1.
type moments struct {
	rows   int         // rows of positive weight
	column []colMoment // by column
}

type colMoment struct {
	largest      float64 // of the absolute values
	unit         float64 // 1 over the unit of what follows; 0 if not yet known
	first        float64 // the first value
	seen         int     // values given
	weight       float64 // W
	mean, square float64 // m and S
}

func newMoments(cols int) *moments { return &moments{column: make([]colMoment, cols)} }

// measure must see every value before add sees the first.
func (m *moments) measure(j int, v float64) {
	c := &m.column[j]
	c.largest = max(c.largest, math.Abs(v))
}

func (m *moments) add(j int, v, w float64) {
	c := &m.column[j]
	if c.unit == 0 {
		_, e := math.Frexp(c.largest)
		c.unit = math.Ldexp(1, -min(max(e, -1000), 1000)) // itself neither 0 nor infinite
		c.first = v * c.unit
	}
	v = v*c.unit - c.first
	before := v - c.mean
	c.seen++
	c.weight += w
	c.mean += before * (w / c.weight)
	c.square += w * before * (v - c.mean)
}

// of returns the mean and the standard deviation of column j, whose rows that
// were not given are zeros of weight 1 - W:
//
//	mean = W m,   variance = S + W (1 - W) m^2.
func (m *moments) of(j int) (mean, deviation float64) {
	c := &m.column[j]
	if c.seen == 0 {
		return 0, 0
	}
	w, zeros := c.weight, 0.0
	if c.seen < m.rows {
		zeros = max(1-w, 0)
	}
	mean = c.first + c.mean
	variance := c.square / (w + zeros)
	if zeros > 0 {
		variance += mean * mean * (w / (w + zeros)) * (zeros / (w + zeros))
		mean *= w / (w + zeros)
	}
	return min(max(mean/c.unit, -math.MaxFloat64), math.MaxFloat64), min(math.Sqrt(variance)/c.unit, math.MaxFloat64)
}

// weightedRow is a row of a matrix; values[p] is in column(p).
type weightedRow struct {
	index   int
	weight  float64
	values  []float64
	columns []int32 // nil for 0, 1, 2, ...
}

func (r weightedRow) column(p int) int {
	if r.columns == nil {
		return p
	}
	return int(r.columns[p])
}

func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// weightedRows yields the rows of positive weight. The values are valid until
// the next row.
func weightedRows(x mat.Matrix, weights []float64) iter.Seq[weightedRow] {
	rows, cols := x.Dims()
	return func(yield func(weightedRow) bool) {
		csr, sparse := x.(*CSR)
		var buffer []float64
		if !sparse {
			buffer = make([]float64, cols)
		}
		for i := range rows {
			r := weightedRow{index: i, weight: weightOf(weights, i)}
			switch {
			case r.weight == 0:
				continue
			case sparse:
				from, to := csr.Offsets[i], csr.Offsets[i+1]
				r.values, r.columns = csr.Values[from:to], csr.Columns[from:to]
			default:
				r.values = mat.Row(buffer, i, x)
			}
			if !yield(r) {
				return
			}
		}
	}
}
