// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import TestSupport
import Testing

@Suite("What homeserver.yaml needs", .temporaryFolder)
struct SynapseSettingsTests {
    private func settings(_ global: String, media: String = "", synapse: String = "") throws -> SynapseSettings {
        let folder = TemporaryFolder.url
        let (dendrite, homeserver) = (
            folder.appending(path: "dendrite.yaml"), folder.appending(path: "homeserver.yaml")
        )
        try """
        version: 2
        global:
          server_name: example.org
          private_key: matrix_key.pem
          database: {connection_string: "postgresql:///dendrite"}
        \(global)
        media_api: {base_path: ./media\(media)}
        """.write(to: dendrite, atomically: true, encoding: .utf8)
        try "server_name: example.org\ndatabase: {name: psycopg2, args: {dbname: synapse}}\n\(synapse)".write(
            to: homeserver, atomically: true, encoding: .utf8)
        // RFC 8032 §7.1, test 1.
        try """
        -----BEGIN MATRIX PRIVATE KEY-----
        Key-ID: ed25519:elder

        nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=
        -----END MATRIX PRIVATE KEY-----
        """.write(to: folder.appending(path: "old.pem"), atomically: true, encoding: .utf8)
        return try SynapseSettings(
            DendriteConfiguration(contentsOf: dendrite.path(percentEncoded: false)),
            SynapseConfiguration(contentsOf: homeserver.path(percentEncoded: false)))
    }

    @Test("is nothing for a server without old keys and notices")
    func none() throws {
        #expect(try settings("").text == "")
    }

    @Test("are old keys, whose public half is computed")
    func oldKeys() throws {
        let text = try settings(
            """
              old_private_keys:
                - {private_key: old.pem, expired_at: 1600000000000}
                - {public_key: "AAAA=", key_id: "ed25519:gone", expired_at: 5}
            """
        ).text
        #expect(
            text == """
                old_signing_keys:
                  ed25519:elder:
                    key: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo'
                    expired_ts: 1600000000000
                  ed25519:gone:
                    key: AAAA
                    expired_ts: 5

                """)
    }

    @Test("is that thumbnails are made in any size, where Dendrite did and homeserver.yaml does not speak of it")
    func thumbnails() throws {
        #expect(try settings("", media: ", dynamic_thumbnails: true").text == "dynamic_thumbnails: true\n")
        #expect(try settings("", media: ", dynamic_thumbnails: false").text == "")
        #expect(
            try settings("", media: ", dynamic_thumbnails: true", synapse: "dynamic_thumbnails: false\n").text == "")
    }

    @Test("is who sends server notices, unless homeserver.yaml says so")
    func notices() throws {
        let global =
            "  server_notices: {enabled: true, local_part: notices, display_name: Alerts, room_name: 'Server: alerts'}"
        #expect(
            try settings(global).text == """
                server_notices:
                  system_mxid_localpart: notices
                  system_mxid_display_name: Alerts
                  system_mxid_avatar_url: null
                  room_name: 'Server: alerts'

                """)
        #expect(try settings(global, synapse: "server_notices: {system_mxid_localpart: x}\n").text == "")
        #expect(try settings("  server_notices: {enabled: false}").text == "")
    }
}
