// SPDX-License-Identifier: Apache-2.0

/// A transaction in which a local client sent an event: whose it was, and where ``SentTransactions`` has its text.
///
/// Plain numbers: all workers ask for one with each event, and counting references to what they share has them wait for one
/// another's caches.
struct SentTransaction {
    /// Dendrite's `session_id`.
    let session: Int64?
    let piece: Int
    let bytes: Range<Int>
}
