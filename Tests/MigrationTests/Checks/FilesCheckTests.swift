// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Glibc
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("The checks of files and settings", .temporaryFolder)
struct FilesCheckTests {
    private func mediaFindings(_ inputs: HomeserverInputs, _ statement: SQL = "") throws -> [Finding] {
        try DendriteSchema.apply(to: TemporaryDatabase.conninfo)
        var source = try Sessions(source: "", target: TemporaryDatabase.conninfo).openTarget()
        try source.execute(statement)
        return source.findings(of: MediaCheck(inputs: inputs).checks)
    }

    private func device(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemNumber] as? Int
    }

    private func path(_ name: String) -> String {
        TemporaryFolder.url.appending(path: name).path(percentEncoded: false)
    }

    private func inputs(media from: String, _ to: String) -> HomeserverInputs {
        var inputs = HomeserverInputs(serverName: "example.org")
        inputs.media = (from: path(from), to: path(to))
        return inputs
    }

    private let upload: SQL = """
        INSERT INTO mediaapi_media_repository
            (media_id, media_origin, content_type, file_size_bytes, creation_ts, upload_name, base64hash, user_id)
        VALUES ('a', 'example.org', '', 9223372036854775807, 1, '', 'h', '@a:example.org')
        """

    @Test("want Dendrite's folder of media where there is any", .temporaryDatabase)
    func media() throws {
        #expect(try mediaFindings(inputs(media: "no-media", "synapse/media")) == [])
        var source = try TemporaryDatabase.connect()
        try source.execute(upload)
        let findings = source.findings(of: MediaCheck(inputs: inputs(media: "no-media", "media")).checks)
        #expect(findings.first?.message == "there is no such folder of media")
    }

    @Test("want room for the media, unless it is linked", .temporaryDatabase)
    func space() throws {
        var inputs = inputs(media: "dendrite", "media")
        let store = TemporaryFolder.url.appending(path: "dendrite")
        try FileManager.default.createDirectory(at: store, withIntermediateDirectories: false)
        // What an upload says of itself need not be true, and what is there already needs no room.
        #expect(try mediaFindings(inputs, upload) == [])
        let film = store.appending(path: "film").path(percentEncoded: false)
        try Data().write(to: URL(filePath: film))
        // All holes: larger than any disk that tests run on.
        truncate(film, 15 << 40)
        var source = try TemporaryDatabase.connect()
        let findings = source.findings(of: MediaCheck(inputs: inputs).checks)
        #expect(findings.first?.message.hasPrefix("the media needs 15728640 MiB") == true)
        inputs.mediaIsLinked = true
        #expect(source.findings(of: MediaCheck(inputs: inputs).checks) == [])
        // Where links are not possible all would be copied after all.
        let here = try device(path(""))
        inputs.media?.to = try #require(["/dev/shm", "/var/tmp"].first { try device($0) != here }) + "/synapse/media"
        #expect(
            source.findings(of: MediaCheck(inputs: inputs).checks).map(\.message) == [
                "it is not on the file system of \(path("dendrite")), so files cannot be linked"
            ])
    }

    @Test("want a folder to write media to", .temporaryDatabase)
    func notAFolder() throws {
        try Data().write(to: TemporaryFolder.url.appending(path: "file"))
        #expect(try mediaFindings(inputs(media: "", "file/media")).map(\.message) == ["media cannot be written there"])
    }

    @Test(
        "want media apart from Dendrite's, by whatever name", .temporaryDatabase,
        arguments: ["d", "d/", "d/new/one", "s", "s/new"])
    func within(target: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: path("d"), withIntermediateDirectories: false)
        try files.createSymbolicLink(atPath: path("s"), withDestinationPath: path("d"))
        #expect(try mediaFindings(inputs(media: "d", "dd")) == [])
        var source = try TemporaryDatabase.connect()
        let findings = source.findings(of: MediaCheck(inputs: inputs(media: "d", target)).checks)
        #expect(
            findings.map(\.message) == ["it is in Dendrite's folder of media, \(path("d")), which is to stay as it is"])
    }

    @Test("want equal server names, no pepper and a key that can be carried")
    func settings() throws {
        var inputs = HomeserverInputs(serverName: "example.org")
        inputs.synapseServerName = "matrix.example.org"
        inputs.hasPasswordPepper = true
        try Data().write(to: TemporaryFolder.url.appending(path: "file"))
        inputs.signingKey = (from: path("absent.pem"), to: path("file/signing.key"))
        inputs.registrationFiles = [path("bridge.yaml")]
        let findings = ConfigurationCheck(inputs: inputs).findings
        #expect(findings.allSatisfy { $0.severity == .error })
        #expect(findings.map(\.subject).prefix(2) == ["server_name", "password_config.pepper"])
        #expect(
            findings.map(\.message).contains("Dendrite's signing key cannot be read: there is no such file or folder"))
        #expect(findings.last?.message.hasPrefix("the registration of an application service cannot be read: ") == true)
        #expect(findings.map(\.message).contains { $0.hasPrefix("the signing key cannot be written to ") })
        // A bridge that only Dendrite knew may be gone.
        inputs.formerRegistrationFiles = [path("gone.yaml")]
        let more = ConfigurationCheck(inputs: inputs).findings
        #expect(more.count == findings.count + 1)
        #expect(more.last?.severity == .warning && more.last?.subject == path("gone.yaml"))
    }

    @Test("want users to log in as before, and notices to come from who sent them")
    func login() {
        var inputs = HomeserverInputs(serverName: "example.org")
        inputs.hasPasswordLogin = false
        inputs.noticeSenders = ("alerts", "notices")
        let findings = ConfigurationCheck(inputs: inputs).findings
        #expect(findings.map(\.severity) == [.warning, .warning])
        #expect(findings.map(\.subject) == ["password_config", "server_notices.system_mxid_localpart"])
        inputs.noticeSenders = ("alerts", "alerts")
        inputs.delegatesAuthentication = true
        let delegated = ConfigurationCheck(inputs: inputs).findings
        #expect(delegated.map(\.severity) == [.error])
        #expect(delegated.map(\.subject) == ["matrix_authentication_service"])
    }

    @Test("look at the files that both configurations name, those of bridges and keys among them")
    func bothConfigurations() throws {
        let folder = try ConfigurationFolder([
            "dendrite.yaml": """
            version: 2
            global: {server_name: example.org, private_key: absent.pem, database: {connection_string: "postgresql:///a"}}
            media_api: {base_path: media}
            app_service_api: {config_files: [both.yaml, ./gone.yaml]}
            """,
            "homeserver.yaml": """
            server_name: example.org
            database: {name: psycopg2, args: {dbname: b}}
            signing_key: ed25519 a AAAA
            app_service_config_files: [./both.yaml]
            """,
            "both.yaml": "id: bridge\nas_token: [",
        ])
        let homeservers = try Homeservers(
            DendriteConfiguration(contentsOf: folder["dendrite.yaml"]),
            SynapseConfiguration(contentsOf: folder["homeserver.yaml"]))
        let findings = ConfigurationCheck(inputs: HomeserverInputs(homeservers)).findings
        #expect(findings.map(\.severity) == [.error, .warning, .error, .warning])
        #expect(findings.map { $0.subject.contains("absent.pem") } == [true, false, false, false])
        #expect(findings[1].subject == "media_store_path")
        #expect(findings[1].message.contains(folder["media_store"]))
        #expect(
            findings[2].subject.hasSuffix("both.yaml, line 3") || findings[2].subject.hasSuffix("both.yaml, line 2"))
        #expect(findings[3].subject.hasSuffix("gone.yaml"))
        #expect(findings.allSatisfy { !$0.message.hasSuffix(".") })
    }
}
