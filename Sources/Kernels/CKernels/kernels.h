// What the instruction sets' files share.
#ifndef PRONK_KERNELS_H
#define PRONK_KERNELS_H

#include "CKernels.h"
#include "half.h"
#include "layout.h"

#include <string.h>

extern const pk_kernels pk_kernels_scalar, pk_kernels_avx2, pk_kernels_avx512, pk_kernels_avx512_bf16, pk_kernels_neon;

#endif
