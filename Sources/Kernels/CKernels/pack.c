// Packing of GGUF rows into row groups; the layout is described in CKernels.h.
#include "CKernels.h"
#include "layout.h"

#include <string.h>

int pk_format_for_ggml(int type) {
    switch (type) {
    case PK_GGML_F32: return PK_F32;
    case PK_GGML_F16: return PK_F16;
    case PK_GGML_BF16: return PK_BF16;
    case PK_GGML_Q4_0: return PK_Q4_SYM;
    case PK_GGML_Q4_1: return PK_Q4_AFFINE;
    case PK_GGML_Q5_0: return PK_Q8_SYM;
    case PK_GGML_Q8_0: return PK_Q8_SYM;
    case PK_GGML_Q5_1: return PK_Q8_AFFINE;
    case PK_GGML_Q4_K: return PK_Q4_SUPER;
    case PK_GGML_Q5_K: return PK_Q5_SUPER;
    case PK_GGML_Q6_K: return PK_Q6_SUPER;
    default: return -1;
    }
}

// Q4_0, Q4_1, Q5_0, Q5_1: {f16 d [, f16 m] [, u32 high bits], 16 bytes of nibbles}, element j low, j+16 high.
static void pack_small_blocks(pk_ggml_type type, pk_format format, const uint8_t *source, size_t row, size_t columns,
                              uint8_t *group) {
    bool affine = type == PK_GGML_Q4_1 || type == PK_GGML_Q5_1;
    bool five = type == PK_GGML_Q5_0 || type == PK_GGML_Q5_1;
    size_t header = affine ? 4 : 2, stride = header + (five ? 4 : 0) + 16;
    // Q5_0 means d (code - 16) and Q8_SYM means d (code - 128): move the codes up by 112.
    uint8_t bias = type == PK_GGML_Q5_0 ? 112 : 0;
    for (size_t block = 0; block < columns / PK_BLOCK; block++, source += stride) {
        uint32_t high = 0;
        if (five) memcpy(&high, source + header, 4);
        const uint8_t *nibbles = source + stride - 16;
        uint8_t codes[PK_BLOCK];
        for (size_t k = 0; k < PK_BLOCK; k++) {
            uint8_t code = (k < 16 ? nibbles[k] : nibbles[k - 16] >> 4) & 15;
            codes[k] = (uint8_t)((code | (high >> k & 1) << 4) + bias);
        }
        put_block(format, group, row, block, codes);
        size_t parts = affine ? 2 : 1;
        for (size_t part = 0; part < parts; part++) {
            memcpy(group + scales_offset(format, block) + (part * PK_ROWS + row) * 2, source + part * 2, 2);
        }
    }
}

// Q8_0: {f16 d, 32 i8}.
static void pack_q8_0(const uint8_t *source, size_t row, size_t columns, uint8_t *group) {
    for (size_t block = 0; block < columns / PK_BLOCK; block++, source += 34) {
        uint8_t codes[PK_BLOCK];
        for (size_t k = 0; k < PK_BLOCK; k++) codes[k] = source[2 + k] ^ 128;
        put_block(PK_Q8_SYM, group, row, block, codes);
        memcpy(group + scales_offset(PK_Q8_SYM, block) + row * 2, source, 2);
    }
}

