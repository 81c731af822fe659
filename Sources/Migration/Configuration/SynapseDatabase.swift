// SPDX-License-Identifier: Apache-2.0
import YAML

extension SynapseConfiguration {
    /// One database of Synapse.
    public struct Database: Sendable, Hashable {
        /// How the configuration calls it; `master` where there is but one.
        public let name: String
        /// How to connect.
        public let conninfo: Conninfo
        /// Whether Synapse accepts another locale than `C`.
        public let allowsUnsafeLocale: Bool

        /// Creates a database.
        public init(name: String, conninfo: Conninfo, allowsUnsafeLocale: Bool = false) {
            self.name = name
            self.conninfo = conninfo
            self.allowsUnsafeLocale = allowsUnsafeLocale
        }

        init(_ value: ConfigurationValue, name: String) throws(ConfigurationError) {
            // Where no module is named, Synapse takes SQLite.
            let module = try value["name"].text() ?? "sqlite3"
            guard module == "psycopg2" else {
                let section = value["name"].yaml.isMissing ? value : value["name"]
                let advice = "write psycopg2 there and prepare a PostgreSQL database for Synapse"
                throw section.error("\(value.name).name is \(module), which cannot be migrated to: \(advice).")
            }
            self.name = name
            conninfo = try Self.conninfo(value["args"])
            allowsUnsafeLocale = try value["allow_unsafe_locale"].bool(otherwise: false)
        }

        /// psycopg2's arguments, which are libpq's keywords but for `database` and `dsn`.
        private static func conninfo(_ arguments: ConfigurationValue) throws(ConfigurationError) -> Conninfo {
            var conninfo = Conninfo([])
            for (key, value) in try arguments.entries() where !value.isEmpty {
                // Twisted's connection pool takes these for itself.
                if key.hasPrefix("cp_") { continue }
                guard let text = value.argument else { throw value.mustBe("text or a number") }
                if key == "dsn" {
                    guard let dsn = Conninfo(parsing: text) else {
                        throw value.error("\(value.name) is no connection string of PostgreSQL.")
                    }
                    conninfo.parameters.insert(contentsOf: dsn.parameters, at: 0)
                } else {
                    conninfo.parameters.append(.init(key == "database" ? "dbname" : key, text))
                }
            }
            return conninfo
        }

        /// The databases that hold the stores `main` and `state`: one with both, or two.
        static func mainAndState(
            _ document: MergedConfiguration
        ) throws(ConfigurationError) -> (main: Database, state: Database) {
            let (single, several) = (document["database"], document["databases"])
            if try !several.entries().isEmpty {
                guard single.isEmpty else {
                    throw single.error("there are both database and databases: remove one of them.")
                }
                return (try holding("main", several), try holding("state", several))
            }
            guard !single.isEmpty else {
                throw single.error("database is missing: write how Synapse connects to its PostgreSQL database.")
            }
            let database = try Database(single, name: "master")
            return (database, database)
        }

        /// The one of several databases that holds a store.
        private static func holding(
            _ store: String, _ databases: ConfigurationValue
        ) throws(ConfigurationError) -> Database {
            for (name, value) in try databases.entries() {
                let stores = value["data_stores"]
                let names = try stores.elements().compactMap(\.yaml.text)
                // A database that names no stores holds them all.
                if stores.isEmpty || names.contains(store) { return try Database(value, name: name) }
            }
            throw databases.error("no database has '\(store)' among its data_stores.")
        }
    }
}

extension ConfigurationValue {
    /// What Python's `str` makes of a scalar, which is what psycopg2 hands to libpq.
    fileprivate var argument: String? {
        switch yaml.content {
        case .string(let text): text
        case .int(let number): String(number)
        case .float: yaml.text
        case .bool(let truth): truth ? "True" : "False"
        default: nil
        }
    }
}
