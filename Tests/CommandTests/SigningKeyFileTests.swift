// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import TestSupport
import Testing

@Suite("The signing key's file", .temporaryFolder)
struct SigningKeyFileTests {
    private let key = SigningKey(id: "abc", seed: Array(1...32))
    private var path: String { TemporaryFolder.url.appending(path: "signing.key").path(percentEncoded: false) }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }
    private func write(_ text: String, mode: Int = 0o600) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test("is made where there is none, readable by nobody else")
    func new() throws {
        #expect(try SigningKeyFile(path).install(key) == .written(kept: nil))
        #expect(try text(path) == key.synapseLine)
        #expect(try mode(path) == 0o600)
    }

    @Test("keeps the key that was there beside it, and never overwrites one that is kept")
    func kept() throws {
        try write("ed25519 first AAAA\n")
        #expect(try SigningKeyFile(path).install(key) == .written(kept: path + ".before-migration"))
        try write("ed25519 second BBBB\n")
        #expect(try SigningKeyFile(path).install(key) == .written(kept: path + ".before-migration.2"))
        #expect(try text(path) == key.synapseLine)
        #expect(try text(path + ".before-migration") == "ed25519 first AAAA\n")
        #expect(try text(path + ".before-migration.2") == "ed25519 second BBBB\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: TemporaryFolder.path).count == 3)
    }

    @Test("is left alone where it holds the key already", arguments: ["", "=", "\n\n"])
    func again(end: String) throws {
        try write(key.synapseLine.trimmingCharacters(in: .newlines) + end)
        let before = try text(path)
        #expect(try SigningKeyFile(path).install(key) == .wasThere)
        #expect(try text(path) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: TemporaryFolder.path) == ["signing.key"])
    }

    @Test("stays readable by the group that could read it, and by nobody else")
    func group() throws {
        try write("ed25519 first AAAA\n", mode: 0o664)
        try SigningKeyFile(path).install(key)
        #expect(try mode(path) == 0o640)
    }

    @Test("is found behind a symbolic link, which stays one")
    func link() throws {
        try write("ed25519 first AAAA\n")
        let link = TemporaryFolder.url.appending(path: "link").path(percentEncoded: false)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try SigningKeyFile(link).install(key)
        #expect(try text(path) == key.synapseLine)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    }

    @Test("says where it cannot be written, and never what is in it")
    func refused() throws {
        try write("ed25519 first AAAA\n")
        let error = #expect(throws: ConfigurationError.self) { try SigningKeyFile(path + "/below").install(key) }
        #expect(error?.description.contains("AAAA") == false)
        #expect(try text(path) == "ed25519 first AAAA\n")
    }
}
