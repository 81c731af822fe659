// SPDX-License-Identifier: Apache-2.0
import Loader

extension RowSink {
    /// Counts a row that cannot be mapped, as it lacks what Dendrite's schema asks for.
    mutating func leaveOutIncompleteRow() { leaveOut("rows without a value that Dendrite always writes") }
}
