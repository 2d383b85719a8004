// Packing and unpacking of row groups; the layout is described in CKernels.h.
#include "CKernels.h"
#include "half.h"
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
    case PK_GGML_Q5_K: return PK_Q8_SUPER;
    case PK_GGML_Q6_K: return PK_Q6_SUPER;
    default: return -1;
    }
}

size_t pk_format_column_multiple(pk_format format) {
    switch (format) {
    case PK_F32: case PK_F16: case PK_BF16: return 1;
    case PK_Q4_SUPER: case PK_Q8_SUPER: case PK_Q6_SUPER: return PK_SUPER;
    default: return PK_BLOCK;
    }
}

size_t pk_group_bytes(pk_format format, size_t columns) {
    size_t bytes;
    switch (format) {
    case PK_F32: bytes = columns * PK_ROWS * 4; break;
    case PK_F16: case PK_BF16: bytes = columns * PK_ROWS * 2; break;
    default: bytes = code_bytes(format, columns) + columns / pk_format_column_multiple(format) * scale_stride(format);
    }
    return (bytes + 63) & ~(size_t)63;
}

size_t pk_panel_bytes(bool quantised, size_t tokens, size_t columns) {
    return tokens * (quantised ? columns / PK_BLOCK * PK_PANEL_BLOCK : columns * 4);
}

static void put_code(pk_format format, uint8_t *codes, size_t row, size_t column, uint8_t code) {
    size_t block = column / PK_BLOCK, k = column % PK_BLOCK;
    if (has_nibbles(format)) {
        uint8_t *byte = codes + block * 256 + (k % 16) / 4 * 64 + row * 4 + k % 4;
        *byte |= (uint8_t)(code << (k / 16 * 4));
    } else {
        codes[block * 512 + k / 4 * 64 + row * 4 + k % 4] = code;
    }
}

static uint8_t get_code(pk_format format, const uint8_t *codes, size_t row, size_t column) {
    size_t block = column / PK_BLOCK, k = column % PK_BLOCK;
    if (has_nibbles(format)) {
        return codes[block * 256 + (k % 16) / 4 * 64 + row * 4 + k % 4] >> (k / 16 * 4) & 15;
    }
    return codes[block * 512 + k / 4 * 64 + row * 4 + k % 4];
}

// Q4_0, Q4_1, Q5_0, Q5_1: {f16 d [, f16 m] [, u32 high bits], 16 bytes of nibbles}, element j low, j+16 high.
static void pack_small_blocks(pk_ggml_type type, pk_format format, const uint8_t *source, size_t row, size_t columns,
                              uint8_t *codes, uint8_t *scales) {
    bool affine = type == PK_GGML_Q4_1 || type == PK_GGML_Q5_1;
    bool five = type == PK_GGML_Q5_0 || type == PK_GGML_Q5_1;
    size_t header = affine ? 4 : 2, stride = header + (five ? 4 : 0) + 16;
    // Q5_0 means d (code - 16) and Q8_SYM means d (code - 128): move the codes up by 112.
    uint8_t bias = type == PK_GGML_Q5_0 ? 112 : 0;
    for (size_t block = 0; block < columns / PK_BLOCK; block++, source += stride) {
        uint32_t high = 0;
        if (five) memcpy(&high, source + header, 4);
        const uint8_t *nibbles = source + stride - 16;
        for (size_t k = 0; k < PK_BLOCK; k++) {
            uint8_t code = (k < 16 ? nibbles[k] : nibbles[k - 16] >> 4) & 15;
            code |= (uint8_t)((high >> k & 1) << 4);
            put_code(format, codes, row, block * PK_BLOCK + k, (uint8_t)(code + bias));
        }
        size_t parts = affine ? 2 : 1;
        for (size_t part = 0; part < parts; part++) {
            memcpy(scales + ((block * parts + part) * PK_ROWS + row) * 2, source + part * 2, 2);
        }
    }
}

