// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Media between two folders of Synapse's", .temporaryFolder)
struct MediaTreeTests {
    private func write(_ path: String, _ text: String) throws {
        let file = TemporaryFolder.url.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func text(_ path: String) -> String? {
        try? String(contentsOf: TemporaryFolder.url.appending(path: path), encoding: .utf8)
    }

    private func copy(_ options: String...) throws -> Run {
        try Run(["media", "--synapse-media-path", "old", "--synapse-media-path", "new", "--progress=never"] + options)
    }

    @Test("are copied file by file, once, without any database")
    func copied() throws {
        try write("old/local_content/ab/cd/efgh", "one")
        try write("old/remote_thumbnail/example.org/ab/cd/efgh/32-32-image-png-crop", "two")
        let dry = try copy("--dry-run")
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(dry.output.hasPrefix("2 files to copy (6 B), 0 there already"))
        #expect(text("new/local_content/ab/cd/efgh") == nil)
        let first = try copy("--copier", "threads", "--chown", "\(geteuid()):\(getegid())")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.hasPrefix("2 files copied (6 B), 0 there already"))
        #expect(first.output.contains("\nCopied by threads. A pool of threads was asked for."))
        #expect(text("new/local_content/ab/cd/efgh") == "one")
        #expect(text("new/remote_thumbnail/example.org/ab/cd/efgh/32-32-image-png-crop") == "two")
        try write("new/local_content/ab/cd/efgh", "eno")
        #expect(try copy().output.hasPrefix("0 files copied (0 B), 2 there already"))
        #expect(try copy("--verify", "--json").output.contains(#""files_copied" : 1,"#))
        #expect(text("new/local_content/ab/cd/efgh") == "one")
    }

    @Test("are named where they cannot be copied")
    func named() throws {
        try write("old/local_content/ab/cd/efgh", "one")
        try FileManager.default.createSymbolicLink(
            atPath: TemporaryFolder.url.appending(path: "old/door").path(percentEncoded: false),
            withDestinationPath: "/etc/passwd")
        let dry = try copy("--dry-run")
        #expect(dry.output.hasSuffix("1 could not be copied; --rejects FILE names them\n"))
        #expect(text("rejects.jsonl") == nil)
        let run = try copy()
        #expect(run.status == 3, "\(run.errors)")
        #expect(run.output.hasSuffix("1 could not be copied; they are named in rejects.jsonl\n"))
        #expect(text("rejects.jsonl")?.contains(#""key":"door""#) == true)
        #expect(text("new/door") == nil)
        #expect(try copy("--dendrite-config", "d.yaml").status == 64)
        #expect(try Run(["media", "--synapse-media-path", "no", "--synapse-media-path", "new"]).status == 5)
    }
}
