// SPDX-License-Identifier: Apache-2.0

/// A dry run that is still in Synapse's database.
struct DryRunLeft: Error, CustomStringConvertible {
    /// Why it could not be undone.
    let reason: any Error

    var description: String { "The dry run could not be undone: \("\(reason)".sentence) Run 'abort'." }
}
