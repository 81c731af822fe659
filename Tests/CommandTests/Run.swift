// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// A run of the program itself, as an operator's.
struct Run {
    let output: String
    let errors: String
    let status: Int32

    /// The program stands beside the tests' own bundle.
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "matrix-loader")

    /// Runs it in the running test's folder until it ends.
    init(_ arguments: String...) throws { try self.init(arguments) }

    /// Runs it in the running test's folder until it ends.
    ///
    /// - Parameters:
    ///   - environment: what is different from the test's own.
    ///   - meanwhile: is called again and again while it runs.
    init(_ arguments: [String], environment: [String: String] = [:], meanwhile: (() throws -> Void)? = nil) throws {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = TemporaryFolder.url
        let (output, errors) = (
            TemporaryFolder.url.appending(path: ".output"), TemporaryFolder.url.appending(path: ".errors")
        )
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        if let meanwhile {
            while process.isRunning { try meanwhile() }
        }
        process.waitUntilExit()
        status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        self.output = try String(contentsOf: output, encoding: .utf8)
        self.errors = try String(contentsOf: errors, encoding: .utf8)
    }
}
