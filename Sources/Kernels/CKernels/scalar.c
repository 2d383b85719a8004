// The reference that every other instruction set equals bit for bit, and the fallback for processors without any.
#include "kernels.h"

#define KERNEL(name) name##_scalar
#include "portable.inc"

INLINE float half_lane(const uint8_t *p, size_t row) {
    uint16_t bits;
    memcpy(&bits, p + row * 2, 2);
    return pk_half_to_float(bits);
}

// What is subtracted from every code of a row in a block before it is multiplied.
INLINE int integer_zero(const pk_format format, const uint8_t *scales, size_t row) {
    if (format == PK_Q4_ZERO) return scales[64 + row];
    if (format == PK_Q8_ZERO) return scales[64 + row * 2] | scales[65 + row * 2] << 8;
    return code_offset(format);
}

// The integer products of one row and one token over the two halves of a block.
INLINE void dot_block(const pk_format format, const uint8_t *codes, size_t row, int zero, panel_block tokens,
                      size_t tile, size_t c, int dot[2]) {
    dot[0] = dot[1] = 0;
    for (size_t k = 0; k < PK_BLOCK; k++) {
        int code = get_block_code(format, codes, row, k);
        int x = (int8_t)tokens.codes[(k / 4 * tile + c) * 4 + k % 4];
        if ((int32_t)k / 4 == tokens.high_group[c]) x += 128 * (int8_t)tokens.high[c * 4 + k % 4];
        dot[k / 16] += (code - zero) * x;
    }
}

INLINE float dot_row(const pk_format format, const uint8_t *group, size_t row, size_t columns, const uint8_t *panel,
                     size_t tile, size_t c) {
    float sum = 0, wide_sum = 0, wide_scaled = 0;
    for (size_t block = 0; block < columns / PK_BLOCK; block++) {
        const uint8_t *scales = group + scales_offset(format, block);
        panel_block tokens = panel_block_at(panel + block * tile * PK_PANEL_BLOCK, tile);
        int dot[2];
        int zero = integer_zero(format, scales, row);
        dot_block(format, group + codes_offset(format, block), row, zero, tokens, tile, c, dot);
        size_t j = block % 8;
        float both = (float)(dot[0] + dot[1]), scale = half_lane(scales, row), dx = tokens.scale[c];
        if (format == PK_Q6_SUPER) {
            const int8_t *sixteenths = (const int8_t *)scales + 64 + 2 * j * PK_ROWS + row;
            sum = __builtin_fmaf((float)dot[0], scale * (float)sixteenths[0] * dx, sum);
            sum = __builtin_fmaf((float)dot[1], scale * (float)sixteenths[PK_ROWS] * dx, sum);
        } else if (is_super(format)) {
            float minimum = half_lane(scales + 64, row) * (float)scales[384 + j * PK_ROWS + row];
            sum = __builtin_fmaf(both, scale * (float)scales[128 + j * PK_ROWS + row] * dx, sum);
            sum = __builtin_fmaf(-minimum, tokens.scaled_sum[c], sum);
        } else if (is_wide(format)) {
            wide_sum = __builtin_fmaf(both, dx, wide_sum);
            wide_scaled += tokens.scaled_sum[c];
            if (j % 4 < 3) continue;
            if (has_zeros(format)) wide_sum = __builtin_fmaf(-(float)scales[64 + row], wide_scaled, wide_sum);
            sum = __builtin_fmaf(scale, wide_sum, sum);
            wide_sum = wide_scaled = 0;
        } else {
            sum = __builtin_fmaf(both, scale * dx, sum);
            if (is_affine(format)) sum = __builtin_fmaf(half_lane(scales + 64, row), tokens.scaled_sum[c], sum);
        }
    }
    return sum;
}

INLINE void matmul_tile(const pk_format format, const int tile, const uint8_t *group, size_t columns,
                        const uint8_t *panel, float *out, size_t out_stride) {
    for (size_t c = 0; c < (size_t)tile; c++) {
        for (size_t row = 0; row < PK_ROWS; row++) {
            out[c * out_stride + row] = dot_row(format, group, row, columns, panel, (size_t)tile, c);
        }
    }
}

#include "matmul.inc"

const pk_kernels pk_kernels_scalar = {.name = "scalar", KERNEL_TABLE};
