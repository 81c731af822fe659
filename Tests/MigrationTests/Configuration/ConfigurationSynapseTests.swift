// SPDX-License-Identifier: Apache-2.0
import Migration
import TestSupport
import Testing

@Suite("homeserver.yaml", .temporaryFolder)
struct ConfigurationSynapseTests {
    /// As the smallest Synapse has it.
    static let smallest = """
        server_name: "harbour.test"
        report_stats: false
        database:
          name: psycopg2
          args: {user: synapse, password: 'it''s', host: /run/pg, port: 5432, dbname: synapse, cp_min: 2, cp_max: 8}
        """

    static let noSQLite =
        "database.name is sqlite3, which cannot be migrated to: "
        + "write psycopg2 there and prepare a PostgreSQL database for Synapse."

    func read(_ text: String) throws -> SynapseConfiguration {
        try SynapseConfiguration(contentsOf: ConfigurationFolder(["homeserver.yaml": text])["homeserver.yaml"])
    }

    @Test("may be small")
    func small() throws {
        let folder = try ConfigurationFolder(["homeserver.yaml": Self.smallest])
        let configuration = try SynapseConfiguration(contentsOf: folder["homeserver.yaml"])
        #expect(configuration.files == [folder["homeserver.yaml"]])
        #expect(configuration.serverName == "harbour.test")
        #expect(
            configuration.mainDatabase.conninfo.text
                == #"user='synapse' password='it\'s' host='/run/pg' port='5432' dbname='synapse'"#)
        #expect(configuration.stateDatabase == configuration.mainDatabase)
        #expect(!configuration.mainDatabase.allowsUnsafeLocale)
        #expect(configuration.mediaStorePath == folder["media_store"])
        #expect(configuration.signingKeyPath == folder["harbour.test.signing.key"])
        #expect(!configuration.hasInlineSigningKey)
        #expect(configuration.applicationServiceFiles == [])
        #expect(configuration.serverNoticesLocalpart == nil)
        #expect(!configuration.hasPasswordPepper)
        #expect(configuration.hasPasswordLogin && !configuration.delegatesAuthentication)
        #expect(configuration.keepsStatistics)
        #expect(configuration.relativePaths.map(\.setting) == ["media_store_path"])
    }

    @Test("may say everything")
    func full() throws {
        let folder = try ConfigurationFolder([
            "homeserver.yaml": """
            server_name: harbour.test
            databases:
              main: {name: psycopg2, data_stores: [main], args: {database: synapse, sslmode: require}}
              rooms: {name: psycopg2, data_stores: [state], allow_unsafe_locale: yes, args: {dbname: rooms, host: null}}
            media_store_path: media
            signing_key_path: /etc/signing.key
            signing_key: ed25519 a b
            app_service_config_files: [bridge.yaml]
            server_notices: {system_mxid_localpart: _server}
            password_config: {pepper: salt, localdb_enabled: false}
            matrix_authentication_service: {enabled: true, endpoint: http://127.0.0.1:8080}
            stats: {enabled: false}
            """
        ])
        let configuration = try SynapseConfiguration(contentsOf: folder["homeserver.yaml"])
        #expect(configuration.mainDatabase.name == "main")
        #expect(configuration.mainDatabase.conninfo.text == "dbname='synapse' sslmode='require'")
        #expect(configuration.stateDatabase.name == "rooms")
        #expect(configuration.stateDatabase.conninfo.text == "dbname='rooms'")
        #expect(configuration.stateDatabase.allowsUnsafeLocale)
        #expect(configuration.mediaStorePath == folder["media"])
        #expect(configuration.signingKeyPath == "/etc/signing.key")
        #expect(configuration.hasInlineSigningKey)
        #expect(configuration.applicationServiceFiles == [folder["bridge.yaml"]])
        #expect(configuration.serverNoticesLocalpart == "_server")
        #expect(configuration.hasPasswordPepper)
        #expect(!configuration.hasPasswordLogin && configuration.delegatesAuthentication)
        #expect(!configuration.keepsStatistics)
        #expect(configuration.relativePaths.map(\.setting) == ["media_store_path"])
        #expect(configuration.relativePaths.map(\.path) == [folder["media"]])
    }

    @Test(
        "says who lets users log in",
        arguments: [
            ("password_config: {enabled: only_for_reauth}", false, false),
            ("password_config: {enabled: no}", false, false),
            ("password_config: {enabled: true}", true, false), ("password_config:", true, false),
            ("experimental_features: {msc3861: {enabled: true}}", true, true),
            ("matrix_authentication_service: {enabled: false}", true, false),
        ])
    func login(text: String, hasPasswordLogin: Bool, delegates: Bool) throws {
        let configuration = try read(Self.smallest + "\n\(text)\nmedia_store_path: /media\nsigning_key_path: a.key\n")
        #expect(configuration.hasPasswordLogin == hasPasswordLogin)
        #expect(configuration.delegatesAuthentication == delegates)
        #expect(configuration.relativePaths.map(\.setting) == ["signing_key_path"])
    }

