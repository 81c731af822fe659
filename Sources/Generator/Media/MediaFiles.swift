// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Postgres

/// What users uploaded: files in Dendrite's layout and the rows that name them.
struct MediaFiles {
    let settings: GeneratorSettings
    let population: Population
    let folder: URL
    private var media = TableRows(
        "mediaapi_media_repository",
        "media_id media_origin content_type file_size_bytes creation_ts upload_name base64hash user_id")
    private var thumbnails = TableRows(
        "mediaapi_thumbnail",
        "media_id media_origin content_type file_size_bytes creation_ts width height resize_method")
    private(set) var byteCount = 0

    init(settings: GeneratorSettings, population: Population, folder: URL) {
        self.settings = settings
        self.population = population
        self.folder = folder
    }

    /// Writes every file and its rows; every tenth upload is the same file as the one before, every seventh came from
    /// another server.
    mutating func write(to connection: inout Connection) throws {
        var earlier: (hash: String, size: Int, type: String)?
        for index in 0..<settings.mediaFiles {
            var random = RandomSource(seed: settings.seed, .file, index)
            _ = random.bytes(32)
            let file: (hash: String, size: Int, type: String)
            if index % 10 == 9, let earlier {
                file = earlier
            } else {
                file = try writeFile(index, &random)
            }
            earlier = file
            addRow(index, file)
            if index.isMultiple(of: 100) { try media.send(to: &connection) }
        }
        try media.send(to: &connection, all: true)
        try thumbnails.send(to: &connection, all: true)
    }

    private mutating func writeFile(
        _ index: Int, _ random: inout RandomSource
    ) throws -> (hash: String, size: Int, type: String) {
        // Sizes from a tenth of the mean to twice as much, most of them small.
        let share = 0.1 + 2.7 * random.fraction() * random.fraction() + (random.chance(0.02) ? 4 : 0)
        let size = max(100, Int(Double(settings.mediaBytes) * share))
        let isPicture = index % 3 != 2
        let content =
            isPicture
            ? PortableNetworkGraphic.noise(side: max(4, Int((Double(size) / 3).squareRoot())), &random)
            : random.bytes(size)
        let hash = Base64.encode(try SHA256.digest(content).bytes, .urlSafe)
        let place = Self.folder(of: hash, in: folder)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data(content).write(to: place.appending(path: "file"))
        byteCount += content.count
        if isPicture, index.isMultiple(of: 2) {
            try Data(Self.thumbnail).write(to: place.appending(path: "thumbnail-32x32-crop"))
        }
        return (hash, content.count, isPicture ? "image/png" : "application/octet-stream")
    }

    private mutating func addRow(_ index: Int, _ file: (hash: String, size: Int, type: String)) {
        let isRemote = index % 7 == 6
        let origin = isRemote ? population.remoteServers[0] : Array(settings.serverName.utf8)
        let time = ServerTime.beginning + Int64(index) * 60_000
        let id = population.mediaID(index)
        media.append {
            $0.write(id)
            $0.write(origin)
            $0.write(file.type)
            $0.write(Int64(file.size))
            $0.write(time)
            // Percent-encoded, as Dendrite keeps it.
            $0.write(
                index.isMultiple(of: 4) ? "Bild%20\(index)%20%C3%BC.png" : index % 4 == 1 ? "" : "file\(index).bin")
            $0.write(file.hash)
            $0.write(isRemote ? [] : population.userID(index % population.localCount))
        }
        guard file.type == "image/png", index.isMultiple(of: 2) else { return }
        thumbnails.append {
            $0.write(id)
            $0.write(origin)
            $0.write("image/jpeg")
            $0.write(Int64(Self.thumbnail.count))
            $0.write(time)
            $0.write(Int32(32))
            $0.write(Int32(32))
            $0.write("crop")
        }
    }

    /// Dendrite's folder for a file: the first two characters of its hash are folders of their own.
    static func folder(of hash: String, in base: URL) -> URL {
        let first = hash.prefix(1)
        let second = hash.dropFirst().prefix(1)
        return base.appending(path: "\(first)/\(second)/\(hash.dropFirst(2))")
    }

    /// A grey JPEG of 32 by 32 pixels.
    private static let thumbnail =
        Data(
            base64Encoded: """
                /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwz\
                Oko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//wAALCAAgACABAREA/8QAFAABAAAAAAAAAAAAAAAA\
                AAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AAAAAAP/Z
                """) ?? Data()
}
