// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("A run of media", .temporaryDatabase, .temporaryFolder)
struct MediaRunTests {
    /// A server with three media, one of them without its file.
    private func server() throws -> MediaServer {
        let server = try MediaServer()
        try server.add("medium_one", try server.store(Array("one".utf8), thumbnails: ["thumbnail-32x32-crop": "small"]))
        try server.add("medium_two", try server.store(Array("two".utf8)))
        try server.add("medium_three", String(repeating: "A", count: 43))
        return server
    }

    @Test("copies files alone, and the next one copies none again")
    func filesAlone() throws {
        let server = try server()
        let first = try server.copyFiles()
        #expect((first.media, first.thumbnails, first.filesCopied, first.bytesCopied) == (2, 1, 3, 11))
        #expect(first.leftBehind == ["media whose file is missing": 1])
        #expect(first.faults.map(\.key) == ["mxc://example.org/medium_three"])
        #expect(first.engine != nil)
        try FileManager.default.removeItem(atPath: "\(server.inputs.store)/local_content/me/di/um_two")
        let second = try server.copyFiles()
        #expect((second.media, second.filesCopied, second.filesAlreadyThere, second.bytesAlreadyThere) == (2, 1, 2, 8))
        #expect(server.files.count == 3)
    }

    @Test("only says what would happen where that is asked for")
    func dryRun() throws {
        let server = try server()
        let report = try server.copyFiles { $0.mediaOptions.isDryRun = true }
        // Thumbnails are counted with their originals, though nothing is there.
        #expect((report.media, report.filesToCopy, report.filesCopied) == (2, 3, 0))
        #expect(server.files.isEmpty)
    }

    @Test("names what is in the store and belongs to no medium, and follows no symbolic link")
    func strays() throws {
        let server = try server()
        let store = server.inputs.source
        func write(_ path: String) throws {
            try FileManager.default.createDirectory(
                atPath: "\(store)/\((path as NSString).deletingLastPathComponent)", withIntermediateDirectories: true)
            try Data("stray".utf8).write(to: URL(filePath: "\(store)/\(path)"))
        }
        let known = server.folder(try server.store(Array("one".utf8))).dropFirst(store.count + 1)
        let expected = [
            "-/A/first/file", "tmp/abcdef/content", "z/z/last/file", "z/z/last/thumbnail-32x32-crop", "README",
            "\(known)/notes.txt", "z/loose",
        ]
        for path in expected { try write(path) }
        // Before, beside and behind what is known, and a door to elsewhere.
        try FileManager.default.createSymbolicLink(atPath: "\(store)/A", withDestinationPath: "/etc")
        let report = try server.copyFiles()
        #expect(Set(report.strays.map(\.key)) == Set(expected + ["A"]))
        #expect(report.strayCount == expected.count + 1)
        #expect(report.strays.first { $0.key == "A" }?.reason == "it is a symbolic link, which is not followed")
        #expect(report.strays.first { $0.key.hasPrefix("tmp") }?.reason == "an upload that was never finished")
        #expect(report.faults.map(\.key) == ["mxc://example.org/medium_three"])
        #expect(server.files.count == 3)
    }

    @Test("knows every file of a store of many, in whatever order they lie")
    func noStrays() throws {
        let server = try MediaServer()
        for number in 0..<300 {
            try server.add("medium_\(number)", try server.store(Array("content \(number)".utf8)))
        }
        let report = try server.copyFiles()
        #expect(report.media == 300)
        #expect(report.strayCount == 0)
    }

    @Test("says how much there will be")
    func expected() throws {
        let server = try server()
        let progress = CopyProgress()
        let homeservers = Homeservers(
            serverName: "example.org", source: TemporaryDatabase.conninfo, target: "host=/nonexistent",
            mediaPath: server.inputs.source, mediaStorePath: server.inputs.store)
        try server.add("medium_four", String(repeating: "B", count: 43), size: 100)
        // The same file once more, of which somebody else said another size.
        try server.add("medium_five", String(repeating: "B", count: 43), size: 90)
        _ = try Migration(homeservers).copyMedia(progress: progress)
        #expect((progress.filesExpected, progress.bytesExpected) == (4, 100))
        #expect(progress.engine != nil)
    }

    @Test("uses what an earlier one has copied, and writes all rows")
    func resumed() async throws {
        let server = try server()
        _ = try server.copyFiles()
        #expect(try await server.migrate() == ["media whose file is missing": 1])
        #expect(
            try server.rows("SELECT media_id FROM local_media_repository ORDER BY 1") == ["medium_one", "medium_two"])
        #expect(try server.rows("SELECT thumbnail_length FROM local_media_repository_thumbnails") == ["5"])
    }

    @Test("that was stopped leaves no row, and the next one does it all")
    func stopped() async throws {
        var server = try server()
        server.inputs.progress.cancel()
        await #expect(throws: MediaError.self) { try await server.migrate() }
        #expect(try server.rows("SELECT count(*) FROM local_media_repository") == ["0"])
        server.inputs.progress = CopyProgress()
        try await server.migrate()
        #expect(try server.rows("SELECT count(*) FROM local_media_repository") == ["2"])
    }

    @Test("is stopped by the wish to stop the migration")
    func stopRequest() throws {
        let (stop, progress) = (StopRequest(), CopyProgress())
        stop.whenRequested { progress.cancel() }
        #expect(!progress.isCancelled)
        stop.request()
        #expect(progress.isCancelled)
        let later = CopyProgress()
        stop.whenRequested { later.cancel() }
        #expect(later.isCancelled)
    }

    @Test("is refused without folders, and left out where the operator wants that")
    func skipped() throws {
        let server = try server()
        #expect(throws: MigrationError.self) { try server.copyFiles { $0.skipMedia = true } }
        var plan = server.plan
        #expect(plan.mediaRepository.loads.map(\.id) == ["media"])
        #expect(try !plan.stored.contains("dendrite"))
        plan.media = nil
        #expect(plan.mediaRepository.loads.isEmpty)
    }

    @Test("says so where Dendrite's folder is not there")
    func noFolder() async throws {
        let server = try server()
        try FileManager.default.removeItem(atPath: server.inputs.source)
        await #expect(throws: MediaError.self) { try await server.migrate() }
    }
}
