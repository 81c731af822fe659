// SPDX-License-Identifier: Apache-2.0
import Digest
import Loader
import MediaCopier
import Postgres

/// Writes media and their thumbnails: our users' into two tables, those cached from other servers into two others.
struct MediaTables {
    static let local = Table(
        "local_media_repository", .text("media_id"), .text("media_type"), .integer("media_length"),
        .bigint("created_ts"),
        .text("upload_name"), .text("user_id"), .bigint("last_access_ts"), .bool("safe_from_quarantine"),
        .bool("authenticated"), .text("sha256"))
    static let localThumbnails = Table(
        "local_media_repository_thumbnails", .text("media_id"), .integer("thumbnail_width"),
        .integer("thumbnail_height"),
        .text("thumbnail_type"), .text("thumbnail_method"), .integer("thumbnail_length"))
    static let remote = Table(
        "remote_media_cache", .text("media_origin"), .text("media_id"), .text("media_type"), .integer("media_length"),
        .bigint("created_ts"), .text("upload_name"), .text("filesystem_id"), .bigint("last_access_ts"),
        .bool("authenticated"), .text("sha256"))
    static let remoteThumbnails = Table(
        "remote_media_cache_thumbnails", .text("media_origin"), .text("media_id"), .text("filesystem_id"),
        .integer("thumbnail_width"), .integer("thumbnail_height"), .text("thumbnail_type"), .text("thumbnail_method"),
        .integer("thumbnail_length"))
    static let all = [local, localThumbnails, remote, remoteThumbnails]

    /// When media were last used, which Dendrite does not know: with any earlier time, a `media_retention` in
    /// homeserver.yaml would delete everything at once.
    ///
    /// Milliseconds since the epoch.
    let now: Int64

    /// Adds all media that a file is the content of.
    func write(_ file: StoredFile, to sink: inout RowSink) {
        guard let original = file.original, let measured = Int32(exactly: original.size) else { return }
        // Of a file that is not there nobody can say more than Dendrite did.
        let isThere = original.disposition != .refused
        let sha256 = (isThere ? original.sha256 ?? file.digest : file.digest).hexadecimal
        for medium in file.carried {
            // Where there is no file, what the upload said: without any length Synapse would wait for an upload.
            let length =
                original.disposition == .refused ? Int32(clamping: max(0, medium.claimedSize)) : measured
            if medium.place.isLocal {
                writeLocal(medium, length, sha256, to: &sink)
            } else {
                writeRemote(medium, length, sha256, to: &sink)
            }
            for made in file.thumbnails(of: medium) { write(made, of: medium.place, to: &sink) }
        }
    }

    private func writeLocal(_ medium: Medium, _ length: Int32, _ sha256: String, to sink: inout RowSink) {
        sink.append(to: Self.local) { row in
            row.write(medium.place.mediaID)
            row.write(medium.type)
            row.write(length)
            row.write(medium.createdAt)
            row.write(medium.uploadName)
            row.write(medium.user)
            row.write(now)
            row.write(false)
            // Without a token as well, as until now: links to it are already about.
            row.write(false)
            row.write(sha256)
        }
    }

    private func writeRemote(_ medium: Medium, _ length: Int32, _ sha256: String, to sink: inout RowSink) {
        sink.append(to: Self.remote) { row in
            row.write(medium.place.origin)
            row.write(medium.place.mediaID)
            row.write(medium.type)
            row.write(length)
            row.write(medium.createdAt)
            row.write(medium.uploadName)
            row.write(medium.place.fileID)
            row.write(now)
            row.write(false)
            row.write(sha256)
        }
    }

    private func write(_ made: StoredFile.Made, of place: MediaPlace, to sink: inout RowSink) {
        sink.append(to: place.isLocal ? Self.localThumbnails : Self.remoteThumbnails) { row in
            if !place.isLocal { row.write(place.origin) }
            row.write(place.mediaID)
            if !place.isLocal { row.write(place.fileID) }
            row.write(made.thumbnail.width)
            row.write(made.thumbnail.height)
            row.write(made.thumbnail.type)
            row.write(made.thumbnail.method.rawValue)
            if let length = made.length.flatMap({ Int32(exactly: $0) }) { row.write(length) } else { row.writeNull() }
        }
    }
}
