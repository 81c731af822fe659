// SPDX-License-Identifier: Apache-2.0
// liburing.h defines _XOPEN_SOURCE; the system's own headers must have been read before that.
#include <features.h>
#include <sys/types.h>
#include <sys/select.h>
#include <liburing.h>
