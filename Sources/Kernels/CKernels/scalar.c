// The reference that every other instruction set equals bit for bit, and the fallback for processors without any.
#include "kernels.h"

#define KERNEL(name) name##_scalar
#include "portable.inc"

INLINE int code_at(pk_format format, const uint8_t *block, size_t row, size_t k) {
    if (has_nibbles(format)) return block[k % 16 / 4 * 64 + row * 4 + k % 4] >> (k / 16 * 4) & 15;
    return block[k / 4 * 64 + row * 4 + k % 4];
}

INLINE float half_lane(const uint8_t *p, size_t row) {
    uint16_t bits;
    memcpy(&bits, p + row * 2, 2);
    return pk_half_to_float(bits);
}

INLINE void matmul_quant_tile(const pk_format format, const int tile, const uint8_t *group, size_t columns,
                              const uint8_t *panel, float *out, size_t out_stride) {
    const uint8_t *all_scales = group + code_bytes(format, columns);
    size_t block_codes = code_bytes(format, PK_BLOCK);
    int offset = format == PK_Q4_SYM ? 8 : format == PK_Q8_SYM ? 128 : format == PK_Q6_SUPER ? 32 : 0;
    for (int c = 0; c < tile; c++) {
        for (size_t row = 0; row < PK_ROWS; row++) {
            float sum = 0;
            for (size_t block = 0; block < columns / PK_BLOCK; block++) {
                const uint8_t *codes = group + block * block_codes;
                panel_block tokens = panel_block_at(panel + block * (size_t)tile * PK_PANEL_BLOCK, (size_t)tile);
                int dot[2] = {0, 0};
                for (size_t k = 0; k < PK_BLOCK; k++) {
                    int x = (int8_t)tokens.codes[(k / 4 * (size_t)tile + (size_t)c) * 4 + k % 4];
                    if ((int32_t)k / 4 == tokens.high_group[c]) x += 128 * (int8_t)tokens.high[c * 4 + (int)k % 4];
                    dot[k / 16] += (code_at(format, codes, row, k) - offset) * x;
                }
                float dx = tokens.scale[c];
                const uint8_t *scales = all_scales + block / (is_super(format) ? 8 : 1) * scale_stride(format);
                size_t j = block % 8;
                if (format == PK_Q6_SUPER) {
                    float super = half_lane(scales, row);
                    float first = super * (float)(int8_t)scales[32 + j * 32 + row];
                    float second = super * (float)(int8_t)scales[48 + j * 32 + row];
                    sum = __builtin_fmaf((float)dot[0], first * dx, sum);
                    sum = __builtin_fmaf((float)dot[1], second * dx, sum);
                } else if (is_super(format)) {
                    float scale = half_lane(scales, row) * (float)scales[64 + j * 16 + row];
                    float minimum = half_lane(scales + 32, row) * (float)scales[192 + j * 16 + row];
                    sum = __builtin_fmaf((float)(dot[0] + dot[1]), scale * dx, sum);
                    sum = __builtin_fmaf(-minimum, tokens.scaled_sum[c], sum);
                } else {
                    sum = __builtin_fmaf((float)(dot[0] + dot[1]), half_lane(scales, row) * dx, sum);
                    if (is_affine(format)) sum = __builtin_fmaf(half_lane(scales + 32, row), tokens.scaled_sum[c], sum);
                }
            }
            out[(size_t)c * out_stride + row] = sum;
        }
    }
}

ALL_QUANT_KERNELS

const pk_kernels pk_kernels_scalar = {.name = "scalar", KERNEL_TABLE};
