package main

type options struct{ labels, samples []int; draws []draw }
func main() {}
