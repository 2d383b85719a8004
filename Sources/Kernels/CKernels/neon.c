// NEON with dot products (Armv8.2): one vector is 4 rows x 4 columns, multiplied by four bytes of one token.
#include "kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define KERNEL(name) name##_neon
#define PRONK_HALF_VECTORS
#define PRONK_NEON
#include "portable.inc"

enum {
    // Bytes of four columns of a row group.
    VECTOR = 4 * PK_ROWS,
    // Rows of a group that are taken together, in two vectors.
    ROWS = 8,
};

INLINE int8x16_t four_bytes(const uint8_t *p) {
    return vreinterpretq_s8_u8(vreinterpretq_u8_s32(vld1q_dup_s32((const int32_t *)p)));
}

INLINE float32x4_t half_lanes(const uint8_t *p) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)p)));
}

INLINE uint32x4_t byte_integers(const uint8_t *p) {
    uint32_t word;
    memcpy(&word, p, 4);
    return vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(word))));
}

INLINE float32x4_t byte_lanes(const uint8_t *p) { return vcvtq_f32_u32(byte_integers(p)); }

INLINE float32x4_t signed_byte_lanes(const uint8_t *p) {
    int32x4_t bytes = vreinterpretq_s32_u32(byte_integers(p));
    return vcvtq_f32_s32(vshrq_n_s32(vshlq_n_s32(bytes, 24), 24));
}

// Both sides of a dot product are signed here: codes that reach 255 are moved down by 128.
INLINE bool is_moved(const pk_format format) { return format == PK_Q8_SYM || format == PK_Q8_ZERO; }

INLINE int8x16_t move_codes(const pk_format format, uint8x16_t codes) {
    return vreinterpretq_s8_u8(is_moved(format) ? veorq_u8(codes, vdupq_n_u8(0x80)) : codes);
}

// One block of 8 rows, as the tokens meet it; [2]: four rows each.
typedef struct {
    int8x16_t codes[8][2];
    float32x4_t scale[2];
    float32x4_t second[2];  // the second scale, the minimum or the zero
    int32x4_t zero[2];      // the zero that is subtracted from integers
} weight_block;

// `nibbles` of a group of four columns with the pairs above them; four groups share `pairs`.
INLINE int8x16_t add_pairs(uint8x16_t nibbles, uint8x16_t pairs, int group) {
    uint8x16_t pair = vandq_u8(vshlq_u8(pairs, vdupq_n_s8((int8_t)-(group / 2 * 2))), vdupq_n_u8(3));
    return vreinterpretq_s8_u8(vorrq_u8(nibbles, vshlq_n_u8(pair, 4)));
}

// The codes of one group of four columns of a block.
INLINE int8x16_t group_codes(const pk_format format, const uint8_t *codes, int group) {
    if (!has_nibbles(format) && !has_pairs(format)) return move_codes(format, vld1q_u8(codes + group * VECTOR));
    uint8x16_t both = vld1q_u8(codes + group % 4 * VECTOR);
    uint8x16_t nibbles = group < 4 ? vandq_u8(both, vdupq_n_u8(15)) : vshrq_n_u8(both, 4);
    if (has_nibbles(format)) return vreinterpretq_s8_u8(nibbles);
    return add_pairs(nibbles, vld1q_u8(codes + NIBBLE_BYTES + group % 2 * VECTOR), group);
}

INLINE void load_codes(const pk_format format, const uint8_t *codes, weight_block *w) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
#pragma unroll
        for (int i = 0; i < 8; i++) w->codes[i][half] = group_codes(format, codes + half * 16, i);
    }
}

INLINE void load_scales(const pk_format format, const uint8_t *scales, size_t j, size_t first_row, weight_block *w) {
#pragma unroll
    for (size_t half = 0; half < 2; half++) {
        size_t row = first_row + half * 4;
        const uint8_t *second = scales + 64 + row * 2;
        w->scale[half] = half_lanes(scales + row * 2);
        w->second[half] = vdupq_n_f32(0);
        w->zero[half] = vdupq_n_s32(0);
        if (format == PK_Q6_SUPER) {
            const uint8_t *sixteenths = scales + 64 + 2 * j * PK_ROWS + row;
            w->second[half] = vmulq_f32(w->scale[half], signed_byte_lanes(sixteenths + PK_ROWS));
            w->scale[half] = vmulq_f32(w->scale[half], signed_byte_lanes(sixteenths));
        } else if (is_super(format)) {
            const uint8_t *factors = scales + 128 + j * PK_ROWS + row;
            w->scale[half] = vmulq_f32(w->scale[half], byte_lanes(factors));
            w->second[half] = vmulq_f32(half_lanes(second), byte_lanes(factors + 8 * PK_ROWS));
        }
        if (is_affine(format)) w->second[half] = half_lanes(second);
        if (format == PK_Q4_ZERO_128) w->second[half] = byte_lanes(scales + 64 + row);
        if (format == PK_Q4_ZERO) w->zero[half] = vreinterpretq_s32_u32(byte_integers(scales + 64 + row));
        if (format == PK_Q8_ZERO) {
            // The codes were moved down by 128, so the zeros are too.
            int32x4_t zeros = vreinterpretq_s32_u32(vmovl_u16(vld1_u16((const uint16_t *)second)));
            w->zero[half] = vsubq_s32(zeros, vdupq_n_s32(128));
        }
    }
}

