//go:build purego || !amd64

package kernel

func subsetSums32(dst, x *float32, _ int)                         { panic("kernel: no assembly") }
func bitSums32(*float32, *uint64, *float32, int, int)             { panic("kernel: no assembly") }
func expSums32(x *float32, _ int, sum, squares *[Lanes32]float32) { panic("kernel: no assembly") }
