// SPDX-License-Identifier: Apache-2.0

/// Rows of the source that are left behind, by name.
public struct LeftBehind: Sendable, Codable, Hashable {
    /// What they are, in the plural: "devices of deactivated or missing accounts".
    public var what: String
    /// How many; for what is no row, such as files, the number of those.
    public var rows: Int

    /// A line of the report.
    public init(what: String, rows: Int) {
        self.what = what
        self.rows = rows
    }
}
