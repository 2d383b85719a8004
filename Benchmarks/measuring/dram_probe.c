/* Reads memory that fits no cache with one thread, then with two, and prints GB/s of each as JSON.
 *
 * Two threads get as much as one when both cores hang on one core complex, and twice as much when they do not; on a
 * virtual machine that changes from one minute to the next. `share` is the part of the time that the threads were given
 * a core: below 0.9 somebody else computes here. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Eight times the 32 MiB of L3 that a core complex has. */
enum { BYTES = 256 << 20, PASSES = 5 };

struct reader {
    const uint64_t *words;
    uint64_t sum;
    /* Seconds of the pass in the middle, of all passes, and of those on a core. */
    double middle, wall, cpu;
};

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void *read_all(void *argument) {
    struct reader *reader = argument;
    double taken[PASSES];
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (int pass = 0; pass < PASSES; pass++) {
        double start = seconds(CLOCK_MONOTONIC);
        uint64_t sums[32] = {0};
        for (size_t i = 0; i < BYTES / 8; i += 32)
            for (int lane = 0; lane < 32; lane++)
                sums[lane] ^= reader->words[i + lane];
        for (int lane = 0; lane < 32; lane++)
            reader->sum ^= sums[lane];
        taken[pass] = seconds(CLOCK_MONOTONIC) - start;
    }
    qsort(taken, PASSES, sizeof taken[0], ascending);
    reader->middle = taken[PASSES / 2];
    reader->wall = seconds(CLOCK_MONOTONIC) - wall;
    reader->cpu = seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
    return NULL;
}

int main(void) {
    struct reader readers[2] = {{0}};
    for (int i = 0; i < 2; i++) {
        void *memory = NULL;
        if (posix_memalign(&memory, 1 << 21, BYTES) != 0)
            return 1;
        memset(memory, i + 1, BYTES);
        readers[i].words = memory;
    }
    read_all(&readers[0]);
    double one = BYTES / readers[0].middle / 1e9, share = readers[0].cpu / readers[0].wall;
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, read_all, &readers[i]) != 0)
            return 1;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    double two = BYTES / readers[0].middle / 1e9 + BYTES / readers[1].middle / 1e9;
    for (int i = 0; i < 2; i++)
        if (readers[i].cpu / readers[i].wall < share)
            share = readers[i].cpu / readers[i].wall;
    /* The sum is printed so that no compiler leaves the reading out. */
    printf("{\"one_thread\": %.1f, \"two_threads\": %.1f, \"share\": %.2f, \"sum\": %llu}\n", one, two, share,
        (unsigned long long)(readers[0].sum ^ readers[1].sum));
    return 0;
}
