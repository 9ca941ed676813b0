//go:build !purego

#include "textflag.h"

// A set has 128 bytes, 16 numbers in two vectors; so has a label in a row.

// func sumOverSubsetsAVX512(f, row *float64, sets *uint32, n int)
TEXT ·sumOverSubsetsAVX512(SB), NOSPLIT, $0-32
	MOVQ f+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ sets+16(FP), DX
	MOVQ n+24(FP), CX

set:
	MOVL   (DX), R8
	MOVQ   R8, R9 // labels to go
	VXORPD X0, X0, X0
	VXORPD X1, X1, X1

label:
	TZCNTQ  R9, R10
	BLSIQ   R9, R11
	XORQ    R8, R11
	SHLQ    $7, R10
	SHLQ    $7, R11
	VMOVUPD (SI)(R10*1), Z2
	VMOVUPD 64(SI)(R10*1), Z3
	VMULPD  (DI)(R11*1), Z2, Z2
	VMULPD  64(DI)(R11*1), Z3, Z3
	VADDPD  Z2, Z0, Z0
	VADDPD  Z3, Z1, Z1
	BLSRQ   R9, R9
	JNZ     label
	SHLQ    $7, R8
	VMOVUPD Z0, (DI)(R8*1)
	VMOVUPD Z1, 64(DI)(R8*1)
	ADDQ    $4, DX
	DECQ    CX
	JNZ     set
	VZEROUPPER
	RET

// func sumOverSupersetsAVX512(after, at, f, row *float64, full uint32, sets *uint32, n int)
TEXT ·sumOverSupersetsAVX512(SB), NOSPLIT, $0-56
	MOVQ after+0(FP), DI
	MOVQ at+8(FP), AX
	MOVQ f+16(FP), BX
	MOVQ row+24(FP), SI
	MOVL full+32(FP), R12
	MOVQ sets+40(FP), DX
	MOVQ n+48(FP), CX

set:
	MOVL    (DX), R8
	MOVQ    R12, R9
	XORQ    R8, R9 // labels to go
	MOVQ    R8, R13
	SHLQ    $7, R13
	VMOVUPD (BX)(R13*1), Z4
	VMOVUPD 64(BX)(R13*1), Z5
	VXORPD  X0, X0, X0
	VXORPD  X1, X1, X1

label:
	TZCNTQ  R9, R10
	BLSIQ   R9, R11
	ORQ     R8, R11
	SHLQ    $7, R10
	SHLQ    $7, R11
	VMOVUPD (DI)(R11*1), Z2
	VMOVUPD 64(DI)(R11*1), Z3
	VMULPD  (SI)(R10*1), Z2, Z6
	VMULPD  64(SI)(R10*1), Z3, Z7
	VADDPD  Z6, Z0, Z0
	VADDPD  Z7, Z1, Z1
	VMULPD  Z4, Z2, Z2
	VMULPD  Z5, Z3, Z3
	VADDPD  (AX)(R10*1), Z2, Z2
	VADDPD  64(AX)(R10*1), Z3, Z3
	VMOVUPD Z2, (AX)(R10*1)
	VMOVUPD Z3, 64(AX)(R10*1)
	BLSRQ   R9, R9
	JNZ     label
	VMOVUPD Z0, (DI)(R13*1)
	VMOVUPD Z1, 64(DI)(R13*1)
	ADDQ    $4, DX
	DECQ    CX
	JNZ     set
	VZEROUPPER
	RET
