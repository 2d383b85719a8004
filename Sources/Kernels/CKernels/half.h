// Exact conversions between half and single precision, the same on every instruction set.
#ifndef PRONK_HALF_H
#define PRONK_HALF_H

#include <stdint.h>
#include <string.h>

static inline float pk_bits_to_float(uint32_t bits) {
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline uint32_t pk_float_to_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits;
}

static inline float pk_half_to_float(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, rest = half & 0x7fff;
    if (rest >= 0x7c00) return pk_bits_to_float(sign | 0x7f800000 | (rest & 0x3ff) << 13);
    if (rest >= 0x0400) return pk_bits_to_float(sign | ((rest << 13) + 0x38000000));
    // Subnormal: rest * 2^-24, which single precision holds exactly.
    float magnitude = (float)rest * 0x1p-24f;
    return pk_bits_to_float(sign | pk_float_to_bits(magnitude));
}

// Rounds to nearest even; overflow becomes infinity, NaN stays a quiet NaN.
static inline uint16_t pk_float_to_half(float value) {
    uint32_t bits = pk_float_to_bits(value), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (rest >> 13 & 0x3ff));
    if (rest >= 0x477ff000) return (uint16_t)(sign | 0x7c00);
    if (rest < 0x38800000) {
        // Adding 0.5 leaves the rounded subnormal in the low mantissa bits.
        float shifted = pk_bits_to_float(rest) + 0.5f;
        return (uint16_t)(sign | (pk_float_to_bits(shifted) - 0x3f000000));
    }
    uint32_t rounded = rest + 0xfff + (rest >> 13 & 1);
    return (uint16_t)(sign | (rounded - 0x38000000) >> 13);
}

#endif
