//go:build !purego

package kernel

func permanentSums(f, c, m *float64, from, to, high int) {
	permanentSumsAVX512(f, c, m, from, to, high)
}

func permanentMasses(after, f, c, m, mass *float64, from, to, k int) {
	permanentMassesAVX512(after, f, c, m, mass, from, to, k)
}

//go:noescape
func permanentSumsAVX512(f, c, m *float64, from, to, high int)

//go:noescape
func permanentMassesAVX512(after, f, c, m, mass *float64, from, to, k int)
