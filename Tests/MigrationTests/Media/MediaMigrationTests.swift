// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import MediaCopier
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("Media", .temporaryDatabase, .temporaryFolder)
struct MediaMigrationTests {
    private static let nobodysHash = String(repeating: "A", count: 43)

    @Test("of our users and of other servers, with one content, get a file each and a row each")
    func sharedContent() async throws {
        let server = try MediaServer()
        let hash = try server.store(Array("hello".utf8))
        try server.add("medium_one", hash, type: "text/plain; charset=utf-8", name: "gr%C3%BC%C3%9Fe.txt", size: 5)
        try server.add("medium_two", hash, type: "", size: 99)
        try server.add("any=thing", hash, origin: "elsewhere.org", name: "100%")
        #expect(try await server.migrate() == [:])
        let sha256 = try SHA256.digest("hello").hexadecimal
        #expect(
            try server.rows("SELECT * FROM local_media_repository ORDER BY media_id") == [
                "medium_one|text/plain; charset=utf-8|5|1600000000123|grüße.txt|@alice:example.org|-|-|\(MediaServer.now)|f|f|\(sha256)",
                "medium_two|-|5|1600000000123|-|@alice:example.org|-|-|\(MediaServer.now)|f|f|\(sha256)",
            ])
        let fileID = try SHA256.digest("elsewhere.org/any=thing").hexadecimal.prefix(24)
        #expect(
            try server.rows("SELECT * FROM remote_media_cache") == [
                "elsewhere.org|any=thing|text/plain|1600000000123|100%|5|\(fileID)|\(MediaServer.now)|-|f|\(sha256)"
            ])
        let remote =
            "remote_content/elsewhere.org/\(fileID.prefix(2))/\(fileID.dropFirst(2).prefix(2))/\(fileID.dropFirst(4))"
        #expect(Set(server.files.keys) == ["local_content/me/di/um_one", "local_content/me/di/um_two", remote])
        #expect(server.files.values.allSatisfy { $0 == Array("hello".utf8) })
    }

    @Test("that are images offer the thumbnails that Dendrite would answer with")
    func thumbnails() async throws {
        let server = try MediaServer()
        // Larger than one box, which has a thumbnail; and than another, which has none yet; within the third.
        let image = MediaTestImage.png.bytes(width: 200, height: 150)
        let hash = try server.store(
            image,
            thumbnails: [
                "thumbnail-32x32-crop": "small", "thumbnail-7x9-scale": "odd", "thumbnail-96x96-crop": "", "thumb": "x",
            ])
        try server.add("a_picture", hash, type: "image/PNG; a=b")
        try server.add("no_picture", hash, origin: "elsewhere.org", type: "application/pdf")
        try server.add("no_image", try server.store(Array("no image".utf8)), type: "image/png")
        #expect(try await server.migrate() == ["files in the media store that belong to no medium": 1])
        #expect(
            try server.rows("SELECT * FROM local_media_repository_thumbnails ORDER BY thumbnail_width") == [
                "a_picture|7|9|image/jpeg|scale|3", "a_picture|32|32|image/jpeg|crop|5",
                "a_picture|96|96|image/jpeg|crop|-",
                "a_picture|640|480|image/png|scale|\(image.count)",
            ])
        let fileID = try SHA256.digest("elsewhere.org/no_picture").hexadecimal.prefix(24)
        #expect(
            try server.rows("SELECT * FROM remote_media_cache_thumbnails ORDER BY thumbnail_width") == [
                "elsewhere.org|no_picture|7|9|scale|image/jpeg|3|\(fileID)",
                "elsewhere.org|no_picture|32|32|crop|image/jpeg|5|\(fileID)",
            ])
        let files = server.files.filter { $0.key.hasPrefix("local_thumbnails/") }
        #expect(
            files == [
                "local_thumbnails/a_/pi/cture/32-32-image-jpeg-crop": Array("small".utf8),
                "local_thumbnails/a_/pi/cture/7-9-image-jpeg-scale": Array("odd".utf8),
                "local_thumbnails/a_/pi/cture/640-480-image-png-scale": image,
            ])
    }

    @Test("that are images are to have thumbnails of either way, Synapse's own sizes where Dendrite offers none")
    func offeredSizes() async throws {
        let own = ThumbnailSize.offered([])
        #expect(own.count { $0.method == .crop } == 2 && own.count { $0.method == .scale } == 1)
        #expect(ThumbnailSize.offered(MediaServer.sizes) == MediaServer.sizes)
        let crop = ThumbnailSize(width: 1, height: 2, method: .crop)
        #expect(ThumbnailSize.offered([crop]) == [crop] + own.filter { $0.method == .scale })

        var server = try MediaServer()
        server.inputs.thumbnailSizes = own
        try server.add("a_picture", try server.store(MediaTestImage.png(900, 50)), type: "image/jpg")
        #expect(try await server.migrate() == [:])
        #expect(
            try server.rows(
                """
                SELECT thumbnail_width, thumbnail_method, thumbnail_type, thumbnail_length
                FROM local_media_repository_thumbnails ORDER BY 1
                """) == [
                    "32|crop|image/jpeg|-", "96|crop|image/jpeg|-", "800|scale|image/jpeg|-",
                ])
    }

    @Test("that cannot be carried are counted and named, and stop nothing")
    func leftBehind() async throws {
        let server = try MediaServer()
        try server.add("a_whole_one", try server.store(Array("whole".utf8)))
        let damaged = try server.store(MediaTestImage.png(10, 10), thumbnails: ["thumbnail-32x32-crop": "x"])
        try Foundation.Data("truncated".utf8).write(to: URL(filePath: "\(server.folder(damaged))/file"))
        try server.add("a_damaged_one", damaged, type: "image/png", size: 100)
        try server.add("a_damaged_two", damaged, origin: "elsewhere.org", type: "image/png")
        try server.add("a_missing_one", Self.nobodysHash)
        try server.add("a_strange_one", "../../../etc/passwd")
        try server.add("equals=sign", try server.store(Array("other".utf8)))
        #expect(
            try await server.migrate() == [
                "media whose file is not what was uploaded": 2, "media whose file is missing": 2,
                "media whose id Synapse cannot serve": 1,
            ])
        #expect(
            try server.named() == [
                "mxc://elsewhere.org/a_damaged_two: the file \(path(damaged)) is truncated: it is shorter than recorded and its SHA-256 is not the expected one",
                "mxc://example.org/a_damaged_one: the file \(path(damaged)) is truncated: it is shorter than recorded and its SHA-256 is not the expected one",
                "mxc://example.org/a_missing_one: the file \(path(Self.nobodysHash)) is missing",
                "mxc://example.org/a_strange_one: its hash is no SHA-256, so there can be no file",
                "mxc://example.org/equals=sign: Synapse refuses such a name in a path: it wants five or more of A-Z a-z 0-9 _ - . [ ] :",
            ])
        #expect(try server.rows("SELECT media_id FROM local_media_repository") == ["a_whole_one"])
        #expect(try server.rows("SELECT count(*) FROM remote_media_cache") == ["0"])
        #expect(try server.rows("SELECT count(*) FROM local_media_repository_thumbnails") == ["0"])
        #expect(Set(server.files.keys) == ["local_content/a_/wh/ole_one"])
        #expect(try server.rows("SELECT rejected FROM matrix_loader.load") == ["0"])
    }

    private func path(_ hash: String) -> String {
        "\(hash.prefix(1))/\(hash.dropFirst().prefix(1))/\(hash.dropFirst(2))/file"
    }

    @Test("that are damaged can be kept, with the SHA-256 that they have")
    func keepingDamaged() async throws {
        var server = try MediaServer()
        let hash = try server.store(Array("as it was".utf8))
        try Foundation.Data("damaged".utf8).write(to: URL(filePath: "\(server.folder(hash))/file"))
        try server.add("a_damaged_one", hash)
        server.inputs.options.keepsDamaged = true
        #expect(try await server.migrate() == ["damaged media that were carried nevertheless": 1])
        #expect(
            try server.rows("SELECT media_length, sha256 FROM local_media_repository")
                == ["7|\(try SHA256.digest("damaged").hexadecimal)"])
        #expect(try server.named().count == 1)
    }

    @Test(
        "without a file are known to Synapse where what is bad is kept; other servers' it fetches anew only while they are not"
    )
    func keepingMissing() async throws {
        var server = try MediaServer()
        try server.add("a_missing_one", Self.nobodysHash, size: 17)
        try server.add("a_missing_two", Self.nobodysHash, origin: "elsewhere.org")
        // The picture is gone, and a thumbnail of it is not.
        let hash = try server.store(MediaTestImage.png(10, 10), thumbnails: ["thumbnail-32x32-crop": "small"])
        try FileManager.default.removeItem(atPath: "\(server.folder(hash))/file")
        try server.add("a_picture", hash, type: "image/png", size: 99)
        server.inputs.options.keepsDamaged = true
        #expect(
            try await server.migrate()
                == ["media that are known but have no file": 2, "media whose file is missing": 1])
        #expect(
            try server.rows("SELECT media_id, media_length FROM local_media_repository ORDER BY 1")
                == ["a_missing_one|17", "a_picture|99"])
        #expect(try server.rows("SELECT media_id FROM remote_media_cache") == [])
        #expect(
            try server.rows("SELECT thumbnail_width, thumbnail_length FROM local_media_repository_thumbnails")
                == ["32|5"])
        #expect(try server.named().count == 3)
        #expect(Set(server.files.keys) == ["local_thumbnails/a_/pi/cture/32-32-image-jpeg-crop"])
    }

    @Test("of which a thumbnail cannot be read keep the rest, and Synapse makes it anew")
    func unreadableThumbnail() async throws {
        let server = try MediaServer()
        let hash = try server.store(Array("whole".utf8), thumbnails: ["thumbnail-32x32-crop": "small"])
        try FileManager.default.createSymbolicLink(
            atPath: "\(server.folder(hash))/thumbnail-96x96-crop", withDestinationPath: "/etc/passwd")
        try server.add("a_whole_one", hash)
        #expect(try await server.migrate() == ["thumbnails that Synapse makes anew": 1])
        #expect(
            try server.rows(
                "SELECT thumbnail_width, thumbnail_length FROM local_media_repository_thumbnails ORDER BY 1")
                == ["32|5", "96|-"])
        #expect(server.files.count == 2)
        let named = try #require(try server.named().first)
        #expect(named.hasPrefix("mxc://example.org/a_whole_one thumbnail-96x96-crop: the file "))
        #expect(named.hasSuffix("/thumbnail-96x96-crop is not a regular file"))
    }

    @Test("pass through in thousands, each original before its thumbnails")
    func many() async throws {
        let server = try MediaServer()
        let image = MediaTestImage.gif.bytes(width: 700, height: 500)
        var connection = try TemporaryDatabase.connect()
        for number in 0..<3000 {
            let isImage = number.isMultiple(of: 3)
            let hash = try server.store(
                (isImage ? image : []) + Array("content \(number)".utf8),
                thumbnails: isImage ? ["thumbnail-32x32-crop": "small \(number)"] : [:])
            try server.add("medium_\(number)", hash, type: isImage ? "image/gif" : "text/plain", on: &connection)
        }
        #expect(try await server.migrate() == [:])
        #expect(try server.rows("SELECT count(*) FROM local_media_repository") == ["3000"])
        #expect(
            try server.rows("SELECT count(*), count(thumbnail_length) FROM local_media_repository_thumbnails") == [
                "3000|1000"
            ])
        #expect(server.files.count == 4000)
    }

    @Test("that are left out are counted")
    func leftOut() async throws {
        let server = try MediaServer()
        try server.add("medium_one", Self.nobodysHash)
        var plan = server.plan
        plan.media = nil
        // As a process that takes over and does not see the folders.
        #expect(plan.mediaRepository.omissions == [])
        plan.leavesMediaOut = true
        var dendrite = try TemporaryDatabase.connect()
        let omissions = plan.mediaRepository.omissions
        #expect(omissions.map(\.what) == ["media that were left out"])
        #expect(try omissions.map { try dendrite.integer($0.count) } == [1])
    }

    @Test("are none of a store without any")
    func none() async throws {
        let server = try MediaServer()
        #expect(try await server.migrate() == [:])
        #expect(try server.copyFiles().media == 0)
    }
}
