// SPDX-License-Identifier: Apache-2.0
import Loader

/// All that belongs to a person rather than to a room.
extension Plan {
    var peopleAreas: [Area] {
        [
            users, profiles, devices, accountData, pushRules,
        ]
    }
}
