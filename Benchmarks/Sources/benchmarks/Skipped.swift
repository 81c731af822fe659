// SPDX-License-Identifier: Apache-2.0

/// Why a benchmark was not run, as a sentence.
struct Skipped: Error {
    let reason: String
}
