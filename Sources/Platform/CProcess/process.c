#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int lower(int resource, rlim_t value) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return errno;
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > value) limit.rlim_max = value;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

static int limit_resources(const pk_process_command *command) {
    int error = lower(RLIMIT_CORE, 0);
    if (error == 0 && command->files > 0) error = lower(RLIMIT_NOFILE, (rlim_t)command->files);
    if (error == 0 && command->data_bytes > 0) error = lower(RLIMIT_DATA, (rlim_t)command->data_bytes);
    return error;
}

static int change_user(const pk_process_command *command) {
    if (!command->has_user) return 0;
    if (setgroups((size_t)command->group_count, command->groups) != 0) return errno;
    if (setresgid(command->group, command->group, command->group) != 0) return errno;
    return setresuid(command->user, command->user, command->user) == 0 ? 0 : errno;
}

// Runs in the child; returns only what went wrong.
static int become(const pk_process_command *command, pid_t owner) {
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (setsid() < 0) return errno;
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0) return errno;
    int error = limit_resources(command);
    if (error == 0) error = change_user(command);
    if (error != 0) return error;
    // After the change of user, which would clear it. The owner may have died before this call: nobody would tell.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    if (getppid() != owner) return ESRCH;
    // By the kernel, in one call; where it is too old, by hand.
    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        for (int descriptor = 3; descriptor < 1024; descriptor++) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    execve(command->path, command->arguments, command->environment);
    return errno;
}

int pk_process_spawn(const pk_process_command *command, pid_t *pid) {
    // Closed by exec: an end of file means that the command runs.
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return errno;
    pid_t owner = getpid();
    pid_t child = fork();
    int error = 0;
    if (child == 0) {
        error = become(command, owner);
        ssize_t written = write(report[1], &error, sizeof error);
        _exit(written == sizeof error ? 127 : 126);
    }
    if (child < 0) error = errno;
    close(report[1]);
    ssize_t count = 0;
    if (child > 0) {
        do count = read(report[0], &error, sizeof error);
        while (count < 0 && errno == EINTR);
    }
    close(report[0]);
    if (child < 0) return error;
    if (count == (ssize_t)sizeof error) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
        return error;
    }
    *pid = child;
    return 0;
}

int pk_process_adopt_orphans(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 ? 0 : errno;
}
