// SPDX-License-Identifier: Apache-2.0

/// A type of PostgreSQL by its OID; the constants are those that both servers' tables use.
public struct ColumnType: Sendable, Hashable, CustomStringConvertible {
    @usableFromInline let oid: UInt32

    /// A type by its OID (`pg_type.oid`); those of built-in types are the same on every server.
    public init(oid: UInt32) { self.oid = oid }

    /// `boolean`, one byte.
    public static let bool = ColumnType(oid: 16)
    /// `bytea`, any bytes.
    public static let bytea = ColumnType(oid: 17)
    /// `bigint`, 64 bits.
    public static let bigint = ColumnType(oid: 20)
    /// `smallint`, 16 bits.
    public static let smallint = ColumnType(oid: 21)
    /// `integer`, 32 bits.
    public static let integer = ColumnType(oid: 23)
    /// Text of any length: ``binaryForm`` of all types that have the same bytes.
    public static let text = ColumnType(oid: 25)
    static let character = ColumnType(oid: 1042)
    static let varchar = ColumnType(oid: 1043)
    static let jsonb = ColumnType(oid: 3802)
    static let textArray = ColumnType(oid: 1009)

    /// What queries give by mistake rather than on purpose.
    private static let otherNames: [UInt32: String] = [
        19: "name", 114: "json", 700: "real", 701: "double precision", 1016: "bigint[]", 1082: "date",
        1114: "timestamp without time zone", 1184: "timestamp with time zone", 1700: "numeric",
    ]

    /// Types whose binary forms are the same bytes, so that one may be copied into the other.
    public var binaryForm: ColumnType {
        self == .varchar || self == .character ? .text : self
    }

    /// The name that SQL has for it, or "type" and the OID for one that neither server uses.
    public var description: String {
        switch self {
        case .bool: "boolean"
        case .bytea: "bytea"
        case .bigint: "bigint"
        case .smallint: "smallint"
        case .integer: "integer"
        case .text: "text"
        case .character: "character"
        case .varchar: "character varying"
        case .jsonb: "jsonb"
        case .textArray: "text[]"
        default: Self.otherNames[oid] ?? "type \(oid)"
        }
    }
}
