// SPDX-License-Identifier: Apache-2.0
public import Foundation
public import Testing

/// Gives every test case an empty folder of its own, removed afterwards.
public struct TemporaryFolder: TestTrait, SuiteTrait, TestScoping {
    /// The folder of the running test.
    @TaskLocal public static var url = URL(filePath: "/nonexistent")

    /// The path of the running test's folder.
    public static var path: String { url.path(percentEncoded: false) }

    /// True: a suite with this trait gives each of its test cases a folder, not one to all of them.
    public var isRecursive: Bool { true }

    /// Runs a test case with ``url`` set.
    ///
    /// - Throws: what the test throws; Foundation's errors if the folder cannot be made.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "matrix-loader-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Self.$url.withValue(folder) { try await function() }
    }
}

extension Trait where Self == TemporaryFolder {
    /// An empty folder for each test case.
    public static var temporaryFolder: Self { Self() }
}
