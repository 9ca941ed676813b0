// Packing, to float64 or float32 as PUT says.

// func packRows(p *packing)
//
// Copies rows of up to 8 numbers, padded with zeros, to rows of the panel.
TEXT PACKROWS(SB), NOSPLIT, $0-8
	MOVQ  p+0(FP), R14
	MOVQ  packing_dst(R14), DI
	MOVQ  packing_src(R14), SI
	MOVQ  packing_dstRow(R14), R12
	MOVQ  packing_srcRow(R14), R8
	MOVQ  packing_rows(R14), CX
	KMOVW packing_mask(R14), K1

loop:
	VMOVUPD.Z (SI), K1, Z0
	PUT(Z0, Y0, (DI))
	ADDQ      R8, SI
	ADDQ      R12, DI
	DECQ      CX
	JNZ       loop
	VZEROUPPER
	RET

// func packColumns(p *packing)
//
// Transposes up to 8 rows, 8 columns at a time: Z0 to Z7 are rows of the
// source, padded with rows of zeros; Z8 to Z15 hold pairs of them, Z16 to Z23
// fours, Z0 to Z7 columns.
TEXT PACKCOLUMNS(SB), NOSPLIT, $0-8
	MOVQ  p+0(FP), R14
	MOVQ  packing_dst(R14), DI
	MOVQ  packing_src(R14), SI
	MOVQ  packing_dstRow(R14), R12
	LEAQ  (R12)(R12*2), R13
	MOVQ  packing_srcRow(R14), R8
	LEAQ  (R8)(R8*2), R9
	MOVQ  packing_rows(R14), DX
	MOVQ  packing_cols(R14), CX
	MOVQ  $255, BX
	KMOVW BX, K1

block:
	CMPQ  CX, $8
	JGE   load
	MOVQ  $1, BX
	SHLQ  CX, BX
	DECQ  BX
	KMOVW BX, K1

load:
	LEAQ      (SI)(R8*4), R11
	VMOVUPD.Z (SI), K1, Z0
	VPXORQ    Z1, Z1, Z1
	VPXORQ    Z2, Z2, Z2
	VPXORQ    Z3, Z3, Z3
	VPXORQ    Z4, Z4, Z4
	VPXORQ    Z5, Z5, Z5
	VPXORQ    Z6, Z6, Z6
	VPXORQ    Z7, Z7, Z7
	CMPQ      DX, $8
	JEQ       all
	CMPQ      DX, $2
	JLT       turn
	VMOVUPD.Z (SI)(R8*1), K1, Z1
	JEQ       turn
	CMPQ      DX, $4
	VMOVUPD.Z (SI)(R8*2), K1, Z2
	JLT       turn
	VMOVUPD.Z (SI)(R9*1), K1, Z3
	JEQ       turn
	CMPQ      DX, $6
	VMOVUPD.Z (R11), K1, Z4
	JLT       turn
	VMOVUPD.Z (R11)(R8*1), K1, Z5
	JEQ       turn
	VMOVUPD.Z (R11)(R8*2), K1, Z6
	JMP       turn

all:
	VMOVUPD.Z (SI)(R8*1), K1, Z1
	VMOVUPD.Z (SI)(R8*2), K1, Z2
	VMOVUPD.Z (SI)(R9*1), K1, Z3
	VMOVUPD.Z (R11), K1, Z4
	VMOVUPD.Z (R11)(R8*1), K1, Z5
	VMOVUPD.Z (R11)(R8*2), K1, Z6
	VMOVUPD.Z (R11)(R9*1), K1, Z7

turn:
	// Pairs: Z8 has columns 0 2 4 6 of rows 0 1, Z9 columns 1 3 5 7.
	VUNPCKLPD Z1, Z0, Z8
	VUNPCKHPD Z1, Z0, Z9
	VUNPCKLPD Z3, Z2, Z10
	VUNPCKHPD Z3, Z2, Z11
	VUNPCKLPD Z5, Z4, Z12
	VUNPCKHPD Z5, Z4, Z13
	VUNPCKLPD Z7, Z6, Z14
	VUNPCKHPD Z7, Z6, Z15

	// Fours: lanes 0, 2 and 1, 3 of two pairs.
	VSHUFF64X2 $0x88, Z10, Z8, Z16  // columns 0 4 of rows 0 1, 2 3
	VSHUFF64X2 $0xdd, Z10, Z8, Z17  // columns 2 6
	VSHUFF64X2 $0x88, Z11, Z9, Z18  // columns 1 5
	VSHUFF64X2 $0xdd, Z11, Z9, Z19  // columns 3 7
	VSHUFF64X2 $0x88, Z14, Z12, Z20 // the same of rows 4 to 7
	VSHUFF64X2 $0xdd, Z14, Z12, Z21
	VSHUFF64X2 $0x88, Z15, Z13, Z22
	VSHUFF64X2 $0xdd, Z15, Z13, Z23
	VSHUFF64X2 $0x88, Z20, Z16, Z0
	VSHUFF64X2 $0x88, Z22, Z18, Z1
	VSHUFF64X2 $0x88, Z21, Z17, Z2
	VSHUFF64X2 $0x88, Z23, Z19, Z3
	VSHUFF64X2 $0xdd, Z20, Z16, Z4
	VSHUFF64X2 $0xdd, Z22, Z18, Z5
	VSHUFF64X2 $0xdd, Z21, Z17, Z6
	VSHUFF64X2 $0xdd, Z23, Z19, Z7
	LEAQ       (DI)(R12*4), AX
	PUT(Z0, Y0, (DI))
	CMPQ       CX, $8
	JGE        store
	CMPQ       CX, $2
	JLT        done
	PUT(Z1, Y1, (DI)(R12*1))
	JEQ        done
	CMPQ       CX, $4
	PUT(Z2, Y2, (DI)(R12*2))
	JLT        done
	PUT(Z3, Y3, (DI)(R13*1))
	JEQ        done
	CMPQ       CX, $6
	PUT(Z4, Y4, (AX))
	JLT        done
	PUT(Z5, Y5, (AX)(R12*1))
	JEQ        done
	PUT(Z6, Y6, (AX)(R12*2))
	JMP        done

store:
	PUT(Z1, Y1, (DI)(R12*1))
	PUT(Z2, Y2, (DI)(R12*2))
	PUT(Z3, Y3, (DI)(R13*1))
	PUT(Z4, Y4, (AX))
	PUT(Z5, Y5, (AX)(R12*1))
	PUT(Z6, Y6, (AX)(R12*2))
	PUT(Z7, Y7, (AX)(R13*1))
	LEAQ    (DI)(R12*8), DI
	ADDQ    $64, SI
	SUBQ    $8, CX
	JNZ     block

done:
	VZEROUPPER
	RET
