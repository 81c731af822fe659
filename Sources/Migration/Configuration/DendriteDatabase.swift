// SPDX-License-Identifier: Apache-2.0
import Loader

/// One database of a Dendrite, and whose tables it holds.
public struct DendriteDatabase: Sendable, Hashable {
    /// libpq's connection string.
    public let conninfo: String
    /// The components whose tables are read from it.
    public let components: [DendriteConfiguration.Component]

    /// A database by its connection string and what it holds: `allCases` where all components share it.
    public init(conninfo: String, components: [DendriteConfiguration.Component]) {
        self.conninfo = conninfo
        self.components = components
    }

    /// Whether it is the only one.
    var isWhole: Bool { DendriteConfiguration.Component.needed.allSatisfy(components.contains) }

    /// How messages call it: by its components, where there are others.
    var side: String {
        isWhole
            ? Sessions.sourceSide : "\(Sessions.sourceSide) of \(components.map(\.rawValue).joined(separator: ", "))"
    }

    /// Whether a table or sequence of this name belongs to its components.
    func holds(_ name: String) -> Bool { prefixes.contains(where: name.hasPrefix) }

    /// Whether a migration of `db_migrations`, as "syncapi: fix sequences", belongs to its components.
    func holds(migration: String) -> Bool {
        migration.hasPrefix("federationapi:")
            ? components.contains(.federationAPI) : holds(migration.replacing(":", with: "_"))
    }

    /// How names of its tables and sequences begin.
    var prefixes: [String] { components.flatMap(\.prefixes) }

    /// What is copied of it where components have several databases.
    var gathered: GatheredTables.Source {
        GatheredTables.Source(
            conninfo: conninfo, side: side, tables: DendriteTables.all.filter { holds($0) },
            columns: DendriteTables.columns, sequencePrefixes: prefixes)
    }
}
