// The functions of vectors are written once for both instruction sets, in this
// file and those it includes. The one that includes this one defines, as its
// instructions have them,
//
//	V0 to V15                       the registers
//	WIDTH                           their size in bytes, 32 or 64
//	LOADK(k, x)                     x = k, a number of the table, in all lanes
//	LOADX(at, x)                    x = the float64 at, in all lanes
//	ADDK SUBK MULK ANDK(k, y, x)    x = y op k
//	FMAK(k, x, y)                   y = x·y + k
//	ADDMULK SUBMULK(k, x, y)        y = y ± k·x
//	SCALE(t, s, y)                  y = y·2^s, t = s + MAGIC
//	BLEND(by, a, b, x)              x = a where by has its sign set, else b
//	KEEP(how, a, b, x)              x = 0 unless a compares with b
//	TWICE                           if 8 numbers are two vectors
//	and the names of the functions.
//
// Lengths are multiples of 8. CX counts the bytes to go.

#include "numbers_amd64.h"

#define UNARY \
	MOVQ a+0(FP), DI \
	MOVQ b+8(FP), SI \
	MOVQ n+16(FP), CX \
	SHLQ $3, CX

#define NEXT(loop) \
	ADDQ $WIDTH, DI \
	ADDQ $WIDTH, SI \
	SUBQ $WIDTH, CX \
	JNZ  loop

// func relu(a, b *float64, n int): a = max(b, 0)
TEXT RELU(SB), NOSPLIT, $0-24
	UNARY
	VXORPD V0, V0, V0

loop:
	VMOVUPD (SI), V1
	VMAXPD  V1, V0, V1 // a NaN stays one
	VADDPD  V0, V1, V1 // -0 becomes 0
	VMOVUPD V1, (DI)
	NEXT(loop)
	VZEROUPPER
	RET

// func reluMask(a, b *float64, n int): a = 0 where b = 0
TEXT RELUMASK(SB), NOSPLIT, $0-24
	UNARY
	VXORPD V0, V0, V0

loop:
	VMOVUPD (SI), V1
	VMOVUPD (DI), V2
	KEEP($4, V1, V0, V2) // not equal or a NaN
	VMOVUPD V2, (DI)
	NEXT(loop)
	VZEROUPPER
	RET

// func multiply(a, b *float64, n int): a = a·b
TEXT MULTIPLY(SB), NOSPLIT, $0-24
	UNARY

loop:
	VMOVUPD (SI), V1
	VMULPD  (DI), V1, V1
	VMOVUPD V1, (DI)
	NEXT(loop)
	VZEROUPPER
	RET

// func maxOf(x *float64, n int, high *[8]float64)
//
// Raises high to x; a NaN in x makes the lane a NaN.
#define RAISE(at, high, bad) \
	VMOVUPD at(SI), V0 \
	VMAXPD  V0, high, high \
	VMOVAPD V0, V1 \
	KEEP($3, V0, V0, V1) \
	VORPD   V1, bad, bad

TEXT MAXOF(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	SHLQ $3, CX
	MOVQ high+16(FP), AX
	VMOVUPD (AX), V14
	VXORPD V12, V12, V12
#ifdef TWICE
	VMOVUPD WIDTH(AX), V13
	VXORPD V11, V11, V11
#endif

loop:
	RAISE(0, V14, V12)
#ifdef TWICE
	RAISE(WIDTH, V13, V11)
#endif
	ADDQ $64, SI
	SUBQ $64, CX
	JNZ  loop
	VADDPD  V12, V14, V14
	VMOVUPD V14, (AX)
#ifdef TWICE
	VADDPD  V11, V13, V13
	VMOVUPD V13, WIDTH(AX)
#endif
	VZEROUPPER
	RET

// func axpy(dst *float64, alpha float64, x *float64, n int)
TEXT AXPY(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	LOADX(alpha+8(FP), V15)
	MOVQ x+16(FP), SI
	MOVQ n+24(FP), CX
	SHLQ $3, CX

loop:
	VMOVUPD (SI), V0
	VFMADD213PD (DI), V15, V0
	VMOVUPD V0, (DI)
	NEXT(loop)
	VZEROUPPER
	RET

// func scale(x *float64, alpha float64, n int)
TEXT SCALEBY(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), DI
	LOADX(alpha+8(FP), V15)
	MOVQ n+16(FP), CX
	SHLQ $3, CX

loop:
	VMULPD (DI), V15, V0
	VMOVUPD V0, (DI)
	NEXT(loop)
	VZEROUPPER
	RET

// func dot(x, y *float64, n int, sum *[32]float64)
//
// Adds products to 32 sums, or where there are no 32 more to the first 8.
#define PRODUCT(at, acc) VMOVUPD at(SI), V0; VFMADD231PD at(DI), V0, acc

TEXT DOT(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), DI
	MOVQ y+8(FP), SI
	MOVQ n+16(FP), CX
	SHLQ $3, CX
	MOVQ sum+24(FP), AX
	VMOVUPD (AX), V8
	VMOVUPD WIDTH(AX), V9
	VMOVUPD 2*WIDTH(AX), V10
	VMOVUPD 3*WIDTH(AX), V11
#ifdef TWICE
	VMOVUPD 4*WIDTH(AX), V12
	VMOVUPD 5*WIDTH(AX), V13
	VMOVUPD 6*WIDTH(AX), V14
	VMOVUPD 7*WIDTH(AX), V15
#endif

loop32:
	CMPQ CX, $256
	JLT  loop8
	PRODUCT(0, V8)
	PRODUCT(WIDTH, V9)
	PRODUCT(2*WIDTH, V10)
	PRODUCT(3*WIDTH, V11)
#ifdef TWICE
	PRODUCT(4*WIDTH, V12)
	PRODUCT(5*WIDTH, V13)
	PRODUCT(6*WIDTH, V14)
	PRODUCT(7*WIDTH, V15)
#endif
	ADDQ $256, SI
	ADDQ $256, DI
	SUBQ $256, CX
	JMP  loop32

loop8:
	TESTQ CX, CX
	JZ    done
	PRODUCT(0, V8)
#ifdef TWICE
	PRODUCT(WIDTH, V9)
#endif
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $64, CX
	JMP  loop8

done:
	VMOVUPD V8, (AX)
	VMOVUPD V9, WIDTH(AX)
	VMOVUPD V10, 2*WIDTH(AX)
	VMOVUPD V11, 3*WIDTH(AX)
#ifdef TWICE
	VMOVUPD V12, 4*WIDTH(AX)
	VMOVUPD V13, 5*WIDTH(AX)
	VMOVUPD V14, 6*WIDTH(AX)
	VMOVUPD V15, 7*WIDTH(AX)
#endif
	VZEROUPPER
	RET

#include "exp_amd64.h"
#include "logistic_amd64.h"
#include "update_amd64.h"
