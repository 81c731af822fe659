// SPDX-License-Identifier: Apache-2.0

/// One measurement that comes to one figure; less is better.
protocol Benchmark: Sendable {
    /// As the command line and the printed line have it.
    var name: String { get }
    var goal: Goal { get }

    /// Runs what is measured, and its peers.
    ///
    /// - Throws: ``Skipped`` if something that it needs is not here.
    func measure(_ workbench: Workbench) throws -> Double
}
