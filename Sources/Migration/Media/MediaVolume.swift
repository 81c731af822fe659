// SPDX-License-Identifier: Apache-2.0
import Postgres

/// How much media there are.
enum MediaVolume {
    /// What Dendrite's database says: files, and bytes in them as uploads claimed; several media may have one file.
    static func claimed(_ source: inout Connection) throws(PostgresError) -> (files: Int, bytes: Int) {
        let row = try source.rows(
            """
            SELECT count(*), least(coalesce(sum(size), 0), 9223372036854775807) FROM (
                SELECT max(greatest(file_size_bytes, 0)) AS size FROM mediaapi_media_repository GROUP BY base64hash
                UNION ALL
                SELECT max(greatest(t.file_size_bytes, 0)) FROM mediaapi_thumbnail t
                JOIN mediaapi_media_repository m USING (media_id, media_origin)
                GROUP BY m.base64hash, t.width, t.height, t.resize_method) f
            """
        ).first
        return (row?[0].flatMap { Int($0) } ?? 0, row?[1].flatMap { Int($0) } ?? 0)
    }
}
