// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Migration
import Postgres
import Synchronization

/// Databases and folders that are gone when the measuring is over.
final class BenchScratch: Sendable {
    private static let side = "the database 'postgres' beside Synapse's"
    private let server: Conninfo
    /// What the names of all of them begin with.
    ///
    /// In containers one process has the number of another.
    let name = "matrix_loader_bench_\(ProcessInfo.processInfo.processIdentifier)_" + BenchScratch.randomDigits()
    private let databases = Mutex<[String]>([])
    private let folders = Mutex<[URL]>([])

    /// Nothing yet, on the server of a database.
    ///
    /// - Parameter database: any database of the server where the others are to be.
    init(beside database: Conninfo) {
        server = database
    }

    /// Makes a database that ``remove()`` drops.
    ///
    /// - Parameter template: an empty Synapse database on the same server; nil for a database without anything.
    /// - Returns: how libpq finds the new database.
    /// - Throws: ``BenchError`` if the role may not, or somebody uses the template; ``PostgresError``.
    func makeDatabase(_ purpose: String, template: Conninfo?) throws -> String {
        let name = "\(name)_\(purpose)"
        var connection = try maintenance()
        let from = try template.map { try Self.database(of: $0) } ?? "template0"
        do throws(PostgresError) {
            try connection.execute(
                "CREATE DATABASE \(identifier: name) ENCODING 'UTF8' LOCALE 'C' TEMPLATE \(identifier: from)")
        } catch {
            switch error.sqlState {
            case "42501":
                let role = try connection.value("SELECT current_user") ?? ""
                throw BenchError.mayNotCreate(role: role, refusal: error.message)
            case "55006": throw BenchError.isInUse(database: from)
            default: throw error
            }
        }
        databases.withLock { $0.append(name) }
        return named(name).text
    }

    /// Makes a folder that ``remove()`` removes.
    ///
    /// - Parameter parent: where; the folder for temporary files if nil.
    /// - Returns: the new folder's path.
    /// - Throws: Foundation's errors, also where something of that name is there: it would be somebody else's.
    func makeFolder(_ purpose: String, in parent: String?) throws -> String {
        let parent = parent.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "\(name)_\(purpose)")
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        folders.withLock { $0.append(folder) }
        return folder.path(percentEncoded: false)
    }

    /// Removes everything; what resists is named.
    func remove() {
        for folder in folders.withLock(\.self) {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                Output.message("\(folder.path(percentEncoded: false)) could not be removed: \(FileFault(error)).\n")
            }
        }
        for name in databases.withLock(\.self) {
            do {
                var connection = try maintenance()
                try connection.execute("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
            } catch {
                Output.message("The throw-away database \(name) is still there: \(error)\n")
            }
        }
    }

    /// Nobody may be connected to a database that is copied, so this is another one.
    private func maintenance() throws(PostgresError) -> Connection {
        try Connection(named("postgres").text, side: Self.side, name: Sessions.name)
    }

    private func named(_ database: String) -> Conninfo {
        // Of two with one keyword, libpq takes the last.
        Conninfo(server.parameters + [Conninfo.Parameter("dbname", database)])
    }

    private static func randomDigits() -> String {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func database(of conninfo: Conninfo) throws -> String {
        var connection = try Connection(conninfo.text, side: "the empty Synapse database", name: Sessions.name)
        return try connection.value("SELECT current_database()") ?? ""
    }
}
