// Sizes of packed row groups and panels, and what a packed row means.
#include "CKernels.h"
#include "half.h"
#include "layout.h"

#include <string.h>

size_t pk_format_column_multiple(pk_format format) {
    switch (format) {
    case PK_F32: case PK_F16: return 1;
    case PK_BF16: return 2;
    default: return unit_columns(format);
    }
}

size_t pk_group_bytes(pk_format format, size_t columns) {
    size_t bytes;
    switch (format) {
    case PK_F32: bytes = columns * PK_ROWS * 4; break;
    case PK_F16: case PK_BF16: bytes = columns * PK_ROWS * 2; break;
    default: bytes = columns / unit_columns(format) * unit_bytes(format);
    }
    return (bytes + 63) & ~(size_t)63;
}

size_t pk_panel_bytes(bool quantised, size_t tokens, size_t columns) {
    return tokens * (quantised ? columns / PK_BLOCK * PK_PANEL_BLOCK : columns * 4);
}

static float half_at(const uint8_t *scales, size_t index) {
    uint16_t bits;
    memcpy(&bits, scales + index * 2, 2);
    return pk_half_to_float(bits);
}

// One weight of a quantised format.
static inline float weight_at(const pk_format format, const uint8_t *group, size_t row, size_t column) {
    const uint8_t *scales = group + scales_offset(format, column / PK_BLOCK);
    float code = (float)get_code(format, group, row, column), scale = half_at(scales, row);
    size_t j = column % PK_SUPER / PK_BLOCK;
    switch (format) {
    case PK_Q4_AFFINE: case PK_Q8_AFFINE: return scale * code + half_at(scales + 64, row);
    case PK_Q4_ZERO: case PK_Q4_ZERO_128: return scale * (code - (float)scales[64 + row]);
    case PK_Q8_ZERO: {
        uint16_t zero;
        memcpy(&zero, scales + 64 + row * 2, 2);
        return scale * (code - (float)zero);
    }
    case PK_Q4_SUPER: case PK_Q5_SUPER:
        return scale * (float)scales[128 + j * PK_ROWS + row] * code
            - half_at(scales + 64, row) * (float)scales[384 + j * PK_ROWS + row];
    case PK_Q6_SUPER: {
        int8_t sixteenth = (int8_t)scales[64 + column % PK_SUPER / 16 * PK_ROWS + row];
        return scale * (float)sixteenth * (code - 32);
    }
    default: return scale * (code - (float)code_offset(format));
    }
}

// `format` is a constant wherever this is inlined.
static inline __attribute__((always_inline)) void unpack_quantised(
    const pk_format format, const uint8_t *group, size_t row, size_t columns, float *out) {
    for (size_t k = 0; k < columns; k++) out[k] = weight_at(format, group, row, k);
}

void pk_unpack_row(pk_format format, const uint8_t *group, size_t row, size_t columns, float *out) {
#define QUANTISED(format) case format: unpack_quantised(format, group, row, columns, out); break
    switch (format) {
    case PK_F32:
        for (size_t k = 0; k < columns; k++) memcpy(out + k, group + (k * PK_ROWS + row) * 4, 4);
        break;
    case PK_F16:
        for (size_t k = 0; k < columns; k++) out[k] = half_at(group, k * PK_ROWS + row);
        break;
    case PK_BF16:
        for (size_t k = 0; k < columns; k++) {
            uint16_t bits;
            memcpy(&bits, group + brain_place(row, k) * 2, 2);
            out[k] = pk_bits_to_float((uint32_t)bits << 16);
        }
        break;
    QUANTISED(PK_Q4_SYM);
    QUANTISED(PK_Q4_AFFINE);
    QUANTISED(PK_Q8_SYM);
    QUANTISED(PK_Q8_AFFINE);
    QUANTISED(PK_Q4_SUPER);
    QUANTISED(PK_Q5_SUPER);
    QUANTISED(PK_Q6_SUPER);
    QUANTISED(PK_Q4_SYM_128);
    QUANTISED(PK_Q4_ZERO);
    QUANTISED(PK_Q4_ZERO_128);
    QUANTISED(PK_Q8_ZERO);
    }
#undef QUANTISED
}
