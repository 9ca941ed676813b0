package fenchel
import ("testing";"fmt";"syscall";"time";"math/rand/v2";"gonum.org/v1/gonum/mat")
func cpu() time.Duration { var r syscall.Rusage; syscall.Getrusage(syscall.RUSAGE_SELF,&r); return time.Duration(r.Utime.Nano()+r.Stime.Nano()) }
func TestZZ(t *testing.T){
	rng := rand.New(rand.NewPCG(1, 1))
	for _, f := range []Generator{Sparsemax, Tsallis{}, Softmax, Tsallis{Alpha:1.25}} {
		for _, scale := range []float64{1, 0.1, 0.01, 10} {
			x := mat.NewDense(1000, 1000, nil)
			for i := range x.RawMatrix().Data { x.RawMatrix().Data[i] = scale * rng.NormFloat64() }
			p := mat.NewDense(1000, 1000, nil)
			b := Batch{Of: Simplex{Of: f}, Workers: 1}
			l:=make([]float64,1000); y:=make([]int,1000)
			best := time.Hour; bl:=best
			for range 15 { s:=cpu(); b.Argmax(nil,p,x); best=min(best,cpu()-s);s=cpu(); b.LabelLoss(l,p,x,y); bl=min(bl,cpu()-s) }
			fmt.Println(f, scale, "argmax", best, "labelloss+grad", bl)
		}
	}
}
