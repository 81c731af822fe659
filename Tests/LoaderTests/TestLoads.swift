// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres
import TestSupport

/// Runs loads from and to the running test's database.
enum TestLoads {
    static var sessions: Sessions { Sessions(source: TemporaryDatabase.conninfo, target: TemporaryDatabase.conninfo) }

    /// Writes down what is to be done, as a migration does once.
    static func begin(_ loads: [TableLoad]) throws {
        var target = try sessions.openTarget()
        try Ledger().begin(
            Ledger.Migration(inputs: "", plan: "", version: ""), loads, extra: [], on: &target)
    }

    /// Does what is left of loads that were begun.
    static func resume(
        _ loads: [TableLoad], _ settings: Loader.Settings = Loader.Settings(), stop: StopRequest = StopRequest(),
        timeline: Timeline = Timeline(), progress: LoadProgress = LoadProgress()
    ) async throws {
        let loader = Loader(
            sessions: sessions, settings: settings, progress: progress, stop: stop, timeline: timeline)
        try await loader.run(loads)
    }

    /// Begins and runs loads.
    static func run(_ loads: [TableLoad], _ settings: Loader.Settings = Loader.Settings()) async throws {
        try begin(loads)
        try await resume(loads, settings)
    }
}
