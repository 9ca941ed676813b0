package kernel

import (
	"testing"
)

// onEachLevel runs f with each set of instructions that the machine has.
func onEachLevel(t *testing.T, f func(t *testing.T)) {
	defer func(was level) { use = was }(use)
	for _, l := range levels {
		use = l
		t.Run(l.String(), f)
	}
}

// withFMA reports whether the level in use rounds as the definitions in
// math.FMA do.
func withFMA() bool { return use != portable }
