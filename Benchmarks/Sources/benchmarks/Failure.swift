// SPDX-License-Identifier: Apache-2.0

/// What went wrong, as a sentence.
struct Failure: Error, CustomStringConvertible {
    let description: String
}
