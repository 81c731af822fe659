// SPDX-License-Identifier: Apache-2.0

/// One line of `rejects.jsonl`: a row that could not be loaded, and never what is in it.
public struct RejectedRowReport: Sendable, Codable, Hashable {
    /// The load that met it, as ``TableLoad/id`` has it; "media" or "media store" for a file.
    public var load: String
    /// What identifies the row in the source.
    public var key: String
    /// The column at fault; nil where no single one is.
    public var column: String?
    /// Why, as ``RejectedRow/reason`` has it.
    public var reason: String

    /// A line of the file.
    public init(load: String, key: String, column: String?, reason: String) {
        self.load = load
        self.key = key
        self.column = column
        self.reason = reason
    }

    private enum CodingKeys: CodingKey { case load, key, column, reason }

    /// All four members are always there: `null` says that no single column is at fault.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(load, forKey: .load)
        try container.encode(key, forKey: .key)
        try container.encode(column, forKey: .column)
        try container.encode(reason, forKey: .reason)
    }
}
