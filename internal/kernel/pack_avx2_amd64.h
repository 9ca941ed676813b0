// Packing, to float64 or float32 as PUT says.

// func packRows(p *packing)
//
// Copies rows of up to 4 numbers, padded with zeros, to rows of the panel.
TEXT PACKROWS(SB), NOSPLIT, $0-8
	MOVQ    p+0(FP), R14
	MOVQ    packing_dst(R14), DI
	MOVQ    packing_src(R14), SI
	MOVQ    packing_dstRow(R14), R12
	MOVQ    packing_srcRow(R14), R8
	MOVQ    packing_rows(R14), CX
	VMOVUPD packing_lanes(R14), Y1

loop:
	VMASKMOVPD (SI), Y1, Y0
	PUT(Y0, X0, (DI))
	ADDQ       R8, SI
	ADDQ       R12, DI
	DECQ       CX
	JNZ        loop
	VZEROUPPER
	RET

// func packColumns(p *packing)
//
// Transposes up to 4 rows, 4 columns at a time: Y0 to Y3 are rows of the
// source, padded with rows of zeros, Y4 to Y7 pairs of them, Y0 to Y3 columns.
TEXT PACKCOLUMNS(SB), NOSPLIT, $0-8
	MOVQ    p+0(FP), R14
	MOVQ    packing_dst(R14), DI
	MOVQ    packing_src(R14), SI
	MOVQ    packing_dstRow(R14), R12
	LEAQ    (R12)(R12*2), R13
	MOVQ    packing_srcRow(R14), R8
	LEAQ    (R8)(R8*2), R9
	MOVQ    packing_rows(R14), DX
	MOVQ    packing_cols(R14), CX
	VPCMPEQD Y8, Y8, Y8

block:
	CMPQ    CX, $4
	JGE     load
	VMOVUPD packing_lanes(R14), Y8

load:
	VMASKMOVPD (SI), Y8, Y0
	VXORPD     Y1, Y1, Y1
	VXORPD     Y2, Y2, Y2
	VXORPD     Y3, Y3, Y3
	CMPQ       DX, $2
	JLT        turn
	VMASKMOVPD (SI)(R8*1), Y8, Y1
	JEQ        turn
	CMPQ       DX, $4
	VMASKMOVPD (SI)(R8*2), Y8, Y2
	JLT        turn
	VMASKMOVPD (SI)(R9*1), Y8, Y3

turn:
	VUNPCKLPD  Y1, Y0, Y4        // columns 0 2 of rows 0 1
	VUNPCKHPD  Y1, Y0, Y5        // columns 1 3
	VUNPCKLPD  Y3, Y2, Y6
	VUNPCKHPD  Y3, Y2, Y7
	VPERM2F128 $0x20, Y6, Y4, Y0
	VPERM2F128 $0x20, Y7, Y5, Y1
	VPERM2F128 $0x31, Y6, Y4, Y2
	VPERM2F128 $0x31, Y7, Y5, Y3
	PUT(Y0, X0, (DI))
	CMPQ       CX, $2
	JLT        done
	PUT(Y1, X1, (DI)(R12*1))
	JEQ        done
	CMPQ       CX, $4
	PUT(Y2, X2, (DI)(R12*2))
	JLT        done
	PUT(Y3, X3, (DI)(R13*1))
	LEAQ       (DI)(R12*4), DI
	ADDQ       $32, SI
	SUBQ       $4, CX
	JNZ        block

done:
	VZEROUPPER
	RET
