// SPDX-License-Identifier: Apache-2.0
#ifndef MATRIX_LOADER_CLIBURING_SHIM_H
#define MATRIX_LOADER_CLIBURING_SHIM_H
// liburing.h defines _XOPEN_SOURCE; the system's own headers must have been read before that.
#include <features.h>
#include <sys/types.h>
#include <sys/select.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <liburing.h>

// Swift imports no macro that goes through an enum and a shift.
enum {
    CLIBURING_SQE_FIXED_FILE = IOSQE_FIXED_FILE,
    CLIBURING_SQE_IO_LINK = IOSQE_IO_LINK,
    CLIBURING_SQE_IO_HARDLINK = IOSQE_IO_HARDLINK,
    // O_PATH itself is for _GNU_SOURCE only.
    CLIBURING_O_PATH = __O_PATH,
    CLIBURING_O_DIRECT = __O_DIRECT,
};

// glibc declares these for _GNU_SOURCE only, which must stay undefined here; or they are variadic; or it lacks them.
static inline long cliburing_syncfs(int descriptor) { return syscall(SYS_syncfs, descriptor); }

static inline long cliburing_copy_file_range(int from, int to, size_t count) {
    return syscall(SYS_copy_file_range, from, (void *)0, to, (void *)0, count, 0u);
}

static inline long cliburing_fallocate(int descriptor, int64_t count) {
    return syscall(SYS_fallocate, descriptor, 0, (off_t)0, (off_t)count);
}

static inline long cliburing_openat2(int directory, const char *path, const struct open_how *how) {
    return syscall(SYS_openat2, directory, path, how, sizeof(struct open_how));
}

// Came with Linux 6.5: how much of a file the page cache has. The number is the same on all architectures.
struct cliburing_cache_state {
    uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

static inline long cliburing_cachestat(int descriptor, struct cliburing_cache_state *result) {
    const uint64_t whole_file[2] = {0, 0};
    return syscall(451, descriptor, whole_file, result, 0u);
}

// How many processors the calling thread may run on; 0 where the kernel does not say.
static inline int cliburing_processor_count(void) {
    unsigned long mask[1024] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);
    int count = 0;
    for (long word = 0; word < bytes / (long)sizeof(*mask); word++) count += __builtin_popcountl(mask[word]);
    return count;
}

static inline int cliburing_clone(int to, int from) { return ioctl(to, FICLONE, from); }

#endif
