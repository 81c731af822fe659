// SPDX-License-Identifier: Apache-2.0

/// Rows of the source that are left behind, by name.
public struct LeftBehind: Sendable, Codable, Hashable {
    public var what: String
    public var rows: Int

    public init(what: String, rows: Int) {
        self.what = what
        self.rows = rows
    }
}
