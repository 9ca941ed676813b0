//go:build purego || !amd64

package kernel

// lookups reports whether there are vector instructions for the functions
// below, which are not called otherwise.
func lookups() bool { return false }

func weighs() bool { return false }

func weighBits(*[16]float64, *uint64, *float64, int, uint64) { panic("kernel: no assembly") }

func subsetSums(dst, x *float64, _ int)                            { panic("kernel: no assembly") }
func bitSums(*float64, *uint64, *float64, int, int)                { panic("kernel: no assembly") }
func transpose(dst, src *[64]uint64)                               { panic("kernel: no assembly") }
func selectBits(dst, x *float64, _ uint64, _ int)                  { panic("kernel: no assembly") }
func randomWords(_ *uint64, at, stride uint64, _ int)              { panic("kernel: no assembly") }
func randomBits(*uint64, *Thresholds, uint64, uint64, uint64, int) { panic("kernel: no assembly") }

func sumOverSubsets(f, row *float64, sets *uint32, _ int) { panic("kernel: no assembly") }
func sumOverSupersets(g, at, f, row *float64, _ uint32, sets *uint32, _ int) {
	panic("kernel: no assembly")
}
