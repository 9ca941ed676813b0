//go:build purego || (!amd64 && !arm64)

package kernel

func available() []level { return []level{portable} }

func (p *panel) run(*workspace)         { panic("kernel: no assembly") }
func (q *packing) copyRows(geometry)    { panic("kernel: no assembly") }
func (q *packing) copyColumns(geometry) { panic("kernel: no assembly") }

func singles() bool { return false }

func (p *panel32) run()           { panic("kernel: no assembly") }
func (q *packing) copyRows32()    { panic("kernel: no assembly") }
func (q *packing) copyColumns32() { panic("kernel: no assembly") }
