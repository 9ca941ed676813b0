package kernel

// Sums over the chains of subsets, for SubsetLanes problems side by side: number
// l of set t is at t·SubsetLanes + l, and that of label i in a row likewise.
// Products and sums are rounded one by one, in the order of labels, and those of
// at in the order of sets: lane by lane they are the loops
//
//	f[t]  = sum over i in t of row[i] f[t-i]
//	g[t]  = sum over i not in t of row[i] g[t+i],   at[i] += f[t] g[t+i]
//
// in float64, to the last bit where the compiler does not fuse them.

// SubsetLanes is how many problems lie side by side.
const SubsetLanes = 16

// SubsetSumsInLanes reports whether there is assembly for SumOverSubsets and
// SumOverSupersets, which are not to be called otherwise.
func SubsetSumsInLanes() bool { return lookups() }

// SumOverSubsets sets f for the sets given, none of which is empty.
func SumOverSubsets(f, row []float64, sets []uint32) {
	for len(sets) > 0 {
		n := min(len(sets), preempt/8)
		sumOverSubsets(&f[0], &row[0], &sets[0], n)
		sets = sets[n:]
	}
}

// SumOverSupersets sets g and adds to at for the sets given, none of which is
// full.
func SumOverSupersets(g, at, f, row []float64, full uint32, sets []uint32) {
	for len(sets) > 0 {
		n := min(len(sets), preempt/8)
		sumOverSupersets(&g[0], &at[0], &f[0], &row[0], full, &sets[0], n)
		sets = sets[n:]
	}
}
