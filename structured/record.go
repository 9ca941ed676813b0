package structured

// A Recorder is a coupling that can keep what it computed for scores, so that
// their gradient costs no second evaluation.
type Recorder[Y any] interface {
	Coupling[Y]
	// NewRecord returns memory for the scores of any number of structures, or
	// nil where nothing can be kept.
	NewRecord() Record[Y]
}

// Record is memory for scores that a gradient may follow. It is for one
// goroutine at a time.
type Record[Y any] interface {
	// Score is Coupling.Score, bit for bit. theta and ys belong to the record
	// until the next call.
	Score(dst []float64, theta Theta, ys []Y)
	// AddGrad is Coupling.AddGrad for what was scored last.
	AddGrad(grad Theta, weights []float64)
}
