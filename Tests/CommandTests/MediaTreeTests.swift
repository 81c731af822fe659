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

    @Test(
        "are not copied into themselves, also where a link leads there",
        arguments: ["old/new", "door/new", "old", "door/"])
    func nested(target: String) throws {
        try write("old/local_content/ab/cd/efgh", "one")
        try FileManager.default.createSymbolicLink(
            atPath: TemporaryFolder.url.appending(path: "door").path(percentEncoded: false), withDestinationPath: "old")
        let run = try Run("media", "--synapse-media-path", "old", "--synapse-media-path", target)
        #expect(run.status == (target == "old" ? 64 : 10), "\(run.errors)")
        #expect(target == "old" || run.errors.contains("error: \(target): it is in old, so what is copied"))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: TemporaryFolder.path + "/old").count == 4)
    }

    @Test("leave behind what runs of this program keep among them, at any depth")
    func locks() throws {
        try write("old/local_content/ab/cd/efgh", "one")
        for folder in ["old", "old/local_content", "old/local_content/ab"] {
            try write("\(folder)/.matrix-loader.lock", "")
        }
        #expect(try copy().output.hasPrefix("1 files copied (3 B)"))
        #expect(text("new/local_content/.matrix-loader.lock") == nil)
        #expect(text("new/local_content/ab/.matrix-loader.lock") == nil)
    }

    /// A source of which one thing cannot be copied, and what names that.
    private func writeSomethingBad() throws -> String {
        try FileManager.default.createDirectory(
            at: TemporaryFolder.url.appending(path: "old"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: TemporaryFolder.url.appending(path: "old/door").path(percentEncoded: false),
            withDestinationPath: "/etc/passwd")
        return """
            {"column":null,"key":"door","load":"media store","reason":"is a symbolic link, which is not followed"}

            """
    }

    @Test("are named through a pipe, which stays one")
    func pipe() throws {
        let line = try writeSomethingBad()
        let path = TemporaryFolder.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        // Open to read, too, so that whoever writes does not wait for a reader.
        let reader = open(path, O_RDWR | O_NONBLOCK)
        defer { close(reader) }
        let run = try copy("--rejects", "pipe")
        #expect(run.status == 3, "\(run.errors)")
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = max(0, read(reader, &bytes, bytes.count))
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == line)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType != .typeRegular)
    }

    @Test("are named to a device, which stays one")
    func device() throws {
        _ = try writeSomethingBad()
        // A link, lest a program that is wrong takes the machine's device away.
        let link = TemporaryFolder.path + "/null"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
        #expect(try copy("--rejects", "null").status == 3)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null")
        let device = try FileManager.default.attributesOfItem(atPath: "/dev/null")
        #expect(device[.type] as? FileAttributeType == .typeCharacterSpecial)
    }

    @Test("are named in the file that a symbolic link leads to, be it there or not", arguments: [false, true])
    func linked(isThere: Bool) throws {
        let line = try writeSomethingBad()
        try write("elsewhere/older.jsonl", "")
        if isThere { try write("elsewhere/named.jsonl", "older\n") }
        let link = TemporaryFolder.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "elsewhere/named.jsonl")
        #expect(try copy("--rejects", "link").status == 3)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "elsewhere/named.jsonl")
        #expect(text("elsewhere/named.jsonl") == line)
    }

    @Test("cannot be named in a folder, nor where there is none", arguments: ["old", "nowhere/file"])
    func unnameable(path: String) throws {
        _ = try writeSomethingBad()
        let run = try copy("--rejects", path)
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("matrix-loader: \(path): what cannot be carried could not be named there, as "))
        #expect(text("new/door") == nil)
    }
}
