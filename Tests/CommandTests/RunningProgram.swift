// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TestSupport

/// The program at work, beside the test that started it.
final class RunningProgram {
    /// The program stands beside the tests' own bundle.
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "matrix-loader")
    /// Where the program is.
    static var path: String { program.path(percentEncoded: false) }

    private let process = Process()
    private let output: URL
    private let errors: URL

    /// Starts it in the running test's folder.
    ///
    /// - Parameters:
    ///   - changes: what is different from the test's own environment.
    ///   - device: where standard output goes; a file unless told.
    init(
        _ arguments: [String], environment changes: [String: String] = [:], failpoint: String? = nil,
        program: URL? = nil, writingTo device: String? = nil
    ) throws {
        let name = UUID().uuidString
        output = TemporaryFolder.url.appending(path: ".\(name).output")
        errors = TemporaryFolder.url.appending(path: ".\(name).errors")
        for file in [output, errors] { try Data().write(to: file) }
        process.executableURL = program ?? Self.program
        process.arguments = arguments
        process.currentDirectoryURL = TemporaryFolder.url
        var environment = ProcessInfo.processInfo.environment.merging(changes) { $1 }
        if let failpoint { environment["MATRIX_LOADER_FAILPOINT"] = failpoint }
        process.environment = environment
        process.standardOutput = try FileHandle(forWritingTo: device.map { URL(filePath: $0) } ?? output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end; a signal that ended it is a negative status.
    func wait() throws -> Run {
        process.waitUntilExit()
        return Run(
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8),
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
    }
}
