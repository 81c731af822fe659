// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Generator
import MediaCopier
import Postgres
import TestSupport

@testable import Loader
@testable import Migration

/// A Dendrite server with nothing but media, in a database and a folder, and the Synapse that shall have them.
struct MediaServer {
    static let now: Int64 = 1_700_000_000_000
    static let sizes = [
        ThumbnailSize(width: 32, height: 32, method: .crop), ThumbnailSize(width: 96, height: 96, method: .crop),
        ThumbnailSize(width: 640, height: 480, method: .scale),
    ]

    let target: String
    var inputs: MediaInputs
    var onReject = RowSink.OnReject.stop

    /// Makes both databases and Dendrite's folder.
    init() throws {
        target = try SynapseSchema.make()
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        let folder =
            TemporaryFolder.path.hasSuffix("/") ? String(TemporaryFolder.path.dropLast()) : TemporaryFolder.path
        inputs = MediaInputs(source: "\(folder)/dendrite", store: "\(folder)/synapse", thumbnailSizes: Self.sizes)
        try FileManager.default.createDirectory(atPath: inputs.source, withIntermediateDirectories: true)
    }

    var plan: Plan {
        var plan = Plan(
            serverName: "example.org", now: Self.now,
            streamOrdering: StreamOrdering(highestSyncID: 1, highestEventNID: 1),
            firstFreeStream: 2)
        plan.media = inputs
        return plan
    }

    // MARK: Dendrite

    /// Writes a file where Dendrite would, its thumbnails beside it, and says what hash it goes by.
    @discardableResult
    func store(_ content: [UInt8], thumbnails: [String: String] = [:]) throws -> String {
        let hash = Base64.encode(try SHA256.digest(content).bytes, .urlSafe)
        let folder = folder(hash)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Foundation.Data(content).write(to: URL(filePath: "\(folder)/file"))
        for (name, content) in thumbnails {
            try Foundation.Data(content.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        return hash
    }

    func folder(_ hash: String) -> String {
        "\(inputs.source)/\(hash.prefix(1))/\(hash.dropFirst().prefix(1))/\(hash.dropFirst(2))"
    }

    /// Adds a row.
    func add(
        _ mediaID: String, _ hash: String, origin: String = "example.org", type: String = "text/plain",
        name: String = "",
        size: Int = -1
    ) throws {
        var connection = try TemporaryDatabase.connect()
        try add(mediaID, hash, origin: origin, type: type, name: name, size: size, on: &connection)
    }

    /// Adds one row of many.
    func add(
        _ mediaID: String, _ hash: String, origin: String = "example.org", type: String, name: String = "",
        size: Int = -1,
        on connection: inout Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO mediaapi_media_repository
            VALUES (\(mediaID), \(origin), \(type), \(size), 1600000000123, \(name), \(hash),
                    \(origin == "example.org" ? "@alice:example.org" : ""))
            """)
    }

    // MARK: Migrating

    /// Loads the area and says what was left behind, by name.
    @discardableResult
    func migrate() async throws -> [String: Int] {
        var connection = try Connection(target, side: "the test's target")
        let loads = plan.mediaRepository.loads
        if try Ledger().migration(on: &connection) == nil {
            let migration = Ledger.Migration(inputs: "", plan: "", version: "", isFinished: false)
            try Ledger().begin(migration, loads, extra: [], on: &connection)
        }
        var settings = Loader.Settings()
        settings.onReject = onReject
        try await Loader(
            sessions: Sessions(source: TemporaryDatabase.conninfo, target: target), settings: settings,
            progress: LoadProgress()
        ).run(loads)
        return Dictionary(try Ledger().leftOut(on: &connection).map { ($0.what, $0.rows) }, uniquingKeysWith: +)
    }

    /// The command that copies files alone, with no database to write to.
    func copyFiles(_ change: (inout Migration.Settings) -> Void = { _ in }) throws -> MediaReport {
        let homeservers = Homeservers(
            serverName: "example.org", source: TemporaryDatabase.conninfo, target: "host=/nonexistent",
            mediaPath: inputs.source, mediaStorePath: inputs.store)
        var settings = Migration.Settings()
        change(&settings)
        return try Migration(homeservers, settings: settings).copyMedia()
    }

    // MARK: Synapse

    /// Rows of Synapse's database, each as its columns' text between bars, NULL as `-`.
    func rows(_ query: SQL) throws -> [String] {
        var connection = try Connection(target, side: "the test's target")
        return try connection.rows(query).map { $0.map { $0 ?? "-" }.joined(separator: "|") }
    }

    /// Which media were named, and why.
    func named() throws -> [String] {
        var connection = try Connection(target, side: "the test's target")
        return try Ledger().rejected(on: &connection).map(\.row.description)
    }

    /// All files of Synapse's media store, by path.
    var files: [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: inputs.store) ?? .init() {
            files[path] = FileManager.default.contents(atPath: "\(inputs.store)/\(path)").map { Array($0) }
        }
        return files
    }
}
