// SPDX-License-Identifier: Apache-2.0
import Postgres
import TestSupport
import Testing

@testable import Loader

@Suite("A session that loads rows", .temporaryDatabase)
struct SessionsTests {
    @Test("compresses large values by lz4 where the server can")
    func compression() throws {
        var target = try Sessions(source: "", target: TemporaryDatabase.conninfo).openTargetForLoading()
        let setting = try target.rows(
            """
            SELECT coalesce(current_setting('default_toast_compression', true), 'none'), coalesce((
                SELECT CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE setting END
                FROM pg_settings WHERE name = 'default_toast_compression'), 'none')
            """)
        #expect(setting[0][0] == setting[0][1])
    }
}