// The integer products of one token with four rows of a block, over columns 0 ... 15 and 16 ... 31.
INLINE void dot_block(const pk_format format, const weight_block *w, int half, const uint8_t *codes,
                      panel_block tokens, const int tile, int c, int32x4_t dot[2]) {
    int32_t group = tokens.high_group[c] & 7;
    int32x4_t none = vdupq_n_s32(0);
    int32x4_t high = vdotq_s32(none, group_codes(format, codes + half * 16, group), four_bytes(tokens.high + c * 4));
    high = vshlq_n_s32(high, 7);
    dot[0] = group < 4 ? high : none;
    dot[1] = group < 4 ? none : high;
#pragma unroll
    for (int i = 0; i < 8; i++) {
        dot[i / 4] = vdotq_s32(dot[i / 4], w->codes[i][half], four_bytes(tokens.codes + (i * tile + c) * 4));
    }
}

INLINE void matmul_rows(const pk_format format, const int tile, const size_t row, const uint8_t *group,
                        size_t columns, const uint8_t *panel, float *out, size_t out_stride) {
    float32x4_t sum[PK_TILE][2], wide_sum[PK_TILE][2], wide_scaled[PK_TILE];
#pragma unroll
    for (int c = 0; c < tile; c++) {
        sum[c][0] = sum[c][1] = wide_sum[c][0] = wide_sum[c][1] = wide_scaled[c] = vdupq_n_f32(0);
    }
    for (size_t block = 0; block < columns / PK_BLOCK; block++, panel += tile * PK_PANEL_BLOCK) {
        const uint8_t *codes = group + codes_offset(format, block) + row * 4;
        weight_block w;
        // The first rows fetch for all.
        if (row == 0) fetch_ahead(codes, mean_block_bytes(format));
        load_codes(format, codes, &w);
        load_scales(format, group + scales_offset(format, block), block % 8, row, &w);
        panel_block tokens = panel_block_at(panel, (size_t)tile);
        bool ends_wide = block % 4 == 3;
#pragma unroll
        for (int c = 0; c < tile; c++) {
            float32x4_t dx = vdupq_n_f32(tokens.scale[c]), scaled_sum = vdupq_n_f32(tokens.scaled_sum[c]);
            int32x4_t minus = vdupq_n_s32(tokens.minus_sum[c]), first = vdupq_n_s32(tokens.minus_first[c]);
            wide_scaled[c] = vaddq_f32(wide_scaled[c], scaled_sum);
#pragma unroll
            for (int half = 0; half < 2; half++) {
                int32x4_t parts[2];
                dot_block(format, &w, half, codes, tokens, tile, c, parts);
                float32x4_t total = sum[c][half];
                if (format == PK_Q6_SUPER) {
                    parts[0] = vaddq_s32(parts[0], vshlq_n_s32(first, 5));
                    parts[1] = vaddq_s32(parts[1], vshlq_n_s32(vsubq_s32(minus, first), 5));
                    total = vfmaq_f32(total, vcvtq_f32_s32(parts[0]), vmulq_f32(w.scale[half], dx));
                    sum[c][half] = vfmaq_f32(total, vcvtq_f32_s32(parts[1]), vmulq_f32(w.second[half], dx));
                    continue;
                }
                int32x4_t dot = vaddq_s32(parts[0], parts[1]);
                if (format == PK_Q4_ZERO || format == PK_Q8_ZERO) dot = vmlaq_s32(dot, w.zero[half], minus);
                else if (code_offset(format) == 8) dot = vaddq_s32(dot, vshlq_n_s32(minus, 3));
                if (is_wide(format)) {
                    float32x4_t wide = vfmaq_f32(wide_sum[c][half], vcvtq_f32_s32(dot), dx);
                    wide_sum[c][half] = ends_wide ? vdupq_n_f32(0) : wide;
                    if (!ends_wide) continue;
                    if (has_zeros(format)) wide = vfmsq_f32(wide, w.second[half], wide_scaled[c]);
                    sum[c][half] = vfmaq_f32(total, w.scale[half], wide);
                    continue;
                }
                total = vfmaq_f32(total, vcvtq_f32_s32(dot), vmulq_f32(w.scale[half], dx));
                if (is_affine(format)) total = vfmaq_f32(total, w.second[half], scaled_sum);
                if (is_super(format)) total = vfmsq_f32(total, w.second[half], scaled_sum);
                sum[c][half] = total;
            }
            if (ends_wide) wide_scaled[c] = vdupq_n_f32(0);
        }
    }
#pragma unroll
    for (int c = 0; c < tile; c++) {
        vst1q_f32(out + (size_t)c * out_stride + row, sum[c][0]);
        vst1q_f32(out + (size_t)c * out_stride + row + 4, sum[c][1]);
    }
}

INLINE void matmul_tile(const pk_format format, const int tile, const uint8_t *group, size_t columns,
                        const uint8_t *panel, float *out, size_t out_stride) {
    for (size_t row = 0; row < PK_ROWS; row += ROWS) {
        matmul_rows(format, tile, row, group, columns, panel, out, out_stride);
    }
}

#include "matmul.inc"
#pragma clang attribute pop

const pk_kernels pk_kernels_neon = {.name = "neon", KERNEL_TABLE};
#endif
