// Compares an instruction set's kernels with the scalar ones on random data, bit for bit: `same_bits ISA SEED`, ISA
// being pk_isa's number. It is C alone, so that it can be built for another processor and run under an emulator.
#include "CKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 1024, MOST_TOKENS = 20, MOST_BLOCKS = 42, MOST_TOKENS_SEEN = MOST_BLOCKS * PK_BLOCK };

static uint64_t state;
static int differences;

static uint32_t next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static float next_float(void) { return (float)(int32_t)(next() % 2000001 - 1000000) / 500000; }

static void *reserve(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!memory) abort();
    return memory;
}

static void fill(float *values, size_t count) {
    // Now and then an outlier, which takes the 15 bits of its group.
    for (size_t i = 0; i < count; i++) values[i] = next_float() * (next() % 50 ? 1 : 100);
}

static void compare(const char *what, const void *expected, const void *found, size_t bytes) {
    if (memcmp(expected, found, bytes) == 0) return;
    differences++;
    printf("%s differs\n", what);
}

// Half precision in -0.125 ... 0.125.
static uint16_t next_half(void) { return (uint16_t)(next() % 0x3000 | (next() & 1) << 15); }

typedef struct {
    pk_ggml_type type;
    size_t columns, bytes;  // of a block
    int halves[2];          // where its half-precision scales stand; -1: none
} stored_type;

static const stored_type stored_types[] = {
    {PK_GGML_F32, 2, 8, {-1, -1}},      {PK_GGML_F16, 2, 4, {0, 2}},         {PK_GGML_BF16, 2, 4, {0, 2}},
    {PK_GGML_Q4_0, 32, 18, {0, -1}},    {PK_GGML_Q4_1, 32, 20, {0, 2}},      {PK_GGML_Q5_0, 32, 22, {0, -1}},
    {PK_GGML_Q5_1, 32, 24, {0, 2}},     {PK_GGML_Q8_0, 32, 34, {0, -1}},     {PK_GGML_Q4_K, 256, 144, {0, 2}},
    {PK_GGML_Q5_K, 256, 176, {0, 2}},   {PK_GGML_Q6_K, 256, 210, {208, -1}},
};

static uint8_t *stored_group(const stored_type *type, size_t blocks) {
    static uint8_t rows[PK_ROWS][MOST_COLUMNS * 4];
    const uint8_t *pointers[PK_ROWS];
    for (size_t row = 0; row < PK_ROWS; row++) {
        for (size_t i = 0; i < blocks * type->bytes; i++) rows[row][i] = (uint8_t)next();
        for (size_t block = 0; block < blocks; block++) {
            uint8_t *place = rows[row] + block * type->bytes;
            for (int i = 0; i < 2; i++) {
                uint16_t half = next_half();
                if (type->halves[i] >= 0) memcpy(place + type->halves[i], &half, 2);
            }
            for (int i = 0; i < 2; i++) {
                float value = next_float();
                if (type->type == PK_GGML_F32) memcpy(place + i * 4, &value, 4);
                if (type->type == PK_GGML_BF16) memcpy(place + i * 2, (const uint8_t *)&value + 2, 2);
            }
        }
        pointers[row] = rows[row];
    }
    size_t columns = blocks * type->columns;
    uint8_t *group = reserve(pk_group_bytes((pk_format)pk_format_for_ggml(type->type), columns));
    pk_pack_group(type->type, pointers, columns, group);
    return group;
}

static uint8_t *code_group(pk_format format, int bits, size_t columns) {
    static uint8_t codes[PK_ROWS][MOST_COLUMNS];
    static uint16_t scales[PK_ROWS][MOST_COLUMNS / PK_BLOCK], zeros[PK_ROWS][MOST_COLUMNS / PK_BLOCK];
    static pk_code_row rows[PK_ROWS];
    const pk_code_row *pointers[PK_ROWS];
    for (size_t row = 0; row < PK_ROWS; row++) {
        for (size_t k = 0; k < columns; k++) codes[row][k] = (uint8_t)(next() % (1u << bits));
        for (size_t i = 0; i < columns / PK_BLOCK; i++) {
            scales[row][i] = next_half();
            zeros[row][i] = (uint16_t)(next() % ((1u << bits) + 1));
        }
        rows[row] = (pk_code_row){codes[row], scales[row], zeros[row]};
        pointers[row] = &rows[row];
    }
    uint8_t *group = reserve(pk_group_bytes(format, columns));
    pk_pack_codes(format, pointers, columns, group);
    return group;
}

