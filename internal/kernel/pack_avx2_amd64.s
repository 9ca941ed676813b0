//go:build !purego

#include "go_asm.h"
#include "textflag.h"

#define PACKROWS ·packRowsAVX2
#define PACKCOLUMNS ·packColumnsAVX2
#define PUT(x, low, at) VMOVUPD x, at
#include "pack_avx2_amd64.h"
