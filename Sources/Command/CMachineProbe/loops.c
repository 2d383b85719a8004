#include "loops.h"

#include <string.h>

enum { CHAINS = 12 };  // independent sums, more than latency times units: 4 cycles x 2 units

typedef uint64_t lanes8 __attribute__((vector_size(64)));

// Keeps a value in a register, and hides from the compiler where it came from.
#define OPAQUE(value, constraint) __asm__ volatile("" : "+" constraint(value))

#define READ_LOOP(name, attribute)                                                     \
    attribute static uint64_t name(const uint8_t *bytes, size_t count) {               \
        lanes8 sums[4] = {{0}, {0}, {0}, {0}};                                         \
        for (size_t place = 0; place < count; place += 256) {                          \
            for (int i = 0; i < 4; i++) {                                              \
                lanes8 line;                                                           \
                memcpy(&line, bytes + place + 64 * i, 64);                             \
                sums[i] += line;                                                       \
            }                                                                          \
        }                                                                              \
        uint64_t sum = 0;                                                              \
        for (int i = 0; i < 4; i++)                                                    \
            for (int j = 0; j < 8; j++) sum += sums[i][j];                             \
        return sum;                                                                    \
    }

READ_LOOP(read_plain, )

static uint64_t int8_plain(size_t rounds) {
    int8_t weights[64], values[64];
    for (int i = 0; i < 64; i++) weights[i] = (int8_t)(i * 7), values[i] = (int8_t)(i * 5 + 1);
    int32_t sums[16] = {0};
    for (size_t round = 0; round < rounds; round++) {
        const int8_t *hidden = values;
        OPAQUE(hidden, "r");
        for (int lane = 0; lane < 16; lane++)
            for (int i = 0; i < 4; i++) sums[lane] += weights[lane * 4 + i] * hidden[lane * 4 + i];
    }
    uint64_t sum = 0;
    for (int i = 0; i < 16; i++) sum += (uint64_t)sums[i];
    return sum;
}

static uint64_t floats_plain(size_t rounds) {
    float sums[16];
    for (int i = 0; i < 16; i++) sums[i] = 1;
    float factor = 0.999f;
    for (size_t round = 0; round < rounds; round++) {
        __asm__ volatile("" : "+m"(factor));
        for (int i = 0; i < 16; i++) sums[i] = sums[i] * factor + 0.001f;
    }
    float sum = 0;
    for (int i = 0; i < 16; i++) sum += sums[i];
    return (uint64_t)sum;
}

static const pk_probe_loops plain = {"portable C", read_plain, int8_plain, floats_plain, 2 * 64, 2 * 16};

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define AVX2 __attribute__((target("avx2,fma")))

READ_LOOP(read_avx512, AVX512)
READ_LOOP(read_avx2, AVX2)

static AVX512 uint64_t int8_avx512(size_t rounds) {
    __m512i sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_setzero_si512();
    __m512i weight = _mm512_set1_epi8(3), value = _mm512_set1_epi8(5);
    for (size_t round = 0; round < rounds; round++) {
        OPAQUE(weight, "v");
        for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], weight, value);
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm512_add_epi32(sums[0], sums[i]);
    return (uint64_t)_mm512_reduce_add_epi32(sums[0]);
}

static AVX512 uint64_t floats_avx512(size_t rounds) {
    __m512 sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_set1_ps(1);
    __m512 factor = _mm512_set1_ps(0.999f), term = _mm512_set1_ps(0.001f);
    for (size_t round = 0; round < rounds; round++) {
        OPAQUE(factor, "v");
        for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_fmadd_ps(sums[i], factor, term);
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm512_add_ps(sums[0], sums[i]);
    return (uint64_t)_mm512_reduce_add_ps(sums[0]);
}

// Bytes by pairs into 16 bits, those by pairs into 32, as processors without dot products must.
static AVX2 uint64_t int8_avx2(size_t rounds) {
    __m256i sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_setzero_si256();
    __m256i weight = _mm256_set1_epi8(3), value = _mm256_set1_epi8(5), ones = _mm256_set1_epi16(1);
    for (size_t round = 0; round < rounds; round++) {
        for (int i = 0; i < CHAINS; i++) {
            OPAQUE(weight, "x");
            sums[i] = _mm256_add_epi32(
                sums[i], _mm256_madd_epi16(_mm256_maddubs_epi16(weight, value), ones));
        }
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm256_add_epi32(sums[0], sums[i]);
    return (uint64_t)_mm256_extract_epi32(sums[0], 0);
}

static AVX2 uint64_t floats_avx2(size_t rounds) {
    __m256 sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_set1_ps(1);
    __m256 factor = _mm256_set1_ps(0.999f), term = _mm256_set1_ps(0.001f);
    for (size_t round = 0; round < rounds; round++) {
        OPAQUE(factor, "x");
        for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_fmadd_ps(sums[i], factor, term);
    }
    float lanes[8];
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm256_add_ps(sums[0], sums[i]);
    _mm256_storeu_ps(lanes, sums[0]);
    return (uint64_t)lanes[0];
}

static const pk_probe_loops avx512 = {
    "AVX-512 VNNI", read_avx512, int8_avx512, floats_avx512, 2.0 * 64 * CHAINS, 2.0 * 16 * CHAINS};
static const pk_probe_loops avx2 = {
    "AVX2", read_avx2, int8_avx2, floats_avx2, 2.0 * 32 * CHAINS, 2.0 * 8 * CHAINS};

const pk_probe_loops *pk_probe_best(void) {
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")) return &avx512;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &avx2 : &plain;
}

#elif defined(__aarch64__)

#include <arm_neon.h>
#include <sys/auxv.h>

#define DOTPROD __attribute__((target("dotprod")))

static DOTPROD uint64_t int8_neon(size_t rounds) {
    int32x4_t sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = vdupq_n_s32(0);
    int8x16_t weight = vdupq_n_s8(3), value = vdupq_n_s8(5);
    for (size_t round = 0; round < rounds; round++) {
        OPAQUE(weight, "w");
        for (int i = 0; i < CHAINS; i++) sums[i] = vdotq_s32(sums[i], weight, value);
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = vaddq_s32(sums[0], sums[i]);
    return (uint64_t)vaddvq_s32(sums[0]);
}

static uint64_t floats_neon(size_t rounds) {
    float32x4_t sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = vdupq_n_f32(1);
    float32x4_t factor = vdupq_n_f32(0.999f), term = vdupq_n_f32(0.001f);
    for (size_t round = 0; round < rounds; round++) {
        OPAQUE(factor, "w");
        for (int i = 0; i < CHAINS; i++) sums[i] = vfmaq_f32(term, sums[i], factor);
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = vaddq_f32(sums[0], sums[i]);
    return (uint64_t)vaddvq_f32(sums[0]);
}

static const pk_probe_loops neon = {
    "NEON dotprod", read_plain, int8_neon, floats_neon, 2.0 * 16 * CHAINS, 2.0 * 4 * CHAINS};

const pk_probe_loops *pk_probe_best(void) {
    // HWCAP_ASIMDDP, which older headers lack.
    return (getauxval(AT_HWCAP) & (1ul << 20)) ? &neon : &plain;
}

#else

const pk_probe_loops *pk_probe_best(void) { return &plain; }

#endif
