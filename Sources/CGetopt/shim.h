// SPDX-License-Identifier: Apache-2.0
#include <getopt.h>

// getopt's results are global variables, which Swift's concurrency checking refuses to read.

/// Makes the next call begin anew; 0 is glibc's word for a full reset. Errors are returned, never printed.
static inline void cgetopt_reset(void) {
    optind = 0;
    opterr = 0;
}

/// The value of the option just found.
static inline char *cgetopt_value(void) { return optarg; }

/// The position of the next argument to look at.
static inline int cgetopt_next(void) { return optind; }

/// The letter or number of the option that an error is about; 0 for an unknown or ambiguous long one.
static inline int cgetopt_offender(void) { return optopt; }
