// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import TestSupport
import Testing

@Suite("dendrite.yaml", .temporaryFolder)
struct ConfigurationDendriteTests {
    /// The smallest file that is enough.
    static let smallest = """
        version: 2
        global:
          server_name: harbour.test
          private_key: matrix_key.pem
          database: {connection_string: "postgres://dendrite:secret@localhost/dendrite?sslmode=disable"}
        media_api: {base_path: ./media}
        """

    static let noSQLite =
        "global.database.connection_string "
        + "is a SQLite database, which cannot be migrated: move Dendrite to PostgreSQL first."

    static let noConninfo =
        "global.database.connection_string "
        + "is no connection string of PostgreSQL: write postgresql://user@host/database."

    static let noDatabase =
        "room_server.database.connection_string "
        + "is missing, and so is global.database.connection_string: write one of them."

    func read(_ text: String) throws -> DendriteConfiguration {
        try DendriteConfiguration(contentsOf: ConfigurationFolder(["dendrite.yaml": text])["dendrite.yaml"])
    }

    @Test("may be small")
    func small() throws {
        let folder = try ConfigurationFolder(["dendrite.yaml": Self.smallest])
        let configuration = try DendriteConfiguration(contentsOf: folder["dendrite.yaml"])
        #expect(configuration.serverName == "harbour.test")
        #expect(configuration.signingKeyPath == folder["matrix_key.pem"])
        #expect(configuration.mediaPath == folder["media"])
        #expect(configuration.oldSigningKeys == [])
        #expect(configuration.thumbnailSizes == [])
        #expect(!configuration.hasDynamicThumbnails)
        #expect(configuration.applicationServiceFiles == [])
        #expect(configuration.serverNotices == nil)
        #expect(configuration.databases.count == DendriteConfiguration.Component.allCases.count)
        #expect(
            configuration[.roomServer]?.redacted
                == "user=dendrite password=*** host=localhost dbname=dendrite sslmode=disable")
        #expect(configuration.sources.count == 1)
        #expect(!String(describing: configuration).contains("secret"))
    }

    @Test("may say everything")
    func full() throws {
        let folder = try ConfigurationFolder([
            "dendrite.yaml": """
            version: 2
            global:
              server_name: harbour.test
              private_key: '/etc/dendrite/matrix_key.pem'
              old_private_keys:
              - public_key: mhI6HGAfNtYh0LRvDiKcSn3vwLqKcTKVAqMRFbvWZ3Y=
                key_id: ed25519:elder
                expired_at: 1600000000000
              - {private_key: old.pem, expired_at: 1500000000000}
              server_notices:
                enabled: true
                local_part: _notices
                display_name: The harbour master
                avatar_url: ''
            app_service_api:
              config_files: [bridge.yaml, /etc/other.yaml]
            media_api:
              base_path: /srv/media
              dynamic_thumbnails: true
              thumbnail_sizes:
              - {width: 32, height: 32, method: crop}
              - {width: 640, height: 480, method: scale}
              - {width: 800, height: 600}
              database: {connection_string: 'dbname=media_api'}
            room_server: {database: {connection_string: 'dbname=room_server'}}
            sync_api: {database: {connection_string: 'dbname=sync_api'}}
            user_api: {account_database: {connection_string: 'dbname=user_api'}}
            key_server: {database: {connection_string: 'dbname=key_server'}}
            federation_api: {database: {connection_string: 'dbname=federation_api'}}
            relay_api: {database: {connection_string: 'dbname=relay_api'}}
            mscs: {database: {connection_string: 'dbname=mscs'}}
            """
        ])
        let configuration = try DendriteConfiguration(contentsOf: folder["dendrite.yaml"])
        #expect(configuration.signingKeyPath == "/etc/dendrite/matrix_key.pem")
        #expect(
            configuration.oldSigningKeys == [
                OldSigningKey(
                    source: .publicKey(id: "ed25519:elder", base64: "mhI6HGAfNtYh0LRvDiKcSn3vwLqKcTKVAqMRFbvWZ3Y"),
                    expiredAt: 1_600_000_000_000),
                OldSigningKey(source: .file(folder["old.pem"]), expiredAt: 1_500_000_000_000),
            ])
        #expect(
            configuration.serverNotices
                == ServerNotices(localpart: "_notices", displayName: "The harbour master", roomName: "Server Alert"))
        #expect(configuration.applicationServiceFiles == [folder["bridge.yaml"], "/etc/other.yaml"])
        #expect(configuration.hasDynamicThumbnails)
        #expect(
            configuration.thumbnailSizes == [
                ThumbnailSize(width: 32, height: 32, method: .crop),
                ThumbnailSize(width: 640, height: 480, method: .scale),
                ThumbnailSize(width: 800, height: 600, method: .scale),
            ])
        for component in DendriteConfiguration.Component.allCases {
            #expect(configuration[component]?.text == "dbname='\(component.rawValue)'")
        }
        // Relayed traffic and experiments hold nothing that is carried.
        #expect(configuration.sources.count == 6)
        #expect(configuration.sources.first?.components == [.roomServer])
    }

    @Test("gives components without a database the one of all, and needs none for relays")
    func fallback() throws {
        let text =
            Self.smallest
            + "\nsync_api: {database: {connection_string: 'dbname=sync'}}"
            + "\nkey_server: {database: {connection_string: ''}}\n"
        let configuration = try read(text)
        #expect(configuration[.syncAPI]?["dbname"] == "sync")
        #expect(configuration[.keyServer] == configuration[.roomServer])
        #expect(
            configuration.sources.map(\.components) == [
                [.roomServer, .userAPI, .keyServer, .mediaAPI, .federationAPI], [.syncAPI],
            ])

        var separate = Self.smallest.replacing(#/  database: .*\n/#, with: "")
        separate = separate.replacing("media_api: {", with: "media_api: {database: {connection_string: dbname=m}, ")
        for name in ["room_server", "sync_api", "key_server", "federation_api"] {
            separate += "\n\(name): {database: {connection_string: dbname=\(name)}}"
        }
        separate += "\nuser_api: {account_database: {connection_string: dbname=u}}"
        #expect(try read(separate)[.relayAPI] == nil)
    }

    @Test("may use what only lib/pq knows")
    func runtimeParameters() throws {
        let text = Self.smallest.replacing(
            "?sslmode=disable", with: "?sslmode=disable&search_path=dendrite&binary_parameters=yes")
        #expect(
            try read(text)[.roomServer]?.text
                == "user='dendrite' password='secret' host='localhost' dbname='dendrite' sslmode='disable' "
                + "options='-c search_path=dendrite'"
        )
    }

    @Test("cannot bring its certificates in the connection string")
    func inlineCertificates() throws {
        let text = Self.smallest.replacing("sslmode=disable", with: "sslinline=true&sslkey=secret")
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        #expect(
            error?.sentence.hasSuffix("has sslinline=true: store the certificates in files and name those.") == true)
    }

    @Test(
        "is refused with a sentence that says where and what to do",
        arguments: [
            (
                "server_name: harbour.test", "server_name:", 3,
                "global.server_name is missing: write the server's name as users' ids have it."
            ),
            ("server_name: harbour.test", "server_name: [a]", 3, "global.server_name must be text, not a list."),
            (
                "server_name: harbour.test", "server_name: exa'password'mple.org", 3,
                "global.server_name \(ServerName.refusal)"
            ),
            (
                "private_key: matrix_key.pem", "", 3,
                "global.private_key is missing: write the path of Dendrite's signing key."
            ),
            ("base_path: ./media", "", 6, "media_api.base_path is missing: write the path of Dendrite's media folder."),
            (
                "base_path: ./media", "base_path: m, dynamic_thumbnails: 7", 6,
                "media_api.dynamic_thumbnails must be true or false, not a whole number."
            ),
            (
                "base_path: ./media", "base_path: m, thumbnail_sizes: [{width: 3, height: 4, method: cut}]", 6,
                "media_api.thumbnail_sizes[0].method is neither crop nor scale."
            ),
            (
                "base_path: ./media", "base_path: m, thumbnail_sizes: [{width: 3}]", 6,
                "media_api.thumbnail_sizes[0].height is missing: a thumbnail size has width, height and method."
            ),
            (
                "\"postgres://dendrite:secret@localhost/dendrite?sslmode=disable\"", "file:dendrite.db", 5,
                noSQLite
            ),
            (
                "\"postgres://dendrite:secret@localhost/dendrite?sslmode=disable\"", "secret", 5,
                noConninfo
            ),
            (
                "\"postgres://dendrite:secret@localhost/dendrite?sslmode=disable\"", "", 5,
                noDatabase
            ),
            (
                "version: 2", "version: 1", 1,
                "version is 1, where 2 is expected: bring the file to the form of Dendrite's current sample."
            ),
        ]
    )
    func refused(old: String, new: String, line: Int, sentence: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try read(Self.smallest.replacing(old, with: new)) }
        #expect(error?.sentence == sentence)
        if !sentence.contains("room_server") { #expect(error?.line == line) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test("is refused where it is no mapping, no YAML, or not there")
    func noMapping() throws {
        #expect(throws: ConfigurationError.self) { try read("") }
        #expect(throws: ConfigurationError.self) { try read("- a\n") }
        #expect(throws: ConfigurationError.self) { try read("a: [\n") }
        let error = #expect(throws: ConfigurationError.self) { try DendriteConfiguration(contentsOf: "/nowhere.yaml") }
        #expect(error?.description == "/nowhere.yaml: the file cannot be read: No such file or directory.")
    }
}
