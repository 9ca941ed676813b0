//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Panels of up to 24 columns, 8 rows at a time: 24 accumulators in Z8 to Z31,
// row r of the tile in three of them. A step over the inner dimension loads a
// row of B in Z0, Z1, Z2 and, for each row of A, one number into Z3. The last
// vector of a row of B and of C is masked by K1.
//
// SI, R11   rows 0 and 4 of A     R8, R9   stride of its rows, times 3
// BX        row of B              R10      stride along a row of A
// DI, AX    rows 0 and 4 of C     R12, R13 stride of its rows, times 3
// CX        steps to go           DX       rows to go           R14  the panel

#define ROW1(at, x) VBROADCASTSD at, Z3; VFMADD231PD Z0, Z3, x
#define ROW2(at, x, y) ROW1(at, x); VFMADD231PD Z1, Z3, y
#define ROW3(at, x, y, z) ROW2(at, x, y); VFMADD231PD Z2, Z3, z

#define B1 VMOVUPD.Z (BX), K1, Z0
#define B2 VMOVUPD (BX), Z0; VMOVUPD.Z 64(BX), K1, Z1
#define B3 VMOVUPD (BX), Z0; VMOVUPD 64(BX), Z1; VMOVUPD.Z 128(BX), K1, Z2

#define GET1(at, x) VMOVUPD.Z at, K1, x
#define GET2(at, x, y) VMOVUPD at, x; VMOVUPD.Z 64 at, K1, y
#define GET3(at, x, y, z) VMOVUPD at, x; VMOVUPD 64 at, y; VMOVUPD.Z 128 at, K1, z

#define PUT1(at, x) VMOVUPD x, K1, at
#define PUT2(at, x, y) VMOVUPD x, at; VMOVUPD y, K1, 64 at
#define PUT3(at, x, y, z) VMOVUPD x, at; VMOVUPD y, 64 at; VMOVUPD z, K1, 128 at

#define ZERO1(x) VPXORQ x, x, x
#define ZERO2(x, y) ZERO1(x); ZERO1(y)
#define ZERO3(x, y, z) ZERO2(x, y); ZERO1(z)

#define BEGIN \
	MOVQ p+0(FP), R14 \
	MOVQ panel_c(R14), DI \
	MOVQ panel_cRow(R14), R12 \
	LEAQ (R12)(R12*2), R13 \
	MOVQ panel_a(R14), SI \
	MOVQ SI, panel_tile(R14) \
	MOVQ panel_aRow(R14), R8 \
	LEAQ (R8)(R8*2), R9 \
	MOVQ panel_aStep(R14), R10 \
	MOVQ panel_bRow(R14), R15 \
	MOVQ panel_rows(R14), DX \
	KMOVW panel_mask(R14), K1

// TILE points at the next tile: at most 8 rows of A and all of B.
#define TILE \
	MOVQ panel_tile(R14), SI \
	LEAQ (SI)(R8*4), R11 \
	LEAQ (DI)(R12*4), AX \
	MOVQ panel_b(R14), BX \
	MOVQ panel_steps(R14), CX

#define STEP \
	ADDQ R10, SI \
	ADDQ R10, R11 \
	ADDQ R15, BX \
	DECQ CX

// NEXT8 moves to the next block of A and rows of C; NEXT moves n rows on in
// the same block.
#define NEXT8 \
	MOVQ panel_aBlock(R14), SI \
	ADDQ SI, panel_tile(R14) \
	LEAQ (DI)(R12*8), DI \
	SUBQ $8, DX

#define NEXT(n) \
	LEAQ (R8*n), SI \
	ADDQ SI, panel_tile(R14) \
	LEAQ (DI)(R12*n), DI \
	SUBQ $n, DX

// func panel3AVX512(p *panel)
TEXT ·panel3AVX512(SB), NOSPLIT, $0-8
	BEGIN

rows8:
	CMPQ DX, $8
	JLT  rows4
	TILE
	CMPQ panel_add(R14), $0
	JNE  get8
	ZERO3(Z8, Z9, Z10)
	ZERO3(Z11, Z12, Z13)
	ZERO3(Z14, Z15, Z16)
	ZERO3(Z17, Z18, Z19)
	ZERO3(Z20, Z21, Z22)
	ZERO3(Z23, Z24, Z25)
	ZERO3(Z26, Z27, Z28)
	ZERO3(Z29, Z30, Z31)
	JMP  loop8

