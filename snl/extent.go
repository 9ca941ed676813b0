package snl

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// extentOf is the extent of any density: as it says, or the range of draws,
// made twice as wide.
func extentOf(d Density, low, high Point) (whole bool) {
	if e, ok := d.(Extended); ok {
		return e.Extent(low, high)
	}
	ys := makePoints(extentDraws, d.Dim())
	d.Sample(ys, stream.New(0))
	for j := range low {
		low[j], high[j] = math.Inf(1), math.Inf(-1)
		for _, y := range ys {
			low[j], high[j] = min(low[j], y[j]), max(high[j], y[j])
		}
		width := high[j] - low[j]
		low[j], high[j] = low[j]-width/2, high[j]+width/2
	}
	return false
}

// extentDraws is the number of draws that stand for a density that does not
// know its extent.
const extentDraws = 4096
