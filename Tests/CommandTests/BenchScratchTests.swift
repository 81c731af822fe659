// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import TestSupport
import Testing

@testable import matrix_loader

@Suite("The throw-away folders of a measurement", .temporaryFolder)
struct BenchScratchTests {
    @Test("have names that no other measurement's have, also of a process with the same number")
    func names() {
        let names = Set((0..<20).map { _ in BenchScratch(beside: Conninfo([])).name })
        #expect(names.count == 20)
        for name in names { #expect(name.wholeMatch(of: /matrix_loader_bench_[0-9]+_[0-9a-f]{8}/) != nil) }
    }

    @Test("are nobody else's to read, and are never what was there before")
    func folders() throws {
        let scratch = BenchScratch(beside: Conninfo([]))
        let parent = TemporaryFolder.path + "/not/yet"
        let folder = try scratch.makeFolder("media", in: parent)
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o700)
        try FileManager.default.createDirectory(
            atPath: "\(parent)/\(scratch.name)_uploads", withIntermediateDirectories: false)
        #expect(throws: (any Error).self) { try scratch.makeFolder("uploads", in: parent) }
        scratch.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["\(scratch.name)_uploads"])
    }
}
