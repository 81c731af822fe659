// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Options

extension Invocation {
    /// How loads run, as the command line says or as this host suggests.
    var loaderSettings: Loader.Settings {
        var settings = Loader.Settings()
        let processors = ProcessInfo.processInfo.activeProcessorCount
        settings.workers = number(.workers) ?? processors
        settings.indexJobs = number(.indexJobs) ?? min(processors, 8)
        settings.onReject = string(.onBadRow) == "stop" ? .stop : .skip
        if let rows = number(.deferFrom) { settings.deferralThreshold = rows }
        return settings
    }
}
