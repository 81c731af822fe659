// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Migration

/// Configuration as people and editors leave it: pieces of files that are right, put together wrongly.
@Suite("Damaged configuration", .temporaryFolder)
struct ConfigurationFuzzTests {
    private static let secret = "swordfish"

    private static let dendrite = """
        version: 2
        global:
          server_name: example.org
          private_key: matrix_key.pem
          old_private_keys:
          - {private_key: old.pem, expired_at: 1601024554498}
          - {public_key: "IkBfLxjpbuNvHSf7QRHW3xJRwgQ1Z+NBTHHWLXnKuq0", key_id: "ed25519:old", expired_at: 1}
          database: {connection_string: "postgresql://dendrite:swordfish@localhost:5432/dendrite?sslmode=disable"}
          server_notices: {enabled: true, local_part: notices, display_name: Alerts, room_name: Alerts}
        app_service_api: {config_files: [bridge.yaml]}
        media_api:
          base_path: ./media
          thumbnail_sizes: [{width: 32, height: 32, method: crop}]
        room_server: {database: {connection_string: "host=/run user=x password='swordfish' dbname=y"}}
        """
    private static let synapse = """
        server_name: &name example.org
        database:
          name: psycopg2
          args: {user: synapse, password: swordfish, host: localhost, port: 5432, dbname: synapse, cp_min: 5}
        signing_key_path: /etc/signing.key
        media_store_path: "store"
        password_config: {pepper: ""}
        app_service_config_files: [bridge.yaml]
        matrix_authentication_service: {enabled: false, endpoint: 'http://127.0.0.1:8080'}
        """
    private static let registration = """
        id: irc
        as_token: swordfish
        hs_token: swordfish
        sender_localpart: ircbot
        url: null
        """
    private static let key = """
        -----BEGIN MATRIX PRIVATE KEY-----
        Key-ID: ed25519:auto

        c3dvcmRmaXNoIHN3b3JkZmlzaCBzd29yZGZpc2ggc3c=
        -----END MATRIX PRIVATE KEY-----
        """
    private static let conninfos = """
        postgresql://user:swordfish@[::1]:5432,host:1/name?sslmode=verify-full&host=%2Frun
        host=/run port=5432 user='a\\' b' password=swordfish dbname = x
        """
    private static let pieces = [
        ": ", "- ", "\n", "\n  ", "{", "}", "[", "]", "\"", "'", "&a ", "*a", "<<: *a\n", "!!str ", "!!binary ", "%",
        "@", "|\n",
        "null", "~", "true", "-1", "1e999", "99999999999999999999", "0x10", "\u{0}", "\t", "\u{FEFF}", "é", "?", "#",
        "---\n", "=",
        "://", "%zz", "\\", "server_name", "database", "connection_string", "-----", "/dev/null", "..", "\r\n",
    ]

    /// A text with a few pieces cut out, doubled, moved or put in.
    private static func damaged(_ text: String, _ numbers: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0...numbers.below(4) {
            let start = numbers.below(bytes.count + 1)
            let end = min(bytes.count, start + numbers.below(numbers.once(in: 4) ? 200 : 12))
            switch numbers.below(6) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: numbers.below(bytes.count + 1))
            case 2: bytes.replaceSubrange(start..<end, with: numbers.pick(pieces).utf8)
            case 3: bytes.insert(UInt8(numbers.below(256)), at: start)
            default: bytes.insert(contentsOf: numbers.pick(pieces).utf8, at: start)
            }
        }
        return bytes
    }

    @Test("is read, or refused in a sentence that names the file and shows no secret", arguments: 0..<5)
    func damaged(seed: Int) throws {
        var numbers = SeededGenerator(seed)
        let folder = TemporaryFolder.url
        try Self.registration.write(to: folder.appending(path: "bridge.yaml"), atomically: true, encoding: .utf8)
        func file(_ name: String, _ bytes: [UInt8]) throws -> String {
            let url = folder.appending(path: name)
            try Data(bytes).write(to: url)
            return url.path(percentEncoded: false)
        }
        func refusing(_ body: () throws -> Void) {
            do {
                try body()
            } catch let error as ConfigurationError {
                // What a file gives as the path of another is named, or nobody would know which file is missing.
                let said = error.sentence
                #expect(!said.contains(Self.secret) && !said.contains("c3dvcmRmaXNo"), "↳ seed \(seed): \(said)")
                #expect(!"\(error)".contains("\n") && "\(error)".count > 20, "↳ seed \(seed): \(error)")
            } catch {
                Issue.record("↳ seed \(seed): \(error)")
            }
        }
        let synapsePath = try file("homeserver.yaml", Array(Self.synapse.utf8))
        let synapse = try SynapseConfiguration(contentsOf: synapsePath)
        for _ in 0..<100 {
            refusing {
                let bytes = Self.damaged(Self.dendrite, &numbers)
                let configuration = try DendriteConfiguration(contentsOf: try file("dendrite.yaml", bytes))
                _ = try SynapseSettings(configuration, synapse)
                try Homeservers(configuration, synapse).expectOneName()
            }
            refusing {
                let path = try file("damaged.yaml", Self.damaged(Self.synapse, &numbers))
                _ = try SynapseConfiguration(contentsOf: path)
            }
            refusing {
                let path = try file("registration.yaml", Self.damaged(Self.registration, &numbers))
                _ = try ApplicationServiceRegistration(contentsOf: path)
            }
            refusing { _ = try SigningKey(contentsOf: try file("key.pem", Self.damaged(Self.key, &numbers))) }
            let lines = String(decoding: Self.damaged(Self.conninfos, &numbers), as: UTF8.self).split(separator: "\n")
            for line in lines { _ = Conninfo(parsing: String(line)) }
        }
    }
}
