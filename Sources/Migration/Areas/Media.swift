// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Media and their thumbnails: files as well as rows.
extension Plan {
    /// A medium and the five thumbnails that Dendrite makes of an image.
    private static let rowsPerMedium = 6

    /// One load, as its files go to one folder.
    ///
    /// A medium that cannot be carried is named in the report and does not stop the others.
    var mediaRepository: Area {
        guard let media else {
            let all = Omission("media that were left out", "SELECT count(*) FROM mediaapi_media_repository")
            return Area("media", [], omissions: leavesMediaOut ? [all] : [])
        }
        let tables = MediaTables(now: now)
        let migration = MediaMigration(serverName: serverName, inputs: media)
        return Area(
            "media",
            [
                TableLoad("media", into: MediaTables.all, weight: media.count * Self.rowsPerMedium) { source, sink in
                    let report = try migration.run(&source) { file in
                        tables.write(file, to: &sink)
                        try sink.endRow()
                    }
                    for (what, count) in report.leftBehind { sink.leaveOut(what, count) }
                    if report.strayCount > 0 {
                        sink.leaveOut("files in the media store that belong to no medium", report.strayCount)
                    }
                    for fault in report.faults { sink.name(fault) }
                }
            ]
        )
    }
}
