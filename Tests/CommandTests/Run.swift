// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// A run of the program itself, as an operator's.
struct Run {
    let output: String
    let errors: String
    let status: Int32

    /// Runs it in the running test's folder until it ends.
    init(_ arguments: String...) throws { try self.init(arguments) }

    /// Runs it in the running test's folder until it ends.
    ///
    /// - Parameters:
    ///   - environment: what is different from the test's own.
    ///   - meanwhile: is called again and again while it runs.
    init(_ arguments: [String], environment: [String: String] = [:], meanwhile: (() throws -> Void)? = nil) throws {
        let program = try RunningProgram(arguments, environment: environment)
        if let meanwhile {
            while program.isRunning { try meanwhile() }
        }
        self = try program.wait()
    }

    init(output: String, errors: String, status: Int32) {
        self.output = output
        self.errors = errors
        self.status = status
    }

    /// The last line on standard error.
    var lastError: String { errors.split(separator: "\n").last.map(String.init) ?? "" }
}