get8:
	GET3((DI), Z8, Z9, Z10)
	GET3((DI)(R12*1), Z11, Z12, Z13)
	GET3((DI)(R12*2), Z14, Z15, Z16)
	GET3((DI)(R13*1), Z17, Z18, Z19)
	GET3((AX), Z20, Z21, Z22)
	GET3((AX)(R12*1), Z23, Z24, Z25)
	GET3((AX)(R12*2), Z26, Z27, Z28)
	GET3((AX)(R13*1), Z29, Z30, Z31)

loop8:
	B3
	ROW3((SI), Z8, Z9, Z10)
	ROW3((SI)(R8*1), Z11, Z12, Z13)
	ROW3((SI)(R8*2), Z14, Z15, Z16)
	ROW3((SI)(R9*1), Z17, Z18, Z19)
	ROW3((R11), Z20, Z21, Z22)
	ROW3((R11)(R8*1), Z23, Z24, Z25)
	ROW3((R11)(R8*2), Z26, Z27, Z28)
	ROW3((R11)(R9*1), Z29, Z30, Z31)
	STEP
	JNZ  loop8
	PUT3((DI), Z8, Z9, Z10)
	PUT3((DI)(R12*1), Z11, Z12, Z13)
	PUT3((DI)(R12*2), Z14, Z15, Z16)
	PUT3((DI)(R13*1), Z17, Z18, Z19)
	PUT3((AX), Z20, Z21, Z22)
	PUT3((AX)(R12*1), Z23, Z24, Z25)
	PUT3((AX)(R12*2), Z26, Z27, Z28)
	PUT3((AX)(R13*1), Z29, Z30, Z31)
	NEXT8
	JMP  rows8

rows4:
	CMPQ DX, $4
	JLT  rows1
	TILE
	CMPQ panel_add(R14), $0
	JNE  get4
	ZERO3(Z8, Z9, Z10)
	ZERO3(Z11, Z12, Z13)
	ZERO3(Z14, Z15, Z16)
	ZERO3(Z17, Z18, Z19)
	JMP  loop4

get4:
	GET3((DI), Z8, Z9, Z10)
	GET3((DI)(R12*1), Z11, Z12, Z13)
	GET3((DI)(R12*2), Z14, Z15, Z16)
	GET3((DI)(R13*1), Z17, Z18, Z19)

loop4:
	B3
	ROW3((SI), Z8, Z9, Z10)
	ROW3((SI)(R8*1), Z11, Z12, Z13)
	ROW3((SI)(R8*2), Z14, Z15, Z16)
	ROW3((SI)(R9*1), Z17, Z18, Z19)
	STEP
	JNZ  loop4
	PUT3((DI), Z8, Z9, Z10)
	PUT3((DI)(R12*1), Z11, Z12, Z13)
	PUT3((DI)(R12*2), Z14, Z15, Z16)
	PUT3((DI)(R13*1), Z17, Z18, Z19)
	NEXT(4)

rows1:
	TESTQ DX, DX
	JZ   done
	TILE
	ZERO3(Z8, Z9, Z10)
	CMPQ panel_add(R14), $0
	JE   loop1
	GET3((DI), Z8, Z9, Z10)

loop1:
	B3
	ROW3((SI), Z8, Z9, Z10)
	STEP
	JNZ  loop1
	PUT3((DI), Z8, Z9, Z10)
	NEXT(1)
	JMP  rows1

done:
	VZEROUPPER
	RET

// func panel2AVX512(p *panel)
TEXT ·panel2AVX512(SB), NOSPLIT, $0-8
	BEGIN

rows8:
	CMPQ DX, $8
	JLT  rows4
	TILE
	CMPQ panel_add(R14), $0
	JNE  get8
	ZERO2(Z8, Z9)
	ZERO2(Z11, Z12)
	ZERO2(Z14, Z15)
	ZERO2(Z17, Z18)
	ZERO2(Z20, Z21)
	ZERO2(Z23, Z24)
	ZERO2(Z26, Z27)
	ZERO2(Z29, Z30)
	JMP  loop8

get8:
	GET2((DI), Z8, Z9)
	GET2((DI)(R12*1), Z11, Z12)
	GET2((DI)(R12*2), Z14, Z15)
	GET2((DI)(R13*1), Z17, Z18)
	GET2((AX), Z20, Z21)
	GET2((AX)(R12*1), Z23, Z24)
	GET2((AX)(R12*2), Z26, Z27)
	GET2((AX)(R13*1), Z29, Z30)

