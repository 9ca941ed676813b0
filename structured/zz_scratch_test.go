package structured_test
import ("testing";"math/rand/v2";"github.com/gibbs-ebm/gibbs/sets";"github.com/gibbs-ebm/gibbs/structured";"github.com/gibbs-ebm/gibbs/fenchel";"gonum.org/v1/gonum/mat";"fmt")
func BenchmarkZZ(b *testing.B){
 s,_:=sets.NewSpace(100, sets.BoundedSize{Max:5}); c,_:=sets.Unary{}.Bind(100); inf,_:=c.Infer(s)
 o,err:=structured.NewOracle(structured.Problem[sets.Set]{Space:s,Coupling:c,Inference:inf}); if err!=nil {b.Fatal(err)}
 rng:=rand.New(rand.NewPCG(1,1))
 for _,sc:=range []float64{3,1,0.1}{ for _,w:=range []int{1,2} { b.Run(fmt.Sprint(sc,w), func(b *testing.B){
  x,p:=mat.NewDense(1000,100,nil),mat.NewDense(1000,100,nil)
  for i:=range x.RawMatrix().Data {x.RawMatrix().Data[i]=sc*rng.NormFloat64()}
  bt:=fenchel.Batch{Of: fenchel.Squared{Onto: fenchel.SparseMAP{Of:o}}, Workers:w}
  for b.Loop(){ if err:=bt.Argmax(nil,p,x);err!=nil{b.Fatal(err)} }
 })}}
}
