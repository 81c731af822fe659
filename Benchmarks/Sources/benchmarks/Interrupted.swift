// SPDX-License-Identifier: Apache-2.0

/// Somebody pressed Ctrl-C.
struct Interrupted: Error {}
