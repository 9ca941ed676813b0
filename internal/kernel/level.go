package kernel

// A level is a set of instructions that the functions of this package are
// written for.
type level int

const (
	portable level = iota // plain Go, products by gonum
	avx2                  // amd64 with AVX2 and FMA
	avx512                // amd64 with AVX-512 F, VL, DQ and BW
	neon                  // arm64; all but the products in plain Go with FMA
)

func (l level) String() string { return [...]string{"portable", "AVX2", "AVX512", "NEON"}[l] }

// levels are those that this machine has, the fastest first.
var levels = available()

// use is the level in use. Only tests change it.
var use = levels[0]

// A geometry is the shape of a tile of C in registers.
type geometry struct {
	rows, cols int
	lanes      int  // numbers to a vector
	masksB     bool // whether rows of B need not be whole vectors
}

var geometries = [...]geometry{
	avx2:   {4, 12, 4, false},
	avx512: {8, 24, 8, true},
	neon:   {4, 12, 4, false},
}
