package datasets

import (
	"strconv"
	"strings"
)

// parseMEKA splits a relation name as MEKA writes it,
//
//	name: -C n [other options]
//
// into the name and n: the first n attributes are labels, or the last -n if n
// is negative. ok is false if the relation has no such option.
func parseMEKA(relation string) (name string, n int, ok bool) {
	colon := strings.LastIndexByte(relation, ':')
	if colon < 0 {
		return relation, 0, false
	}
	options := strings.Fields(relation[colon+1:])
	for i := 0; i+1 < len(options); i++ {
		if options[i] != "-C" {
			continue
		}
		if n, err := strconv.Atoi(options[i+1]); err == nil && n != 0 {
			return relation[:colon], n, true
		}
	}
	return relation, 0, false
}

// formatMEKA is a relation name that says that the last k attributes are
// labels.
func formatMEKA(name string, k int) string {
	return name + ": -C -" + strconv.Itoa(k)
}
