// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// The names of all areas, as `--phase` takes them, in the order in which the report lists them.
    public static let areaNames: [String] = Plan(
        serverName: "", now: 0, streamOrdering: StreamOrdering(highestSyncID: 0, highestEventNID: 0), firstFreeStream: 1
    ).areas.map(\.name)
}