// Whether the set rounds activations to brain floats.
static bool rounds_activations(const pk_kernels *kernels, pk_format format) {
    return format == PK_BF16 && kernels == pk_kernels_for(PK_ISA_AVX512_BF16);
}

static double brain_float(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
    memcpy(&x, &bits, 4);
    return x;
}

// Products of weights and rounded activations, within what adding them in single precision may cost.
static void compare_rounded(const char *what, const uint8_t *group, size_t columns, const float *activations,
                            size_t tokens, const float *found) {
    static float weights[MOST_COLUMNS];
    for (size_t row = 0; row < PK_ROWS; row++) {
        pk_unpack_row(PK_BF16, group, row, columns, weights);
        for (size_t token = 0; token < tokens; token++) {
            double expected = 0, size = 0;
            for (size_t k = 0; k < columns; k++) {
                double product = weights[k] * brain_float(activations[token * columns + k]);
                expected += product;
                size += fabs(product);
            }
            if (fabs(found[token * PK_ROWS + row] - expected) <= size * (double)columns * 0x1p-24) continue;
            differences++;
            printf("%s differs in row %zu, token %zu\n", what, row, token);
        }
    }
}

// Every token alone gives what it gave among others.
static void compare_alone(const char *what, const pk_kernels *kernels, pk_format format, const uint8_t *group,
                          size_t columns, const float *activations, size_t tokens, const float *together) {
    bool quantised = format > PK_BF16;
    uint8_t *panel = reserve(pk_panel_bytes(quantised, 1, columns));
    for (size_t token = 0; token < tokens; token++) {
        float alone[PK_ROWS];
        const float *row = activations + token * columns;
        (quantised ? kernels->quantize : kernels->transpose)(row, columns, 1, columns, panel, 0);
        kernels->matmul[format](group, 1, columns, panel, 1, alone, PK_ROWS);
        compare(what, alone, together + token * PK_ROWS, sizeof alone);
    }
    free(panel);
}

static void compare_matmul(const pk_kernels *scalar, const pk_kernels *other, pk_format format, const uint8_t *group,
                           size_t columns) {
    static float activations[MOST_TOKENS * MOST_COLUMNS];
    static float expected[MOST_TOKENS * PK_ROWS], found[MOST_TOKENS * PK_ROWS];
    bool quantised = format > PK_BF16;
    uint8_t *panels = reserve(pk_panel_bytes(quantised, MOST_TOKENS, columns));
    uint8_t *other_panels = reserve(pk_panel_bytes(quantised, MOST_TOKENS, columns));
    for (size_t tokens = 1; tokens <= MOST_TOKENS; tokens++) {
        fill(activations, tokens * columns);
        size_t bytes = pk_panel_bytes(quantised, tokens, columns);
        size_t panel = pk_panel_bytes(quantised, PK_TILE, columns);
        (quantised ? scalar->quantize : scalar->transpose)(activations, columns, tokens, columns, panels, panel);
        (quantised ? other->quantize : other->transpose)(activations, columns, tokens, columns, other_panels, panel);
        char what[96];
        snprintf(what, sizeof what, "format %d, %zu columns, %zu tokens: panel", format, columns, tokens);
        compare(what, panels, other_panels, bytes);
        scalar->matmul[format](group, 1, columns, panels, tokens, expected, PK_ROWS);
        other->matmul[format](group, 1, columns, panels, tokens, found, PK_ROWS);
        snprintf(what, sizeof what, "format %d, %zu columns, %zu tokens: product", format, columns, tokens);
        if (rounds_activations(other, format)) {
            compare_rounded(what, group, columns, activations, tokens, found);
        } else {
            compare(what, expected, found, tokens * PK_ROWS * sizeof(float));
        }
        snprintf(what, sizeof what, "format %d, %zu columns, %zu tokens: a token alone", format, columns, tokens);
        compare_alone(what, other, format, group, columns, activations, tokens, found);
    }
    free(panels);
    free(other_panels);
}

