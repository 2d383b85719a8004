// The probes' inner loops for one instruction set. Each returns something that depends on all of its work, so that the
// compiler must do it.
#ifndef PRONK_PROBE_LOOPS_H
#define PRONK_PROBE_LOOPS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;
    uint64_t (*read)(const uint8_t *bytes, size_t count);  // count is a multiple of 1024
    // Operations of one of `rounds`: the second number is what a round does.
    uint64_t (*int8)(size_t rounds);
    uint64_t (*floats)(size_t rounds);
    double int8_operations;
    double float_operations;
} pk_probe_loops;

// The best for this processor.
const pk_probe_loops *pk_probe_best(void);

#endif