    @Test("may be a folder, whose files replace each other's keys in the order of their names")
    func folder() throws {
        let folder = try ConfigurationFolder([
            "a.yaml": Self.smallest + "\npassword_config: {pepper: salt}\nmedia_store_path: /one\n",
            "b.yaml": "# nothing here\n",
            "c.yaml": "media_store_path: /two\npassword_config: {enabled: true}\n",
            "d.yml": "media_store_path: /three\n",
        ])
        let configuration = try SynapseConfiguration(contentsOf: folder.path)
        #expect(configuration.files == ["a.yaml", "b.yaml", "c.yaml"].map { folder[$0] })
        #expect(configuration.mediaStorePath == "/two")
        #expect(!configuration.hasPasswordPepper)
        let reversed = try SynapseConfiguration(contentsOf: [folder["c.yaml"], folder["a.yaml"]])
        #expect(reversed.mediaStorePath == "/one")
    }

    @Test("must not be an empty folder, nor nowhere")
    func nowhere() throws {
        let folder = try ConfigurationFolder(["a.yml": Self.smallest])
        let error = #expect(throws: ConfigurationError.self) { try SynapseConfiguration(contentsOf: folder.path) }
        #expect(error?.description == "\(folder.path): there is no .yaml file in this folder.")
        #expect(throws: ConfigurationError.self) { try SynapseConfiguration(contentsOf: folder["b.yaml"]) }
        #expect(throws: ConfigurationError.self) { try SynapseConfiguration(contentsOf: []) }
    }

    @Test("names the file of an error among several")
    func place() throws {
        let folder = try ConfigurationFolder(["a.yaml": Self.smallest, "b.yaml": "\nmedia_store_path: [a]\n"])
        let error = #expect(throws: ConfigurationError.self) { try SynapseConfiguration(contentsOf: folder.path) }
        #expect(error?.description == "\(folder["b.yaml"]), line 2: media_store_path must be text, not a list.")
    }

    @Test("may give psycopg2 a whole connection string, which other arguments overrule")
    func dsn() throws {
        let text = Self.smallest.replacing(
            #/args: .*/#, with: "args: {password: b, dsn: 'postgresql://synapse:a@db.test/synapse?sslmode=require'}")
        let conninfo = try read(text).mainDatabase.conninfo
        #expect(conninfo["host"] == "db.test")
        #expect(conninfo["password"] == "b")
        #expect(conninfo["sslmode"] == "require")
    }

    @Test("gives a password of digits to libpq as it is written for Python")
    func numbers() throws {
        let text = Self.smallest.replacing(#/args: .*/#, with: "args: {password: 0123, connect_timeout: 10}")
        #expect(try read(text).mainDatabase.conninfo.text == "password='83' connect_timeout='10'")
    }

    @Test(
        "is refused with a sentence that says where and what to do",
        arguments: [
            (
                "server_name: \"harbour.test\"", "", nil,
                "server_name is missing: write the server's name as users' ids have it."
            ),
            (
                "server_name: \"harbour.test\"", "server_name: \"harbour test\"", 1,
                "server_name \(ServerName.refusal)"
            ),
            (
                "name: psycopg2", "name: sqlite3", 4,
                noSQLite
            ),
            (
                "name: psycopg2", "", 5,
                noSQLite
            ),
            ("database:", "other:", nil, "database is missing: write how Synapse connects to its PostgreSQL database."),
            (
                "database:", "databases: {}\nother: 1\ndatabase: 5\nx:", 5,
                noSQLite
            ),
            (
                "database:", "databases: {main: {name: psycopg2, data_stores: [main]}}\nx:", 3,
                "no database has 'state' among its data_stores."
            ),
            (
                "report_stats: false", "databases: {main: {}}", 3,
                "there are both database and databases: remove one of them."
            ),
            ("port: 5432", "port: [5432]", 5, "database.args.port must be text or a number, not a list."),
            (
                "report_stats: false", "app_service_config_files: 8008", 2,
                "app_service_config_files must be a list, not a whole number."
            ),
        ] as [(String, String, Int?, String)]
    )
    func refused(old: String, new: String, line: Int?, sentence: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try read(Self.smallest.replacing(old, with: new)) }
        #expect(error?.sentence == sentence)
        if error?.sentence.contains("both") == false { #expect(error?.line == line) }
        #expect(error?.description.contains("it's") == false)
    }
}
