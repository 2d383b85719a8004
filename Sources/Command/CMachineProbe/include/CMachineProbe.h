// What this machine can do at most: loops that do nothing but read, multiply bytes, or multiply floats.
#ifndef PRONK_CMACHINEPROBE_H
#define PRONK_CMACHINEPROBE_H

#include <stddef.h>

typedef enum {
    PK_PROBE_READ = 0,   // bytes read from memory
    PK_PROBE_INT8 = 1,   // 8-bit multiplications and additions, as the kernels' dot products do them
    PK_PROBE_FLOAT = 2,  // 32-bit floating-point multiplications and additions
} pk_probe_kind;

// Runs a loop on `threads` threads at once for about `seconds`, and returns the sum of their rates: bytes a second, or
// operations a second with a multiplication and its addition counted as two. Each thread reads its own part of the
// `bytes` bytes at `buffer`, which must be larger than the caches together. Returns 0 if a thread cannot be started.
double pk_probe_rate(pk_probe_kind kind, int threads, double seconds, const void *buffer, size_t bytes);

// The instructions that the probes use, such as "AVX-512 VNNI".
const char *pk_probe_instructions(void);

#endif
