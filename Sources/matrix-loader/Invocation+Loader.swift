// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Options

extension Invocation {
    /// How loads run, as the command line says or as this host suggests.
    var loaderSettings: Loader.Settings {
        var settings = Loader.Settings()
        let processors = ProcessInfo.processInfo.activeProcessorCount
        settings.workers = workers(processors: processors)
        settings.indexJobs = number(.indexJobs) ?? min(processors, 8)
        settings.onReject = string(.onBadRow) == "stop" ? .stop : .skip
        if let rows = number(.deferFrom) { settings.deferralThreshold = rows }
        return settings
    }

    /// How many work at once: as the command line says, else as many as there are processors, but at most 16.
    ///
    /// Where both databases are one server's, 16 have about 50 sessions of the 100 that PostgreSQL allows by default.
    func workers(processors: Int = ProcessInfo.processInfo.activeProcessorCount) -> Int {
        number(.workers) ?? min(processors, 16)
    }
}
