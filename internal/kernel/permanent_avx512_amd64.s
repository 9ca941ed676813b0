//go:build !purego

#include "textflag.h"

DATA reverse8<>+0(SB)/8, $7
DATA reverse8<>+8(SB)/8, $6
DATA reverse8<>+16(SB)/8, $5
DATA reverse8<>+24(SB)/8, $4
DATA reverse8<>+32(SB)/8, $3
DATA reverse8<>+40(SB)/8, $2
DATA reverse8<>+48(SB)/8, $1
DATA reverse8<>+56(SB)/8, $0
GLOBL reverse8<>(SB), RODATA|NOPTR, $64

// INDEX makes vectors that pick lanes 1 to 6.
#define INDEX \
	MOVQ $1, AX \
	VPBROADCASTQ AX, Z25 \
	MOVQ $2, AX \
	VPBROADCASTQ AX, Z26 \
	MOVQ $3, AX \
	VPBROADCASTQ AX, Z27 \
	MOVQ $4, AX \
	VPBROADCASTQ AX, Z28 \
	MOVQ $5, AX \
	VPBROADCASTQ AX, Z29 \
	MOVQ $6, AX \
	VPBROADCASTQ AX, Z30

// NEXT takes the lowest high label of R11: its place times 64, and 384 more, to
// BX, and the set R8 without it, times 64, to CX.
#define NEXT \
	BLSIQ R11, CX \
	TZCNTQ R11, BX \
	SHLQ $6, BX \
	XORQ R8, CX

// SOLVE makes sums in Z0 of what high labels contribute.
#define SOLVE \
	VBROADCASTSD X0, Z1 \
	VPERMPD Z0, Z25, Z2 \
	VPERMPD Z0, Z26, Z3 \
	VPERMPD Z0, Z27, Z4 \
	VPERMPD Z0, Z28, Z5 \
	VPERMPD Z0, Z29, Z6 \
	VPERMPD Z0, Z30, Z7 \
	VMULPD (R12), Z1, Z1 \
	VMULPD 64(R12), Z2, Z2 \
	VMULPD 128(R12), Z3, Z3 \
	VMULPD 192(R12), Z4, Z4 \
	VMULPD 256(R12), Z5, Z5 \
	VMULPD 320(R12), Z6, Z6 \
	VMULPD 384(R12), Z7, Z7 \
	VADDPD Z1, Z0, Z0 \
	VADDPD Z3, Z2, Z2 \
	VADDPD Z5, Z4, Z4 \
	VADDPD Z7, Z6, Z6 \
	VADDPD Z2, Z0, Z0 \
	VADDPD Z6, Z4, Z4 \
	VADDPD Z4, Z0, Z0

// func permanentSumsAVX512(f, c, m *float64, from, to, high int)
TEXT ·permanentSumsAVX512(SB), NOSPLIT, $0-48
	MOVQ f+0(FP), DI
	MOVQ c+8(FP), SI
	MOVQ m+16(FP), DX
	MOVQ from+24(FP), R8
	MOVQ to+32(FP), R9
	MOVQ high+40(FP), R10
	SHLQ $6, R8
	SHLQ $6, R9
	SHLQ $6, R10
	SUBQ R10, SI
	SUBQ $384, SI
	INDEX

block:
	MOVQ R8, R11
	POPCNTQ R8, R12
	MOVQ R12, R13
	IMULQ R10, R13
	ADDQ SI, R13
	IMULQ $448, R12
	ADDQ DX, R12
	VPXORQ Z0, Z0, Z0

label:
	NEXT
	VMOVUPD (DI)(CX*1), Z1
	VMULPD (R13)(BX*1), Z1, Z1
	VADDPD Z1, Z0, Z0
	BLSRQ R11, R11
	JNZ  label

	SOLVE
	VMOVUPD Z0, (DI)(R8*1)
	ADDQ $64, R8
	CMPQ R8, R9
	JLT  block
	VZEROUPPER
	RET

// LOW adds the mass of the steps that take a low label, from the sums of what
// follows in x.
#define LOW(x, place) \
	VMULPD Z31, x, x \
	VADDPD place(R10), x, x \
	VMOVUPD x, place(R10)

// func permanentMassesAVX512(after, f, c, m, mass *float64, from, to, k int)
TEXT ·permanentMassesAVX512(SB), NOSPLIT, $0-64
	MOVQ after+0(FP), DI
	MOVQ f+8(FP), SI
	MOVQ k+56(FP), CX
	MOVQ $64, AX
	SHLQ CX, AX
	SHRQ $3, AX
	ADDQ AX, SI
	SUBQ $64, SI           // the last block of f
	SHLQ $6, CX
	MOVQ CX, DX            // bytes of a row of mass
	MOVQ from+40(FP), R8
	MOVQ to+48(FP), R9
	SHLQ $6, R8
	SHLQ $6, R9
	INDEX
	MOVL $0xAA, AX
	KMOVB AX, K1
	MOVL $0xCC, AX
	KMOVB AX, K2
	MOVL $0xF0, AX
	KMOVB AX, K3
	VMOVDQU64 reverse8<>(SB), Z24

block:
	MOVQ R8, R11
	POPCNTQ R8, R12
	MOVQ R12, R10
	IMULQ DX, R10
	LEAQ -1(R12), R13
	LEAQ -192(DX), CX // bytes of a row of c
	IMULQ CX, R13
	ADDQ c+16(FP), R13
	SUBQ $384, R13
	ADDQ mass+32(FP), R10
	SUBQ $192, R10
	IMULQ $448, R12
	ADDQ m+24(FP), R12
	MOVQ SI, CX
	SUBQ R8, CX
	VPERMPD (CX), Z24, Z31
	VPXORQ Z0, Z0, Z0

label:
	NEXT
	VMOVUPD (DI)(CX*1), Z1
	VMULPD (R13)(BX*1), Z1, Z2
	VMULPD Z31, Z1, Z1
	VADDPD Z2, Z0, Z0
	VADDPD (R10)(BX*1), Z1, Z1
	VMOVUPD Z1, (R10)(BX*1)
	BLSRQ R11, R11
	JNZ  label

	SOLVE
	VMOVUPD Z0, (DI)(R8*1)
	VPERMILPD.Z $0x55, Z0, K1, Z1
	VPERMPD.Z $0x4E, Z0, K2, Z2
	VSHUFF64X2.Z $0x4E, Z0, Z0, K3, Z3
	LOW(Z1, 192)
	LOW(Z2, 256)
	LOW(Z3, 320)
	ADDQ $64, R8
	CMPQ R8, R9
	JLT  block
	VZEROUPPER
	RET