loop8:
	B2
	ROW2((SI), Z8, Z9)
	ROW2((SI)(R8*1), Z11, Z12)
	ROW2((SI)(R8*2), Z14, Z15)
	ROW2((SI)(R9*1), Z17, Z18)
	ROW2((R11), Z20, Z21)
	ROW2((R11)(R8*1), Z23, Z24)
	ROW2((R11)(R8*2), Z26, Z27)
	ROW2((R11)(R9*1), Z29, Z30)
	STEP
	JNZ  loop8
	PUT2((DI), Z8, Z9)
	PUT2((DI)(R12*1), Z11, Z12)
	PUT2((DI)(R12*2), Z14, Z15)
	PUT2((DI)(R13*1), Z17, Z18)
	PUT2((AX), Z20, Z21)
	PUT2((AX)(R12*1), Z23, Z24)
	PUT2((AX)(R12*2), Z26, Z27)
	PUT2((AX)(R13*1), Z29, Z30)
	NEXT8
	JMP  rows8

rows4:
	CMPQ DX, $4
	JLT  rows1
	TILE
	CMPQ panel_add(R14), $0
	JNE  get4
	ZERO2(Z8, Z9)
	ZERO2(Z11, Z12)
	ZERO2(Z14, Z15)
	ZERO2(Z17, Z18)
	JMP  loop4

get4:
	GET2((DI), Z8, Z9)
	GET2((DI)(R12*1), Z11, Z12)
	GET2((DI)(R12*2), Z14, Z15)
	GET2((DI)(R13*1), Z17, Z18)

loop4:
	B2
	ROW2((SI), Z8, Z9)
	ROW2((SI)(R8*1), Z11, Z12)
	ROW2((SI)(R8*2), Z14, Z15)
	ROW2((SI)(R9*1), Z17, Z18)
	STEP
	JNZ  loop4
	PUT2((DI), Z8, Z9)
	PUT2((DI)(R12*1), Z11, Z12)
	PUT2((DI)(R12*2), Z14, Z15)
	PUT2((DI)(R13*1), Z17, Z18)
	NEXT(4)

rows1:
	TESTQ DX, DX
	JZ   done
	TILE
	ZERO2(Z8, Z9)
	CMPQ panel_add(R14), $0
	JE   loop1
	GET2((DI), Z8, Z9)

loop1:
	B2
	ROW2((SI), Z8, Z9)
	STEP
	JNZ  loop1
	PUT2((DI), Z8, Z9)
	NEXT(1)
	JMP  rows1

done:
	VZEROUPPER
	RET

// func panel1AVX512(p *panel)
TEXT ·panel1AVX512(SB), NOSPLIT, $0-8
	BEGIN

rows8:
	CMPQ DX, $8
	JLT  rows1
	TILE
	CMPQ panel_add(R14), $0
	JNE  get8
	ZERO2(Z8, Z11)
	ZERO2(Z14, Z17)
	ZERO2(Z20, Z23)
	ZERO2(Z26, Z29)
	JMP  loop8

get8:
	GET1((DI), Z8)
	GET1((DI)(R12*1), Z11)
	GET1((DI)(R12*2), Z14)
	GET1((DI)(R13*1), Z17)
	GET1((AX), Z20)
	GET1((AX)(R12*1), Z23)
	GET1((AX)(R12*2), Z26)
	GET1((AX)(R13*1), Z29)

loop8:
	B1
	ROW1((SI), Z8)
	ROW1((SI)(R8*1), Z11)
	ROW1((SI)(R8*2), Z14)
	ROW1((SI)(R9*1), Z17)
	ROW1((R11), Z20)
	ROW1((R11)(R8*1), Z23)
	ROW1((R11)(R8*2), Z26)
	ROW1((R11)(R9*1), Z29)
	STEP
	JNZ  loop8
	PUT1((DI), Z8)
	PUT1((DI)(R12*1), Z11)
	PUT1((DI)(R12*2), Z14)
	PUT1((DI)(R13*1), Z17)
	PUT1((AX), Z20)
	PUT1((AX)(R12*1), Z23)
	PUT1((AX)(R12*2), Z26)
	PUT1((AX)(R13*1), Z29)
	NEXT8
	JMP  rows8

rows1:
	TESTQ DX, DX
	JZ   done
	TILE
	ZERO1(Z8)
	CMPQ panel_add(R14), $0
	JE   loop1
	GET1((DI), Z8)

loop1:
	B1
	ROW1((SI), Z8)
	STEP
	JNZ  loop1
	PUT1((DI), Z8)
	NEXT(1)
	JMP  rows1

done:
	VZEROUPPER
	RET
