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

/// What a figure should be below.
struct Goal {
    let atMost: Double
    let aim: Double
}

/// Why a benchmark was not run, as a sentence.
struct Skipped: Error {
    let reason: String
}

/// What went wrong, as a sentence.
struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// Somebody pressed Ctrl-C.
struct Interrupted: Error {}