// Q8_0: {f16 d, 32 i8}.
static void pack_q8_0(const uint8_t *source, size_t row, size_t columns, uint8_t *codes, uint8_t *scales) {
    for (size_t block = 0; block < columns / PK_BLOCK; block++, source += 34) {
        for (size_t k = 0; k < PK_BLOCK; k++) {
            put_code(PK_Q8_SYM, codes, row, block * PK_BLOCK + k, source[2 + k] ^ 128);
        }
        memcpy(scales + (block * PK_ROWS + row) * 2, source, 2);
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
                            uint8_t *codes, uint8_t *scales) {
    bool five = type == PK_GGML_Q5_K;
    size_t stride = five ? 176 : 144;
    for (size_t super = 0; super < columns / PK_SUPER; super++, source += stride, scales += scale_stride(format)) {
        memcpy(scales + row * 2, source, 2);
        memcpy(scales + 32 + row * 2, source + 2, 2);
        const uint8_t *high = source + 16, *nibbles = source + (five ? 48 : 16);
        for (size_t j = 0; j < 8; j++) {
            scale_and_minimum(j, source + 4, scales + 64 + j * 16 + row, scales + 192 + j * 16 + row);
            for (size_t k = 0; k < PK_BLOCK; k++) {
                uint8_t byte = nibbles[j / 2 * 32 + k];
                uint8_t code = j % 2 == 0 ? byte & 15 : byte >> 4;
                if (five) code |= (uint8_t)((high[k] >> j & 1) << 4);
                put_code(format, codes, row, super * PK_SUPER + j * PK_BLOCK + k, code);
            }
        }
    }
}

// Q6_K: {128 low nibbles, 64 bytes of high pairs, 16 i8 scales, f16 D}; two halves of 128, four runs of 32 in each.
static void pack_q6_k(const uint8_t *source, size_t row, size_t columns, uint8_t *codes, uint8_t *scales) {
    for (size_t super = 0; super < columns / PK_SUPER; super++, source += 210, scales += scale_stride(PK_Q6_SUPER)) {
        for (size_t k = 0; k < PK_SUPER; k++) {
            size_t half = k / 128, run = k % 128 / 32, i = k % 32;
            uint8_t low = source[half * 64 + run % 2 * 32 + i] >> (run / 2 * 4) & 15;
            uint8_t high = source[128 + half * 32 + i] >> (run * 2) & 3;
            put_code(PK_Q6_SUPER, codes, row, super * PK_SUPER + k, (uint8_t)(low | high << 4));
        }
        memcpy(scales + row * 2, source + 208, 2);
        for (size_t j = 0; j < 16; j++) scales[32 + j * 16 + row] = source[192 + j];
    }
}

void pk_pack_group(pk_ggml_type type, const uint8_t *const rows[PK_ROWS], size_t columns, uint8_t *out) {
    pk_format format = (pk_format)pk_format_for_ggml(type);
    memset(out, 0, pk_group_bytes(format, columns));
    uint8_t *scales = out + code_bytes(format, columns);
    for (size_t row = 0; row < PK_ROWS; row++) {
        const uint8_t *source = rows[row];
        if (!source) continue;
        switch (type) {
        case PK_GGML_F32:
            for (size_t k = 0; k < columns; k++) memcpy(out + (k * PK_ROWS + row) * 4, source + k * 4, 4);
            break;
        case PK_GGML_F16: case PK_GGML_BF16:
            for (size_t k = 0; k < columns; k++) memcpy(out + (k * PK_ROWS + row) * 2, source + k * 2, 2);
            break;
        case PK_GGML_Q4_0: case PK_GGML_Q4_1: case PK_GGML_Q5_0: case PK_GGML_Q5_1:
            pack_small_blocks(type, format, source, row, columns, out, scales);
            break;
        case PK_GGML_Q8_0:
            pack_q8_0(source, row, columns, out, scales);
            break;
        case PK_GGML_Q4_K: case PK_GGML_Q5_K:
            pack_q4_or_q5_k(type, format, source, row, columns, out, scales);
            break;
        case PK_GGML_Q6_K:
            pack_q6_k(source, row, columns, out, scales);
            break;
        }
    }
}

static float half_at(const uint8_t *scales, size_t index) {
    uint16_t bits;
    memcpy(&bits, scales + index * 2, 2);
    return pk_half_to_float(bits);
}

void pk_unpack_row(pk_format format, const uint8_t *group, size_t row, size_t columns, float *out) {
    const uint8_t *scales = group + code_bytes(format, columns);
    for (size_t k = 0; k < columns; k++) {
        size_t block = k / PK_BLOCK, super = k / PK_SUPER, j = k % PK_SUPER / PK_BLOCK;
        float code = format <= PK_BF16 ? 0 : (float)get_code(format, group, row, k);
        switch (format) {
        case PK_F32: memcpy(out + k, group + (k * PK_ROWS + row) * 4, 4); break;
        case PK_F16: out[k] = half_at(group, k * PK_ROWS + row); break;
        case PK_BF16: {
            uint16_t bits;
            memcpy(&bits, group + (k * PK_ROWS + row) * 2, 2);
            out[k] = pk_bits_to_float((uint32_t)bits << 16);
            break;
        }
        case PK_Q4_SYM: out[k] = half_at(scales, block * PK_ROWS + row) * (code - 8); break;
        case PK_Q8_SYM: out[k] = half_at(scales, block * PK_ROWS + row) * (code - 128); break;
        case PK_Q4_AFFINE: case PK_Q8_AFFINE:
            out[k] = half_at(scales, block * 2 * PK_ROWS + row) * code
                + half_at(scales, (block * 2 + 1) * PK_ROWS + row);
            break;
        case PK_Q4_SUPER: case PK_Q8_SUPER: {
            const uint8_t *s = scales + super * scale_stride(format);
            out[k] = half_at(s, row) * (float)s[64 + j * 16 + row] * code
                - half_at(s, PK_ROWS + row) * (float)s[192 + j * 16 + row];
            break;
        }
        case PK_Q6_SUPER: {
            const uint8_t *s = scales + super * scale_stride(format);
            out[k] = half_at(s, row) * (float)(int8_t)s[32 + k % PK_SUPER / 16 * 16 + row] * (code - 32);
            break;
        }
        }
    }
}
