// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// All areas in the order in which the report lists them.
    var areas: [Area] {
        [rooms, aliases, receipts, notifications] + peopleAreas + [mediaRepository, timeline, positions]
    }

    /// All that belongs to a person, or to the server, rather than to a room.
    var peopleAreas: [Area] {
        [
            users, profiles, devices, accountData, pushRules, pushers, filters, presence, deviceKeys, crossSigning,
            keyBackups, toDevice, deviceLists, applicationServiceStates, serverKeys, federation,
            statistics,
        ]
    }

    /// The names of all areas, as `--phase` takes them, in the order in which the report lists them.
    public static let areaNames: [String] = Plan(
        serverName: "", now: 0, streamOrdering: StreamOrdering(highestSyncID: 0, highestEventNID: 0), firstFreeStream: 1
    ).areas.map(\.name)
}