static void compare_vectors(const pk_kernels *scalar, const pk_kernels *other) {
    enum { COUNT = 96 };
    float x[COUNT], delta[COUNT], weight[COUNT], expected[2][COUNT], found[2][COUNT];
    fill(x, COUNT);
    fill(delta, COUNT);
    fill(weight, COUNT);
    memcpy(expected[0], x, sizeof x);
    memcpy(found[0], x, sizeof x);
    scalar->add_rms_norm(expected[0], delta, weight, 1e-5f, COUNT, expected[1]);
    other->add_rms_norm(found[0], delta, weight, 1e-5f, COUNT, found[1]);
    compare("norm", expected, found, sizeof expected);
    scalar->silu_multiply(expected[1], weight, COUNT);
    other->silu_multiply(found[1], weight, COUNT);
    compare("silu", expected, found, sizeof expected);
    scalar->rotate(expected[1], 2, COUNT / 2, COUNT / 4, delta, weight);
    other->rotate(found[1], 2, COUNT / 2, COUNT / 4, delta, weight);
    compare("rotation", expected, found, sizeof expected);
    for (size_t count = COUNT - 17; count <= COUNT; count++) {
        expected[0][0] = scalar->exponentials(x, count, 200, 0.5f, expected[1]);
        found[0][0] = other->exponentials(x, count, 200, 0.5f, found[1]);
        compare("exponentials", expected, found, sizeof expected);
        if (scalar->argmax(x, count) != other->argmax(x, count)) compare("argmax", "a", "b", 1);
    }
}

// One KV head of some tokens, in blocks that stand in any order, and rows that look at them.
typedef struct {
    pk_kv_type type;
    size_t head_size, tokens, block_bytes;
    int32_t table[MOST_BLOCKS];
    float *keys, *values, *queries;
    pk_attention_row rows[PK_ATTENTION_ROWS];
} attention_case;

static attention_case random_attention(pk_kv_type type) {
    static const size_t sizes[] = {16, 48, 64, 96, 128};
    attention_case test = {.type = type, .head_size = sizes[next() % 5], .tokens = 1 + next() % MOST_TOKENS_SEEN};
    test.block_bytes = pk_kv_head_bytes(type, test.head_size) + 64;
    int32_t shift = (int32_t)(next() % MOST_BLOCKS);
    for (int32_t i = 0; i < MOST_BLOCKS; i++) test.table[i] = (i * 5 + shift) % MOST_BLOCKS;
    test.keys = reserve(test.tokens * test.head_size * sizeof(float));
    test.values = reserve(test.tokens * test.head_size * sizeof(float));
    test.queries = reserve(PK_ATTENTION_ROWS * test.head_size * sizeof(float));
    fill(test.keys, test.tokens * test.head_size);
    fill(test.values, test.tokens * test.head_size);
    for (size_t i = 0; i < PK_ATTENTION_ROWS * test.head_size; i++) test.queries[i] = next_float() / 8;
    for (size_t r = 0; r < PK_ATTENTION_ROWS; r++) {
        size_t to = 1 + next() % test.tokens, from = next() % 2 ? 0 : next() % to;
        test.rows[r] = (pk_attention_row){.query = test.queries + r * test.head_size, .from = from, .to = to};
    }
    return test;
}

static uint8_t *stored(const attention_case *test, const pk_kernels *kernels) {
    uint8_t *pool = reserve(MOST_BLOCKS * test->block_bytes);
    // Bytes that no row may see are no numbers.
    memset(pool, 0xff, MOST_BLOCKS * test->block_bytes);
    for (size_t t = 0; t < test->tokens; t++) {
        kernels->store_kv[test->type](pool + (size_t)test->table[t / PK_BLOCK] * test->block_bytes, t % PK_BLOCK,
                                      test->head_size, test->keys + t * test->head_size,
                                      test->values + t * test->head_size);
    }
    return pool;
}

