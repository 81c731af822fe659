// SPDX-License-Identifier: Apache-2.0
public import Foundation
import Glibc
public import Postgres
import Synchronization

/// A PostgreSQL of this test process's own, on a private socket, started when the first test asks for it.
///
/// It is a `scripts/with-postgres` whose command ends with our end of a pipe: however this process dies, the pipe
/// closes, and the server is stopped and removed.
public final class TemporaryCluster: Sendable {
    /// Why there is no cluster.
    public struct Unavailable: Error, CustomStringConvertible {
        /// What is missing or went wrong, as a sentence for the test's log.
        public let description: String
        /// Whether PostgreSQL is merely not installed.
        public let isNotInstalled: Bool
    }

    private static let started = Result { try TemporaryCluster() }
    private static let started18 = Result { try TemporaryCluster(programs: folder18) }

    /// The cluster of this process.
    ///
    /// - Throws: ``Unavailable`` if PostgreSQL is not installed or does not start.
    public static var shared: TemporaryCluster {
        get throws { try started.get() }
    }

    /// A cluster of PostgreSQL 18; where that is not installed, the running test is skipped.
    ///
    /// It is found in the folder that MATRIX_LOADER_POSTGRES_18 names, or in `.build/postgresql-18`.
    public static var shared18: TemporaryCluster {
        get throws {
            do {
                return try started18.get()
            } catch let problem as Unavailable where problem.isNotInstalled {
                try Requirement.postgres18.skip(problem.description)
                throw problem
            }
        }
    }

    private static var folder18: String {
        if let path = ProcessInfo.processInfo.environment["MATRIX_LOADER_POSTGRES_18"], !path.isEmpty { return path }
        return packageFolder.appending(path: ".build/postgresql-18").path(percentEncoded: false)
    }

    /// The folder of the server's socket.
    public let socketFolder: String
    /// Part of the socket's name, and the port where the server listens on the network too.
    public let port: Int
    private let script: Process
    /// Closed by the kernel at our end, whatever that end is.
    private let lifeline: FileHandle
    private let lastNumber = Atomic(0)
    private static let program = packageFolder.appending(path: "scripts/with-postgres")

    /// The package's root.
    public static let packageFolder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Starts a cluster; it is stopped by ``stop()`` or when this process ends.
    ///
    /// - Parameters:
    ///   - programs: a folder with PostgreSQL's programs in it; nil for Debian's.
    ///   - options: further options of the server.
    ///   - port: a port of its own, for a server that listens on the network.
    /// - Throws: ``Unavailable`` if PostgreSQL is not installed or does not start.
    public init(programs: String? = nil, options: String = "", port: Int = 5432) throws {
        self.port = port
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["sh", "-c", "echo \"$PGHOST\"; exec cat"]
        var environment = ProcessInfo.processInfo.environment
        environment["POSTGRES_FOLDER"] = programs
        environment["POSTGRES_OPTIONS"] = "\(options) -p \(port)"
        process.environment = environment
        let input = Pipe(), output = Pipe(), errors = Pipe()
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        // Another child that outlived us would keep the pipe, and with it the server.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            line += String(decoding: piece, as: UTF8.self)
        }
        guard line.hasSuffix("\n") else {
            let reason = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            throw Unavailable(
                description: reason.trimmingCharacters(in: .whitespacesAndNewlines),
                isNotInstalled: process.terminationStatus == EX_UNAVAILABLE)
        }
        socketFolder = String(line.dropLast())
        script = process
        lifeline = input.fileHandleForWriting
    }

    /// Stops the server and removes what it held.
    public func stop() {
        try? lifeline.close()
        script.waitUntilExit()
    }

    /// Has the server crash, as far as its sessions can tell, and start again.
    public func restart() throws {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["--restart", socketFolder]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Unavailable(description: "PostgreSQL did not start again", isNotInstalled: false)
        }
    }

    /// How libpq finds a database of this cluster.
    public func conninfo(_ database: String) -> String {
        "host=\(socketFolder) port=\(port) user=postgres dbname=\(database)"
    }

    /// A connection to a database of this cluster.
    public func connect(_ database: String = "postgres") throws -> Connection {
        try Connection(conninfo(database), side: "the test's PostgreSQL")
    }

    /// Makes a database with UTF-8 and the locale C and says how it is called.
    ///
    /// - Parameter template: a database to copy; nobody may be connected to it.
    public func makeDatabase(template: String = "template0") throws -> String {
        let name = "test_\(lastNumber.add(1, ordering: .relaxed).newValue)"
        var connection = try connect()
        try connection.execute(
            "CREATE DATABASE \(identifier: name) ENCODING 'UTF8' LOCALE 'C' TEMPLATE \(identifier: template)")
        return name
    }

    /// Removes a database, and whoever is still connected to it.
    func removeDatabase(_ name: String) throws {
        var connection = try connect()
        try connection.execute("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
    }
}
