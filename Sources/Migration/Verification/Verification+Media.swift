// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Postgres

extension Verification {
    /// Bytes of a file that are read at a time.
    private static let piece = 1 << 20

    /// The digest of a medium `m`, a column that came with schema 91.
    private static let sha256: SQL = "to_jsonb(m) ->> 'sha256'"

    /// Media that are compared at a time.
    private static let page = 20_000

    /// Whether all media are known.
    ///
    /// Synapse forgets what it cached from other servers, so once it is used only our users' media must be there.
    func knownMedia(_ source: inout Connection, _ target: inout Connection) throws -> VerificationReport.Check {
        var check = VerificationReport.Check(
            "Media that could be carried are there, with the content that Dendrite named")
        let column: SQL =
            "SELECT 1 FROM pg_attribute WHERE attrelid = 'local_media_repository'::regclass AND attname = 'sha256'"
        let hasDigests = try target.value(column) != nil
        var last = (id: "", origin: "")
        while true {
            let media = try source.rows(
                """
                SELECT media_id, media_origin, base64hash FROM mediaapi_media_repository
                WHERE (media_id, media_origin) > (\(last.id), \(last.origin)) ORDER BY 1, 2 LIMIT \(Self.page)
                """)
            guard let end = media.last else { break }
            last = (end[0] ?? "", end[1] ?? "")
            let known = try digests(of: media, &target)
            for row in media {
                let (uri, hash) = ("mxc://\(row[1] ?? "")/\(row[0] ?? "")", row[2] ?? "")
                guard !rejected.contains(uri), !isUsed || row[1] == plan.serverName else { continue }
                check.examined += 1
                let digest = SHA256Digest(base64: hash)?.hexadecimal
                if let fault = fault(of: known[uri], digest: hasDigests ? digest : nil) {
                    check.note(wrong: "\(uri): \(fault)")
                }
            }
        }
        return check
    }

    /// What is wrong with Synapse's row of a medium; nil if nothing is.
    ///
    /// - Parameters:
    ///   - found: the digest that Synapse has; nil where it does not know the medium.
    ///   - digest: what it should be; nil where nobody can say.
    private func fault(of found: String?, digest: String?) -> String? {
        guard let found else { return "is missing" }
        return digest.map { $0 != found } ?? false ? "another content" : nil
    }

    /// The digests that Synapse has of some media, by URI; empty where it has none.
    private func digests(of media: [[String?]], _ target: inout Connection) throws -> [String: String] {
        let rows = try target.rows(
            """
            WITH wanted AS (
                SELECT * FROM unnest(\(media.map { $0[0] ?? "" }), \(media.map { $0[1] ?? "" })) AS w (media_id, media_origin)
            )
            SELECT media_origin, media_id, \(Self.sha256) FROM wanted JOIN local_media_repository m USING (media_id)
            WHERE media_origin = \(plan.serverName)
            UNION ALL
            SELECT media_origin, media_id, \(Self.sha256) FROM wanted JOIN remote_media_cache m USING (media_id, media_origin)
            """)
        return Dictionary(
            rows.map { ("mxc://\($0[0] ?? "")/\($0[1] ?? "")", $0[2] ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether files have what the database says of them; reads some, from the folder that is known.
    func files(in store: String, _ target: inout Connection) throws -> VerificationReport.Check {
        var check = VerificationReport.Check("Files of sampled media have the right size and content")
        let rows = try target.rows(
            """
            SELECT origin, media_id, media_length, sha256 FROM (
                SELECT \(plan.serverName) AS origin, media_id, media_length, \(Self.sha256) AS sha256
                FROM local_media_repository m WHERE url_cache IS NULL AND media_length IS NOT NULL
                UNION ALL SELECT media_origin, media_id, media_length, \(Self.sha256)
                FROM remote_media_cache m WHERE NOT \(isUsed)) m
            ORDER BY md5(origin || '/' || media_id) LIMIT \(sample)
            """)
        for row in rows {
            let origin = row[0] ?? ""
            let place = try MediaPlace(origin: origin, mediaID: row[1] ?? "", isLocal: origin == plan.serverName)
            // What is named was not carried, or not whole.
            guard !rejected.contains(place.uri) else { continue }
            check.examined += 1
            do {
                let (size, digest) = try read(URL(filePath: store).appending(path: place.original))
                if size != row[2].flatMap({ Int($0) }) || row[3].map({ $0 != digest.hexadecimal }) ?? false {
                    check.note(wrong: "\(place.uri): the file differs")
                }
            } catch let error as CocoaError {
                check.note(
                    wrong: "\(place.uri): \(error.code == .fileReadNoSuchFile ? "the file is missing" : "unreadable")")
            }
        }
        return check
    }

    private func read(_ file: URL) throws -> (size: Int, SHA256Digest) {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        var digest = try SHA256()
        var size = 0
        while let data = try handle.read(upToCount: Self.piece), !data.isEmpty {
            size += data.count
            try digest.update(Array(data).span)
        }
        return (size, try digest.finalize())
    }
}