// The 6-bit scale and minimum of sub-block j, from the 12 bytes that hold eight of each.
static void scale_and_minimum(size_t j, const uint8_t *packed, uint8_t *scale, uint8_t *minimum) {
    if (j < 4) {
        *scale = packed[j] & 63;
        *minimum = packed[j + 4] & 63;
    } else {
        *scale = (uint8_t)((packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4);
        *minimum = (uint8_t)((packed[j + 4] >> 4) | (packed[j] >> 6) << 4);
    }
}

// Q4_K: {f16 D, f16 M, 12 scale bytes, 128 nibble bytes}; Q5_K has 32 bytes of high bits before the nibbles.
static void pack_q4_or_q5_k(pk_ggml_type type, pk_format format, const uint8_t *source, size_t row, size_t columns,
                            uint8_t *group) {
    bool five = type == PK_GGML_Q5_K;
    size_t stride = five ? 176 : 144;
    for (size_t super = 0; super < columns / PK_SUPER; super++, source += stride) {
        uint8_t *scales = group + scales_offset(format, super * 8);
        memcpy(scales + row * 2, source, 2);
        memcpy(scales + 64 + row * 2, source + 2, 2);
        const uint8_t *high = source + 16, *nibbles = source + (five ? 48 : 16);
        for (size_t j = 0; j < 8; j++) {
            uint8_t *scale = scales + 128 + j * PK_ROWS + row;
            scale_and_minimum(j, source + 4, scale, scale + 8 * PK_ROWS);
            uint8_t codes[PK_BLOCK];
            for (size_t k = 0; k < PK_BLOCK; k++) {
                uint8_t byte = nibbles[j / 2 * 32 + k];
                codes[k] = j % 2 == 0 ? byte & 15 : byte >> 4;
                if (five) codes[k] |= (uint8_t)((high[k] >> j & 1) << 4);
            }
            put_block(format, group, row, super * 8 + j, codes);
        }
    }
}

// Q6_K: {128 low nibbles, 64 bytes of high pairs, 16 i8 scales, f16 D}; two halves of 128, four runs of 32 in each.
static void pack_q6_k(const uint8_t *source, size_t row, size_t columns, uint8_t *group) {
    for (size_t super = 0; super < columns / PK_SUPER; super++, source += 210) {
        uint8_t *scales = group + scales_offset(PK_Q6_SUPER, super * 8);
        for (size_t j = 0; j < 8; j++) {
            size_t half = j / 4, run = j % 4;
            uint8_t codes[PK_BLOCK];
            for (size_t k = 0; k < PK_BLOCK; k++) {
                uint8_t low = source[half * 64 + run % 2 * 32 + k] >> (run / 2 * 4) & 15;
                uint8_t high = source[128 + half * 32 + k] >> (run * 2) & 3;
                codes[k] = (uint8_t)(low | high << 4);
            }
            put_block(PK_Q6_SUPER, group, row, super * 8 + j, codes);
        }
        memcpy(scales + row * 2, source + 208, 2);
        for (size_t j = 0; j < 16; j++) scales[64 + j * PK_ROWS + row] = source[192 + j];
    }
}

void pk_pack_group(pk_ggml_type type, const uint8_t *const rows[PK_ROWS], size_t columns, uint8_t *out) {
    pk_format format = (pk_format)pk_format_for_ggml(type);
    memset(out, 0, pk_group_bytes(format, columns));
    for (size_t row = 0; row < PK_ROWS; row++) {
        const uint8_t *source = rows[row];
        if (!source) continue;
        switch (type) {
        case PK_GGML_F32:
            for (size_t k = 0; k < columns; k++) memcpy(out + (k * PK_ROWS + row) * 4, source + k * 4, 4);
            break;
        case PK_GGML_BF16:
            for (size_t k = 0; k < columns; k++) memcpy(out + brain_place(row, k) * 2, source + k * 2, 2);
            break;
        case PK_GGML_F16:
            for (size_t k = 0; k < columns; k++) memcpy(out + (k * PK_ROWS + row) * 2, source + k * 2, 2);
            break;
        case PK_GGML_Q4_0: case PK_GGML_Q4_1: case PK_GGML_Q5_0: case PK_GGML_Q5_1:
            pack_small_blocks(type, format, source, row, columns, out);
            break;
        case PK_GGML_Q8_0:
            pack_q8_0(source, row, columns, out);
            break;
        case PK_GGML_Q4_K: case PK_GGML_Q5_K:
            pack_q4_or_q5_k(type, format, source, row, columns, out);
            break;
        case PK_GGML_Q6_K:
            pack_q6_k(source, row, columns, out);
            break;
        }
    }
}
