package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staleAfter is when a temporary file is taken to be that of a killed process.
const staleAfter = 24 * time.Hour

// removeStale removes what killed processes left behind of the temporary files
// of target. It does so as far as it can: what stays does no harm but take
// space.
func removeStale(target string) {
	dir, base := filepath.Split(target)
	if dir == "" {
		dir = "."
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		number, ours := strings.CutPrefix(e.Name(), base+infix)
		if !ours || number == "" || strings.Trim(number, "0123456789") != "" || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > staleAfter {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
