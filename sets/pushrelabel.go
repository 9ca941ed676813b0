package sets

// flow is a network of nodes with residual capacities to each other and to the
// sink, and with the excess that the source has pushed into them.
type flow struct {
	n        int
	start    []int32
	to, back []int32
	cap      []float64
	sink     []float64
	excess   []float64

	height  []int32
	current []int32
	count   []int32 // nodes by height
	queue   []int32
	queued  []bool
}

// newFlow makes a network without capacities; a network of rows as those of
// quadratic.
func newFlow(n int, start, to, back []int32) *flow {
	return &flow{
		n: n, start: start, to: to, back: back, cap: make([]float64, len(to)), sink: make([]float64, n), excess: make([]float64, n),
		height: make([]int32, n), current: make([]int32, n), count: make([]int32, n+2), queued: make([]bool, n),
	}
}

// run finds a preflow of largest value by the push-relabel method (Goldberg,
// Tarjan 1988): excess moves down along residual arcs, first in first out, with
// heights taken anew from the distances to the sink after every n relabels, and
// nodes above a gap in the heights given up (Cherkassky, Goldberg 1997).
// O(n^3), usually much less. It is exact up to the rounding of capacities: a push
// either uses up the arc or the excess, to 0, so that rounding cannot keep it
// from ending. It returns which nodes can reach the sink: the sink's side of the
// minimum cut with the fewest nodes on it.
func (f *flow) run() (reaches []bool) {
	f.measure()
	work := 0
	for at := 0; at < len(f.queue); at++ {
		i := f.queue[at]
		f.queued[i] = false
		if f.excess[i] > 0 && int(f.height[i]) < f.top() {
			work += f.discharge(i)
		}
		if at > 4*f.n { // keep the queue short
			f.queue = append(f.queue[:0], f.queue[at+1:]...)
			at = -1
		}
		if work > f.n {
			work = 0
			f.measure()
			at = -1
		}
	}
	f.measure()
	reaches = make([]bool, f.n)
	for i, h := range f.height {
		reaches[i] = int(h) < f.top()
	}
	return reaches
}

// top is the height of nodes that cannot reach the sink.
func (f *flow) top() int { return f.n + 1 }

// measure sets the heights to the distances to the sink, and queues the nodes
// with excess.
func (f *flow) measure() {
	for i := range f.height {
		f.height[i] = int32(f.top())
	}
	clear(f.count)
	seen := f.queue[:0]
	for i, c := range f.sink {
		if c > 0 {
			f.height[i] = 1
			seen = append(seen, int32(i))
		}
	}
	for at := 0; at < len(seen); at++ {
		i := seen[at]
		h := f.height[i]
		f.count[h]++
		for a := f.start[i]; a < f.start[i+1]; a++ {
			if j := f.to[a]; int(f.height[j]) == f.top() && f.cap[f.back[a]] > 0 {
				f.height[j] = h + 1
				seen = append(seen, j)
			}
		}
	}
	f.queue = seen[:0]
	for i := range f.n {
		f.current[i], f.queued[i] = f.start[i], false
		if f.excess[i] > 0 && int(f.height[i]) < f.top() {
			f.push(int32(i))
		}
	}
}

func (f *flow) push(i int32) {
	if !f.queued[i] {
		f.queued[i] = true
		f.queue = append(f.queue, i)
	}
}

// discharge moves all excess of a node, lifting it as needed, and returns how
// often it was lifted.
func (f *flow) discharge(i int32) (lifted int) {
	for {
		if f.height[i] == 1 && f.sink[i] > 0 {
			if x := f.excess[i]; x <= f.sink[i] {
				f.sink[i] -= x
				f.excess[i] = 0
			} else {
				f.excess[i] -= f.sink[i]
				f.sink[i] = 0
			}
		}
		a, end := f.current[i], f.start[i+1]
		for ; a < end && f.excess[i] > 0; a++ {
			j := f.to[a]
			if f.cap[a] <= 0 || f.height[j]+1 != f.height[i] {
				continue
			}
			f.push(j)
			if x := f.excess[i]; x < f.cap[a] {
				f.cap[a] -= x
				f.cap[f.back[a]] += x
				f.excess[j] += x
				f.excess[i] = 0
				break // the arc is not used up
			}
			f.excess[i] -= f.cap[a]
			f.excess[j] += f.cap[a]
			f.cap[f.back[a]] += f.cap[a]
			f.cap[a] = 0
		}
		f.current[i] = a
		if f.excess[i] <= 0 {
			return lifted
		}
		if f.lift(i); int(f.height[i]) >= f.top() {
			return lifted + 1
		}
		lifted++
	}
}

// lift raises a node to one above the lowest that it has an arc to.
func (f *flow) lift(i int32) {
	old, least := f.height[i], int32(f.top())
	if f.sink[i] > 0 {
		least = 1
	}
	for a := f.start[i]; a < f.start[i+1]; a++ {
		if f.cap[a] > 0 {
			least = min(least, f.height[f.to[a]]+1)
		}
	}
	f.count[old]--
	if f.count[old] == 0 { // a gap: nothing above it reaches the sink
		for j, h := range f.height {
			if h > old && int(h) < f.top() {
				f.count[h]--
				f.height[j] = int32(f.top())
			}
		}
		least = int32(f.top())
	}
	f.height[i], f.current[i] = least, f.start[i]
	f.count[least]++
}
