// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// Runs a program on some input, and answers what it printed on both its outputs and how it ended.
///
/// Skips the running test where the program is not installed and need not be.
func run(_ program: String, _ arguments: [String], input: String) throws -> (output: String, status: Int32) {
    try require(program)
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    try input.write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: output, as: UTF8.self), process.terminationStatus)
}

/// Skips the running test where a program is not installed and need not be.
///
/// - Throws: where it must be installed.
func require(_ program: String) throws {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    if folders.contains(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }) { return }
    try Requirement.programs.skip("\(program) is not installed")
    throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: program])
}
