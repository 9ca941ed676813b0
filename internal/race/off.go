//go:build !race

// Package race tells tests whether the race detector is on. With it, pools
// drop what is put into them now and then, so that allocations cannot be
// counted.
package race

// Enabled reports whether the race detector is on.
const Enabled = false
