// SPDX-License-Identifier: Apache-2.0

/// What a user is to a room.
enum Membership: String, Sendable {
    case join, leave, invite, ban

    /// Dendrite's number: a ban counts as having left.
    var number: Int64 {
        switch self {
        case .leave, .ban: 1
        case .invite: 2
        case .join: 3
        }
    }
}
