// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres
import TestSupport
import Testing

@Suite("A session on the target", .temporaryDatabase)
struct SessionsTests {
    @Test("compresses large values by lz4 where the server can")
    func compression() throws {
        var target = try Sessions(source: "", target: TemporaryDatabase.conninfo).openTarget()
        let setting = try target.rows(
            """
            SELECT coalesce(current_setting('default_toast_compression', true), 'none'), coalesce((
                SELECT CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE setting END
                FROM pg_settings WHERE name = 'default_toast_compression'), 'none')
            """)
        #expect(setting[0][0] == setting[0][1])
    }
}
