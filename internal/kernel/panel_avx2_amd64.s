//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Panels of up to 12 columns, 4 rows at a time: 12 accumulators in Y4 to Y15,
// row r of the tile in three of them. A step over the inner dimension loads a
// row of B, padded to whole vectors, in Y0, Y1, Y2 and, for each row of A, one
// number into Y3. The last vector of a row of C is masked.
//
// SI    row 0 of A         R8, R9   stride of its rows, times 3
// BX    row of B, R15      R10      stride along a row of A
// DI    row 0 of C         R12, R13 stride of its rows, times 3
// CX    steps to go        DX       rows to go           R14  the panel

#define ROW1(at, x) VBROADCASTSD at, Y3; VFMADD231PD Y0, Y3, x
#define ROW2(at, x, y) ROW1(at, x); VFMADD231PD Y1, Y3, y
#define ROW3(at, x, y, z) ROW2(at, x, y); VFMADD231PD Y2, Y3, z

#define B1 VMOVUPD (BX), Y0
#define B2 B1; VMOVUPD 32(BX), Y1
#define B3 B2; VMOVUPD 64(BX), Y2

#define GET1(at, x) VMASKMOVPD at, Y3, x
#define GET2(at, x, y) VMOVUPD at, x; VMASKMOVPD 32 at, Y3, y
#define GET3(at, x, y, z) VMOVUPD at, x; VMOVUPD 32 at, y; VMASKMOVPD 64 at, Y3, z

#define PUT1(at, x) VMASKMOVPD x, Y3, at
#define PUT2(at, x, y) VMOVUPD x, at; VMASKMOVPD y, Y3, 32 at
#define PUT3(at, x, y, z) VMOVUPD x, at; VMOVUPD y, 32 at; VMASKMOVPD z, Y3, 64 at

#define ZERO1(x) VXORPD x, x, x
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
	MOVQ panel_rows(R14), DX

// TILE points at the next tile: at most 4 rows of A and all of B.
#define TILE \
	MOVQ panel_tile(R14), SI \
	MOVQ panel_b(R14), BX \
	MOVQ panel_steps(R14), CX

#define STEP \
	ADDQ R10, SI \
	ADDQ R15, BX \
	DECQ CX

// NEXT4 moves to the next block of A and rows of C, NEXT1 one row on in the
// same block.
#define NEXT4 \
	MOVQ panel_aBlock(R14), SI \
	ADDQ SI, panel_tile(R14) \
	LEAQ (DI)(R12*4), DI \
	SUBQ $4, DX

#define NEXT1 \
	ADDQ R8, panel_tile(R14) \
	ADDQ R12, DI \
	DECQ DX

// func panel3AVX2(p *panel)
TEXT ·panel3AVX2(SB), NOSPLIT, $0-8
	BEGIN

rows4:
	CMPQ DX, $4
	JLT  rows1
	TILE
	CMPQ panel_add(R14), $0
	JNE  get4
	ZERO3(Y4, Y5, Y6)
	ZERO3(Y7, Y8, Y9)
	ZERO3(Y10, Y11, Y12)
	ZERO3(Y13, Y14, Y15)
	JMP  loop4

get4:
	VMOVUPD panel_lanes(R14), Y3
	GET3((DI), Y4, Y5, Y6)
	GET3((DI)(R12*1), Y7, Y8, Y9)
	GET3((DI)(R12*2), Y10, Y11, Y12)
	GET3((DI)(R13*1), Y13, Y14, Y15)

loop4:
	B3
	ROW3((SI), Y4, Y5, Y6)
	ROW3((SI)(R8*1), Y7, Y8, Y9)
	ROW3((SI)(R8*2), Y10, Y11, Y12)
	ROW3((SI)(R9*1), Y13, Y14, Y15)
	STEP
	JNZ  loop4
	VMOVUPD panel_lanes(R14), Y3
	PUT3((DI), Y4, Y5, Y6)
	PUT3((DI)(R12*1), Y7, Y8, Y9)
	PUT3((DI)(R12*2), Y10, Y11, Y12)
	PUT3((DI)(R13*1), Y13, Y14, Y15)
	NEXT4
	JMP  rows4

