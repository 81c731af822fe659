// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import MediaCopier
import Testing

@Suite("A list of the source")
struct ListingTests {
    @Test("names everything once and follows nothing")
    func everything() throws {
        let folders = try MediaFolders()
        try folders.add("a/b/c/file", [1])
        try folders.add("a/b/thumbnail", [1])
        try folders.add("a/\u{e4} \u{1F600}\n", [1])
        try folders.write([1], to: folders.base + "/elsewhere/secret")
        try FileManager.default.createSymbolicLink(
            atPath: folders.source + "/door", withDestinationPath: folders.base + "/elsewhere")
        try FileManager.default.createSymbolicLink(atPath: folders.source + "/a/loop", withDestinationPath: "..")
        #expect(mkfifo(folders.source + "/fifo", 0o600) == 0)
        let odd = Array((folders.source + "/odd").utf8CString.dropLast()) + [CChar(bitPattern: 0xff), 0]
        close(creat(odd, 0o600))

        var found: Set<SourceEntry> = []
        var order: [String] = []
        for entry in try SourceListing(folders.source) {
            #expect(found.insert(entry).inserted)
            order.append(entry.path)
        }
        let expected: Set<SourceEntry> = [
            SourceEntry(path: "a", kind: .folder), SourceEntry(path: "a/b", kind: .folder),
            SourceEntry(path: "a/b/c", kind: .folder), SourceEntry(path: "a/b/c/file", kind: .file),
            SourceEntry(path: "a/b/thumbnail", kind: .file), SourceEntry(path: "a/\u{e4} \u{1F600}\n", kind: .file),
            SourceEntry(path: "door", kind: .symbolicLink), SourceEntry(path: "a/loop", kind: .symbolicLink),
            SourceEntry(path: "fifo", kind: .other), SourceEntry(path: "odd\u{fffd}", kind: .unusableName),
        ]
        #expect(found == expected)
        // By the bytes of each name, a folder before what is in it.
        #expect(
            order == [
                "a", "a/b", "a/b/c", "a/b/c/file", "a/b/thumbnail", "a/loop", "a/\u{e4} \u{1F600}\n", "door", "fifo",
                "odd\u{fffd}",
            ])
    }

    @Test("leaves out a folder that is skipped")
    func skipping() throws {
        let folders = try MediaFolders()
        for path in ["a/1", "b/1", "b/2/3", "c/1"] { try folders.add(path, [1]) }
        var listing = try SourceListing(folders.source)
        var paths: [String] = []
        while let entry = listing.next() {
            paths.append(entry.path)
            if entry.path == "b" { listing.skipFolder() }
        }
        #expect(paths == ["a", "a/1", "b", "c", "c/1"])
    }

    @Test("needs a source folder")
    func noSource() {
        #expect(throws: MediaError.self) { try SourceListing("/no/such/folder") }
    }
}
