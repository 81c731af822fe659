// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

/// A row of Dendrite's media repository: something that was uploaded here, or fetched from another server.
struct Medium: Sendable {
    /// Media that have one file come one after the other; the order is the same in each run.
    static let query: SQL = """
        SELECT base64hash, media_origin, media_id, content_type, creation_ts, upload_name, user_id, file_size_bytes
        FROM mediaapi_media_repository
        ORDER BY base64hash COLLATE "C", media_origin COLLATE "C", media_id COLLATE "C"
        """
    private static let imageTypes: Set<String> = ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp"]

    /// Base64 of the content's SHA-256, which is also where the file lies.
    let hash: String
    let place: MediaPlace
    let type: String?
    /// When it was uploaded or fetched; ms since the epoch.
    let createdAt: Int64
    let uploadName: String?
    /// Who uploaded it; nil for other servers' users.
    let user: String?
    /// What an upload said of itself, which need not be true; -1 where it said nothing.
    let claimedSize: Int64

    /// Reads a row of ``query``.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    init(_ row: borrowing SourceRow, serverName: String) throws(DigestError) {
        var fields = row.fields
        hash = fields.string() ?? ""
        let (origin, mediaID) = (fields.string() ?? "", fields.string() ?? "")
        place = try MediaPlace(origin: origin, mediaID: mediaID, isLocal: origin == serverName)
        type = fields.string().flatMap { $0.isEmpty ? nil : $0 }
        createdAt = fields.int64() ?? 0
        uploadName = UploadName.decoded(fields.string() ?? "")
        user = fields.string().flatMap { $0.isEmpty ? nil : $0 }
        claimedSize = fields.int64() ?? -1
    }

    /// Its type, without parameters, if that is one of which Synapse makes thumbnails.
    var imageType: String? {
        guard let first = type?.split(separator: ";", omittingEmptySubsequences: false).first else { return nil }
        let name = first.drop(while: \.isWhitespace).lowercased()
        let end = name.lastIndex { !$0.isWhitespace }
        return end.map { String(name[...$0]) }.flatMap { Self.imageTypes.contains($0) ? $0 : nil }
    }
}
