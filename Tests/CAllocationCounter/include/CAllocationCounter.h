// Counts the heap allocations of one thread, by standing in front of the C library's allocator.
#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

// Starts counting this thread's allocations.
void ca_start(void);
// Stops, and returns how many there were.
long ca_stop(void);

#endif