rows1:
	TESTQ DX, DX
	JZ   done
	TILE
	ZERO3(Y4, Y5, Y6)
	VMOVUPD panel_lanes(R14), Y3
	CMPQ panel_add(R14), $0
	JE   loop1
	GET3((DI), Y4, Y5, Y6)

loop1:
	B3
	ROW3((SI), Y4, Y5, Y6)
	STEP
	JNZ  loop1
	VMOVUPD panel_lanes(R14), Y3
	PUT3((DI), Y4, Y5, Y6)
	NEXT1
	JMP  rows1

done:
	VZEROUPPER
	RET

// func panel2AVX2(p *panel)
TEXT ·panel2AVX2(SB), NOSPLIT, $0-8
	BEGIN

rows4:
	CMPQ DX, $4
	JLT  rows1
	TILE
	CMPQ panel_add(R14), $0
	JNE  get4
	ZERO2(Y4, Y5)
	ZERO2(Y7, Y8)
	ZERO2(Y10, Y11)
	ZERO2(Y13, Y14)
	JMP  loop4

get4:
	VMOVUPD panel_lanes(R14), Y3
	GET2((DI), Y4, Y5)
	GET2((DI)(R12*1), Y7, Y8)
	GET2((DI)(R12*2), Y10, Y11)
	GET2((DI)(R13*1), Y13, Y14)

loop4:
	B2
	ROW2((SI), Y4, Y5)
	ROW2((SI)(R8*1), Y7, Y8)
	ROW2((SI)(R8*2), Y10, Y11)
	ROW2((SI)(R9*1), Y13, Y14)
	STEP
	JNZ  loop4
	VMOVUPD panel_lanes(R14), Y3
	PUT2((DI), Y4, Y5)
	PUT2((DI)(R12*1), Y7, Y8)
	PUT2((DI)(R12*2), Y10, Y11)
	PUT2((DI)(R13*1), Y13, Y14)
	NEXT4
	JMP  rows4

rows1:
	TESTQ DX, DX
	JZ   done
	TILE
	ZERO2(Y4, Y5)
	VMOVUPD panel_lanes(R14), Y3
	CMPQ panel_add(R14), $0
	JE   loop1
	GET2((DI), Y4, Y5)

loop1:
	B2
	ROW2((SI), Y4, Y5)
	STEP
	JNZ  loop1
	VMOVUPD panel_lanes(R14), Y3
	PUT2((DI), Y4, Y5)
	NEXT1
	JMP  rows1

done:
	VZEROUPPER
	RET

// func panel1AVX2(p *panel)
TEXT ·panel1AVX2(SB), NOSPLIT, $0-8
	BEGIN

rows4:
	CMPQ DX, $4
	JLT  rows1
	TILE
	CMPQ panel_add(R14), $0
	JNE  get4
	ZERO1(Y4)
	ZERO1(Y7)
	ZERO1(Y10)
	ZERO1(Y13)
	JMP  loop4

get4:
	VMOVUPD panel_lanes(R14), Y3
	GET1((DI), Y4)
	GET1((DI)(R12*1), Y7)
	GET1((DI)(R12*2), Y10)
	GET1((DI)(R13*1), Y13)

loop4:
	B1
	ROW1((SI), Y4)
	ROW1((SI)(R8*1), Y7)
	ROW1((SI)(R8*2), Y10)
	ROW1((SI)(R9*1), Y13)
	STEP
	JNZ  loop4
	VMOVUPD panel_lanes(R14), Y3
	PUT1((DI), Y4)
	PUT1((DI)(R12*1), Y7)
	PUT1((DI)(R12*2), Y10)
	PUT1((DI)(R13*1), Y13)
	NEXT4
	JMP  rows4

rows1:
	TESTQ DX, DX
	JZ   done
	TILE
	ZERO1(Y4)
	VMOVUPD panel_lanes(R14), Y3
	CMPQ panel_add(R14), $0
	JE   loop1
	GET1((DI), Y4)

loop1:
	B1
	ROW1((SI), Y4)
	STEP
	JNZ  loop1
	VMOVUPD panel_lanes(R14), Y3
	PUT1((DI), Y4)
	NEXT1
	JMP  rows1

done:
	VZEROUPPER
	RET
