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
        try MediaCopier(source: folders.source, target: folders.target).listSource { entry in
            #expect(found.insert(entry).inserted)
        }
        let expected: Set<SourceEntry> = [
            SourceEntry(path: "a", kind: .folder), SourceEntry(path: "a/b", kind: .folder),
            SourceEntry(path: "a/b/c", kind: .folder), SourceEntry(path: "a/b/c/file", kind: .file),
            SourceEntry(path: "a/b/thumbnail", kind: .file), SourceEntry(path: "a/\u{e4} \u{1F600}\n", kind: .file),
            SourceEntry(path: "door", kind: .symbolicLink), SourceEntry(path: "a/loop", kind: .symbolicLink),
            SourceEntry(path: "fifo", kind: .other), SourceEntry(path: "odd\u{fffd}", kind: .unusableName),
        ]
        #expect(found == expected)
    }

    @Test("needs a source folder")
    func noSource() {
        #expect(throws: MediaError.self) {
            try MediaCopier(source: "/no/such/folder", target: "/tmp").listSource { _ in }
        }
    }
}
