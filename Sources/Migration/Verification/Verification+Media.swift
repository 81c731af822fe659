// SPDX-License-Identifier: Apache-2.0
import Digest
import Foundation
import Postgres

extension Verification {
    /// Bytes of a file that are read at a time.
    private static let piece = 1 << 20

    /// The digest of a medium `m`, a column that came with schema 91.
    private static let sha256: SQL = "to_jsonb(m) ->> 'sha256'"

    /// Looks whether all media are known, and reads some of the files.
    func media(_ source: inout Connection, _ target: inout Connection) throws -> [VerificationReport.Check] {
        [try knownMedia(&source, &target), try files(&target)]
    }

    /// Synapse forgets what it cached from other servers, so once it is used only our users' media must be there.
    private func knownMedia(_ source: inout Connection, _ target: inout Connection) throws -> VerificationReport.Check {
        var check = VerificationReport.Check(
            "Media that could be carried are there, with the content that Dendrite named")
        let column: SQL =
            "SELECT 1 FROM pg_attribute WHERE attrelid = 'local_media_repository'::regclass AND attname = 'sha256'"
        let hasDigests = try target.value(column) != nil
        var known: [String: String] = [:]
        for row in try target.rows(
            """
            SELECT \(plan.serverName), media_id, \(Self.sha256) FROM local_media_repository m
            UNION ALL SELECT media_origin, media_id, \(Self.sha256) FROM remote_media_cache m
            """)
        {
            known["mxc://\(row[0] ?? "")/\(row[1] ?? "")"] = row[2] ?? ""
        }
        for row in try source.rows("SELECT media_origin, media_id, base64hash FROM mediaapi_media_repository") {
            let (origin, id) = (row[0] ?? "", row[1] ?? "")
            let uri = "mxc://\(origin)/\(id)"
            guard !rejected.contains(uri), !isUsed || origin == plan.serverName else { continue }
            check.examined += 1
            guard let found = known[uri] else {
                check.note(wrong: "\(uri): is missing")
                continue
            }
            if hasDigests, let digest = SHA256Digest(base64: row[2] ?? ""), found != digest.hexadecimal {
                check.note(wrong: "\(uri): another content")
            }
        }
        return check
    }

    private func files(_ target: inout Connection) throws -> VerificationReport.Check {
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
        guard let store = plan.media?.store else { return check }
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
