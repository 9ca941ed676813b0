//go:build !purego

#include "go_asm.h"
#include "textflag.h"

#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V5 Y5
#define V6 Y6
#define V7 Y7
#define V8 Y8
#define V9 Y9
#define V10 Y10
#define V11 Y11
#define V12 Y12
#define V13 Y13
#define V14 Y14
#define V15 Y15
#define WIDTH 32
#define TWICE

#define LOADK(k, x) VMOVUPD k, x
#define LOADX(at, x) VBROADCASTSD at, x
#define ADDK(k, x, y) VADDPD k, x, y
#define SUBK(k, x, y) VSUBPD k, x, y
#define MULK(k, x, y) VMULPD k, x, y
#define FMAK(k, x, y) VFMADD213PD k, x, y
#define ADDMULK(k, x, y) VFMADD231PD k, x, y
#define SUBMULK(k, x, y) VFNMADD231PD k, x, y

// The power of two is split in two, neither beyond the range: the low 12 bits
// of t are s + 2·1023, those of half of it and of the rest the exponents.
#define SCALE(t, s, y) \
	VPSRLQ $1, t, s \
	VPSUBQ s, t, t \
	VPSLLQ $52, s, s \
	VPSLLQ $52, t, t \
	VMULPD s, y, y \
	VMULPD t, y, y

#define BLEND(by, a, b, x) VBLENDVPD by, a, b, x
#define KEEP(how, a, b, x) VCMPPD how, b, a, Y6; VANDPD Y6, x, x

#define RELU ·reluAVX2
#define RELUMASK ·reluMaskAVX2
#define MULTIPLY ·multiplyAVX2
#define SIGMOID ·sigmoidAVX2
#define TANH ·tanhAVX2
#define SILU ·siluAVX2
#define SOFTPLUS ·softplusAVX2
#define EXPSUM ·expSumAVX2
#define MAXOF ·maxOfAVX2
#define AXPY ·axpyAVX2
#define SCALEBY ·scaleAVX2
#define DOT ·dotAVX2
#define ADAM ·adamAVX2
#define MOMENTUM ·momentumAVX2

#include "vector_amd64.h"
