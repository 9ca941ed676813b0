//go:build purego || (!amd64 && !arm64)

package kernel

func available() []level { return []level{portable} }

func (p *panel) run(*workspace)         { panic("kernel: no assembly") }
func (q *packing) copyRows(geometry)    { panic("kernel: no assembly") }
func (q *packing) copyColumns(geometry) { panic("kernel: no assembly") }
