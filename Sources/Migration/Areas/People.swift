// SPDX-License-Identifier: Apache-2.0

/// All that belongs to a person, or to the server, rather than to a room.
extension Plan {
    var peopleAreas: [Area] {
        [
            users, profiles, devices, accountData, pushRules, pushers, filters, presence, deviceKeys, crossSigning,
            keyBackups, toDevice, deviceLists, applicationServiceStates, serverKeys, federation,
            statistics,
        ]
    }
}
