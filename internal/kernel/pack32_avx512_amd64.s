//go:build !purego

#include "go_asm.h"
#include "textflag.h"

#define PACKROWS ·packRows32AVX512
#define PACKCOLUMNS ·packColumns32AVX512
#define PUT(x, low, at) VCVTPD2PS x, low; VMOVUPS low, at
#include "pack_avx512_amd64.h"
