package permutations

import "math"

// alongRows sends the messages right_ij = a_ij/2 - log sum_{j' != j} exp(a_ij'/2
// + left_ij'), and leaves the beliefs of the rows, which sum to 1 in each, in
// logP.
func (b *bethe) alongRows() {
	k := b.k
	for i := range k {
		for j := range k {
			b.line[j] = b.a[i*k+j]/2 + b.left[i*k+j]
		}
		b.leaveOneOut()
		for j := range k {
			b.right[i*k+j] = b.a[i*k+j]/2 - b.others[j]
			b.logP[i*k+j] = -softplus(b.others[j] - b.line[j])
		}
	}
}

func (b *bethe) alongColumns() {
	k := b.k
	for j := range k {
		for i := range k {
			b.line[i] = b.a[i*k+j]/2 + b.right[i*k+j]
		}
		b.leaveOneOut()
		for i := range k {
			b.left[i*k+j] = b.a[i*k+j]/2 - b.others[i]
		}
	}
}

// leaveOneOut fills others[j] with log sum_{j' != j} exp line[j'].
func (b *bethe) leaveOneOut() { leaveOneOut(b.others, b.line) }

func leaveOneOut(others, line []float64) {
	top := 0
	for j, x := range line {
		if x > line[top] {
			top = j
		}
	}
	second := math.Inf(-1)
	for j, x := range line {
		if j != top {
			second = max(second, x)
		}
	}
	rest, sum := 0.0, 1.0 // relative to the second and the largest
	for j, x := range line {
		if j != top {
			rest += math.Exp(x - second)
			others[j] = math.Exp(x - line[top])
			sum += others[j]
		}
	}
	for j := range line {
		if j != top {
			others[j] = line[top] + math.Log(sum-others[j])
		}
	}
	others[top] = second + math.Log(rest)
}

// softplus is log(1 + e^v) without overflow.
func softplus(v float64) float64 { return max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))) }
