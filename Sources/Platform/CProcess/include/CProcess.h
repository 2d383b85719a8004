// Starting a process with what Swift cannot reach: fork with a few calls before exec, and prctl, which is variadic.
#ifndef PK_CPROCESS_H
#define PK_CPROCESS_H

#include <stdint.h>
#include <sys/types.h>

// What `pk_process_spawn` starts. Everything is resolved beforehand: after fork only async-signal-safe calls are made.
typedef struct pk_process_command {
    const char *path;
    char *const *arguments;
    char *const *environment;
    // RLIMIT_DATA: heap and private writable mappings, of each process. 0: no limit.
    uint64_t data_bytes;
    // RLIMIT_NOFILE, lowered to it only. 0: as it is.
    uint64_t files;
    // Changes to this user, his group and these groups if has_user is not 0.
    int has_user;
    uid_t user;
    gid_t group;
    const gid_t *groups;
    int group_count;
} pk_process_command;

// Starts the command as the leader of a session of its own, with /dev/null as standard input, no core dumps, no other
// descriptors than 0, 1 and 2, default signals, and SIGKILL when the calling thread ends. Returns 0 and the process id,
// or the errno of what failed, which is exec's where the command cannot be run.
int pk_process_spawn(const pk_process_command *command, pid_t *pid);

// Makes the calling process the parent of all its orphaned descendants. Returns 0 or an errno.
int pk_process_adopt_orphans(void);

#endif