// Rows `first` ..< `first + count`, every split by a call of its own if `cut`.
static void attend(const attention_case *test, const pk_kernels *kernels, const uint8_t *pool, size_t first,
                   size_t count, bool cut, float *out) {
    size_t size = test->head_size, stride = PK_ATTENTION_SUMS + size;
    size_t splits = test->tokens / PK_ATTENTION_SPLIT + 1;
    pk_kv_view view = {.base = pool, .block_bytes = test->block_bytes, .table = test->table, .head_size = size};
    // What a call fetches for the next one must not matter.
    if (cut) view.next = (pk_kv_blocks){pool, test->table, 1};
    float *states = reserve(2 * PK_ATTENTION_ROWS * stride * sizeof(float));
    // What another call left in scratch memory must not matter.
    void *scratch = reserve(pk_attention_scratch_bytes(size));
    memset(scratch, 0xff, pk_attention_scratch_bytes(size));
    pk_attention_row rows[PK_ATTENTION_ROWS];
    for (size_t split = 0; split < (cut ? splits : 1); split++) {
        float *place = states + (split ? PK_ATTENTION_ROWS * stride : 0);
        for (size_t r = 0; r < count; r++) {
            rows[r] = test->rows[first + r];
            rows[r].state = place + r * stride;
        }
        kernels->attend[test->type](&view, rows, count, split, cut ? 1 : splits, scratch);
        for (size_t r = 0; r < count && split; r++) {
            kernels->merge_attention(states + r * stride, rows[r].state, size);
        }
    }
    for (size_t r = 0; r < count; r++) kernels->finish_attention(states + r * stride, size, out + r * size);
    free(states);
    free(scratch);
}

static void compare_attention(const pk_kernels *scalar, const pk_kernels *other, pk_kv_type type) {
    attention_case test = random_attention(type);
    size_t row_bytes = test.head_size * sizeof(float);
    uint8_t *pool = stored(&test, scalar), *other_pool = stored(&test, other);
    char what[96];
    snprintf(what, sizeof what, "KV type %d, head size %zu, %zu tokens", type, test.head_size, test.tokens);
    compare(what, pool, other_pool, MOST_BLOCKS * test.block_bytes);
    float *expected = reserve(PK_ATTENTION_ROWS * row_bytes), *found = reserve(PK_ATTENTION_ROWS * row_bytes);
    attend(&test, scalar, pool, 0, PK_ATTENTION_ROWS, false, expected);
    for (size_t count = 1; count <= PK_ATTENTION_ROWS; count++) {
        size_t first = next() % (PK_ATTENTION_ROWS - count + 1);
        attend(&test, other, pool, first, count, count % 2, found);
        compare(what, expected + first * test.head_size, found, count * row_bytes);
    }
    free(pool);
    free(other_pool);
    free(expected);
    free(found);
    free(test.keys);
    free(test.values);
    free(test.queries);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    const pk_kernels *scalar = pk_kernels_for(PK_ISA_SCALAR), *other = pk_kernels_for((pk_isa)atoi(argv[1]));
    if (!other) {
        printf("this processor lacks the instructions\n");
        return 2;
    }
    state = strtoull(argv[2], NULL, 10);
    size_t products = 0;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof stored_types / sizeof stored_types[0]; i++, products++) {
            const stored_type *type = &stored_types[i];
            size_t blocks = 1 + next() % (type->columns == PK_SUPER ? 3 : type->columns == PK_BLOCK ? 9 : 300);
            uint8_t *group = stored_group(type, blocks);
            pk_format format = (pk_format)pk_format_for_ggml(type->type);
            compare_matmul(scalar, other, format, group, blocks * type->columns);
            free(group);
        }
        static const struct {
            pk_format format;
            int bits;
        } coded[] = {{PK_Q4_SYM, 4},  {PK_Q8_SYM, 8},      {PK_Q4_SYM_128, 4},
                     {PK_Q4_ZERO, 4}, {PK_Q4_ZERO_128, 4}, {PK_Q8_ZERO, 8}};
        for (size_t i = 0; i < sizeof coded / sizeof coded[0]; i++, products++) {
            size_t columns = (1 + next() % 4) * pk_format_column_multiple(coded[i].format);
            uint8_t *group = code_group(coded[i].format, coded[i].bits, columns);
            compare_matmul(scalar, other, coded[i].format, group, columns);
            free(group);
        }
        compare_vectors(scalar, other);
    }
    size_t caches = 0;
    for (; caches < 12; caches++) compare_attention(scalar, other, (pk_kv_type)(caches % PK_KV_TYPES));
    printf("%s: %zu matrices, %zu caches, %d differences\n", other->name, products, caches, differences);
    return differences != 0;
}
