// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import MediaCopier

/// A file of Dendrite's media store, its thumbnails, and all media that it is the content of.
///
/// A class, as it is filled in while its files are copied, several of them at a time.
final class StoredFile {
    /// What became of a thumbnail's file.
    struct Made {
        let thumbnail: Thumbnail
        /// In bytes; nil where there is no file, so that Synapse makes it when it is first asked for.
        var length: Int64?
    }

    /// Relative to the store.
    let folder: String
    let digest: SHA256Digest
    let media: [Medium]
    /// Thumbnails for which there is a file.
    private(set) var made: [Made]
    /// Names beside the file that are no thumbnail's.
    let strangers: [String]
    /// The image's size; nil if it is none, or no box would tell.
    private let dimensions: ImageDimensions?
    private let sizes: [Thumbnail]
    /// The original, once it is at the target.
    var original: MediaOutcome?
    /// Files that are yet to be copied.
    var waiting = 1

    /// Looks at what there is.
    ///
    /// - Returns: nil if the media's hash is no SHA-256, so that there can be no file.
    init?(_ media: [Medium], _ inputs: MediaInputs) {
        guard let hash = media.first?.hash, let digest = SHA256Digest(base64: hash), let folder = Self.folder(hash)
        else { return nil }
        self.media = media
        self.digest = digest
        self.folder = folder
        let path = "\(inputs.source)/\(folder)"
        (made, strangers) = Self.thumbnails(in: path)
        var boxes = Set(made.map(\.thumbnail))
        sizes = inputs.thumbnailSizes.compactMap { Thumbnail($0) }.filter { boxes.insert($0).inserted }
        let isImage = !sizes.isEmpty && media.contains { $0.imageType != nil }
        // Opening something else than a file might wait for ever.
        let isFile = isImage && Self.size(ofFile: "\(path)/file") != nil
        dimensions = isFile ? ImageDimensions(contentsOf: "\(path)/file") : nil
    }

    /// Media that Synapse gets to know.
    ///
    /// Of a file that is not there, our own alone: other servers' it would fetch anew, if it did not take a row for a sign that
    /// somebody else has done so.
    var carried: [Medium] { original?.disposition == .refused ? media.filter(\.place.isLocal) : media }

    // MARK: What there is

    /// Where the file of a hash lies, relative to the store; nil for a hash that cannot be in a path.
    static func folder(_ hash: String) -> String? {
        guard SHA256Digest(base64: hash) != nil, !hash.utf8.contains(UInt8(ascii: "/")) else { return nil }
        return "\(hash.prefix(1))/\(hash.dropFirst().prefix(1))/\(hash.dropFirst(2))"
    }

    private static func thumbnails(in folder: String) -> (made: [Made], others: [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var made: [Made] = []
        var others: [String] = []
        for name in names.sorted() where name != "file" {
            guard let thumbnail = Thumbnail(dendriteFile: name) else {
                others.append(name)
                continue
            }
            // An empty file is where Dendrite failed to make one. What is no file at all is for the copier to name.
            let size = size(ofFile: "\(folder)/\(name)")
            if size != 0 { made.append(Made(thumbnail: thumbnail, length: size)) }
        }
        return (made, others)
    }

    /// In bytes; nil for what is no regular file.
    private static func size(ofFile path: String) -> Int64? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            attributes[.type] as? FileAttributeType == .typeRegular
        else { return nil }
        return (attributes[.size] as? NSNumber)?.int64Value
    }

    // MARK: What shall be

    /// The original, under every name that it shall have.
    var originalFile: MediaFile {
        var targets = media.map(\.place.original)
        for medium in media {
            for thumbnail in unmade(of: medium) where thumbnail.isOriginal {
                targets.append(medium.place.path(of: thumbnail.thumbnail))
            }
        }
        let size = media.map(\.claimedSize).first { $0 > 0 }
        return MediaFile(
            source: "\(folder)/file", targets: targets, sha256: digest, expectedSize: size,
            identifier: media.first?.place.uri)
    }

    /// The file of each thumbnail that is made, in the order of ``made``.
    var thumbnailFiles: [MediaFile] {
        made.map { each in
            MediaFile(
                source: "\(folder)/\(each.thumbnail.dendriteFile)",
                targets: carried.map { $0.place.path(of: each.thumbnail) },
                identifier: carried.first.map { "\($0.place.uri) \(each.thumbnail.dendriteFile)" })
        }
    }

    /// Notes what became of a thumbnail's file.
    func finish(thumbnail: Int, _ outcome: MediaOutcome) {
        made[thumbnail].length = outcome.isAtTarget ? outcome.size : nil
    }

    /// All thumbnails of a medium, once the files are copied.
    func thumbnails(of medium: Medium) -> [Made] {
        made + unmade(of: medium).map { Made(thumbnail: $0.thumbnail, length: $0.isOriginal ? sizeAtTarget : nil) }
    }

    /// In bytes; nil for an original that is only known, without a file.
    private var sizeAtTarget: Int64? { original?.disposition == .refused ? nil : original?.size }

    /// Thumbnails that Dendrite offers and has made none of: where the image is not larger than the box, it answers with
    /// the original; others it makes when first asked.
    private func unmade(of medium: Medium) -> [(thumbnail: Thumbnail, isOriginal: Bool)] {
        guard let type = medium.imageType, let dimensions else { return [] }
        return sizes.map { size in
            guard size.holds(dimensions) else { return (size, false) }
            var thumbnail = size
            thumbnail.type = type
            return (thumbnail, true)
        }
    }
}
