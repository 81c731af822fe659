// SPDX-License-Identifier: Apache-2.0

/// A user's place in a room.
struct Member {
    var entry: StateEntry
    var membership: Membership
    /// Where the user stands in the list of joined ones.
    var position: Int?
}
