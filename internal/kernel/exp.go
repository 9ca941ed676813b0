package kernel

import "math"

// Exp sets dst[i] to e^x[i]: within 1 unit in the last place (those of denormal
// numbers below e^-708), 0 from -745.2 down, +Inf where the result is beyond the
// largest float64, NaN where x is. Without vector instructions it is math.Exp,
// within 2 units and on amd64 +Inf from 709.44 on. dst may be x.
func Exp(dst, x []float64) { ExpSum(dst, x, 0) }

// ExpSum sets dst[i] to e^(x[i]-shift), as Exp does, and returns the sum. dst
// may be x. The order of summation depends on the length alone.
func ExpSum(dst, x []float64, shift float64) float64 {
	sameLength(dst, x)
	if len(x) == 0 {
		return 0
	}
	return expSums(dst, x, shift)
}

// SumExp is the sum of e^(x[i]-shift), bit for bit that of ExpSum.
func SumExp(x []float64, shift float64) float64 { return expSums(nil, x, shift) }

// LogSumExp is log sum_i e^x[i] without overflow; -Inf for no or only -Inf
// terms, NaN if one is.
func LogSumExp(x []float64) float64 {
	high := Max(x)
	if math.IsInf(high, 0) {
		return high
	}
	return high + math.Log(SumExp(x, high))
}

// expSums sums into as many lanes as a vector has, element i in lane i mod 8,
// and these two by two. dst may be nil.
func expSums(dst, x []float64, shift float64) float64 {
	if use == portable {
		return expSumsMath(dst, x, shift)
	}
	var sum [vector]float64
	if vectors() {
		for len(x) >= vector {
			n := min(len(x), preempt) &^ (vector - 1)
			var to *float64
			if dst != nil {
				to, dst = &dst[0], dst[n:]
			}
			expSum(to, &x[0], n, shift, &sum)
			x = x[n:]
		}
		if len(x) > 0 {
			tail := [vector]float64{}
			for i := range tail {
				tail[i] = math.Inf(-1) // whose exponential adds 0
			}
			copy(tail[:], x)
			expSum(&tail[0], &tail[0], vector, shift, &sum)
			copy(dst, tail[:len(x)])
		}
	} else {
		for i, v := range x {
			e := expFMA(v - shift)
			sum[i%vector] += e
			if dst != nil {
				dst[i] = e
			}
		}
	}
	return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]))
}

func expSumsMath(dst, x []float64, shift float64) float64 {
	sum := 0.0
	for i, v := range x {
		e := math.Exp(v - shift)
		sum += e
		if dst != nil {
			dst[i] = e
		}
	}
	return sum
}
