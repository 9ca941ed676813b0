//go:build !purego

#include "go_asm.h"
#include "textflag.h"

#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define V10 Z10
#define V11 Z11
#define V12 Z12
#define V13 Z13
#define V14 Z14
#define V15 Z15
#define WIDTH 64

#define LOADK(k, x) VBROADCASTSD k, x
#define LOADX(at, x) VBROADCASTSD at, x
#define ADDK(k, x, y) VADDPD.BCST k, x, y
#define SUBK(k, x, y) VSUBPD.BCST k, x, y
#define MULK(k, x, y) VMULPD.BCST k, x, y
#define FMAK(k, x, y) VFMADD213PD.BCST k, x, y
#define ADDMULK(k, x, y) VFMADD231PD.BCST k, x, y
#define SUBMULK(k, x, y) VFNMADD231PD.BCST k, x, y

#define SCALE(t, s, y) VSCALEFPD s, y, y
#define BLEND(by, a, b, x) VPMOVQ2M by, K1; VBLENDMPD a, b, K1, x
#define KEEP(how, a, b, x) VCMPPD how, b, a, K1; VMOVAPD.Z x, K1, x

#define RELU ·reluAVX512
#define RELUMASK ·reluMaskAVX512
#define MULTIPLY ·multiplyAVX512
#define SIGMOID ·sigmoidAVX512
#define TANH ·tanhAVX512
#define SILU ·siluAVX512
#define SOFTPLUS ·softplusAVX512
#define EXPSUM ·expSumAVX512
#define MAXOF ·maxOfAVX512
#define AXPY ·axpyAVX512
#define SCALEBY ·scaleAVX512
#define DOT ·dotAVX512
#define ADAM ·adamAVX512
#define MOMENTUM ·momentumAVX512

#include "vector_amd64.h"
