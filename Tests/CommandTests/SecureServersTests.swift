// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Postgres
import TestSupport
import Testing

/// The program as an operator with least privilege runs it: a role that may only read, one that owns Synapse's tables and
/// nothing else, passwords, and TLS with `verify-full`.
@Suite("On PostgreSQL servers with TLS and passwords", .temporaryFolder, .serialized)
struct SecureServersTests {
    private static let options = ["--dendrite-config", "dendrite.yaml", "--synapse-config", "homeserver.yaml"]
    private static let (readerPassword, ownerPassword) = ("pw-\(UUID().uuidString)", "pw-\(UUID().uuidString)")

    /// Two servers on one cluster, each with its role.
    private static func prepare(_ server: SecureCluster) async throws {
        let cluster = server.cluster
        let source = try cluster.makeDatabase()
        let target = try SynapseSchema.make(on: cluster)
        let targetName = String(target.split(separator: "dbname=").last ?? "")
        var settings = GeneratorSettings()
        (settings.events, settings.rooms, settings.users) = (400, 5, 8)
        let folder = TemporaryFolder.url
        try await Homeserver.generate(
            settings, into: cluster.conninfo(source), signingKey: folder.appending(path: "matrix_key.pem"))
        var dendrite = try cluster.connect(source)
        try dendrite.execute(
            """
            CREATE ROLE migration LOGIN PASSWORD \(readerPassword);
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public TO migration;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO migration;
            GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO migration;
            """)
        var synapse = try Connection(target, side: "the test's Synapse")
        try synapse.execute(
            """
            CREATE ROLE synapse LOGIN PASSWORD \(ownerPassword);
            ALTER DATABASE \(identifier: targetName) OWNER TO synapse;
            DO $own$
            DECLARE
                c record;
            BEGIN
                FOR c IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
                    EXECUTE format('ALTER TABLE public.%I OWNER TO synapse', c.relname);
                END LOOP;
                FOR c IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
                         AND pg_get_userbyid(relowner) <> 'synapse' LOOP
                    EXECUTE format('ALTER SEQUENCE public.%I OWNER TO synapse', c.relname);
                END LOOP;
            END $own$;
            """)
        try write(server, source: source, target: targetName)
    }

    /// Writes both configuration files.
    ///
    /// - Parameters:
    ///   - passwords: those of Dendrite's role and Synapse's; nil to leave them to others.
    ///   - host: the host as the files name it.
    private static func write(
        _ server: SecureCluster, source: String, target: String,
        passwords: (String, String)? = (readerPassword, ownerPassword), host: String = "localhost",
        authority: URL? = nil
    ) throws {
        let root = (authority ?? server.authority).path(percentEncoded: false)
        let common =
            "host=\(host) hostaddr=127.0.0.1 port=\(server.cluster.port) sslmode=verify-full sslrootcert=\(root)"
        let secret = passwords.map { " password=\($0.0)" } ?? ""
        let folder = TemporaryFolder.url
        try """
        version: 2
        global:
          server_name: example.org
          private_key: matrix_key.pem
          database: {connection_string: "\(common) user=migration dbname=\(source)\(secret)"}
        media_api: {base_path: ./media}
        """.write(to: folder.appending(path: "dendrite.yaml"), atomically: true, encoding: .utf8)
        let arguments = common.split(separator: " ").map { $0.replacing("=", with: ": ") }.joined(separator: ", ")
        try """
        server_name: example.org
        database:
          name: psycopg2
          args: {\(arguments), user: synapse, dbname: \(target)\(passwords.map { ", password: \($0.1)" } ?? "")}
        signing_key_path: \(folder.path(percentEncoded: false))/signing.key
        media_store_path: \(folder.path(percentEncoded: false))/store
        """.write(to: folder.appending(path: "homeserver.yaml"), atomically: true, encoding: .utf8)
    }

    private static func databases() throws -> (source: String, target: String) {
        func name(_ file: String, _ pattern: Regex<(Substring, Substring)>) throws -> String {
            let text = try String(contentsOf: TemporaryFolder.url.appending(path: file), encoding: .utf8)
            return String(text.firstMatch(of: pattern)?.1 ?? "")
        }
        return (try name("dendrite.yaml", #/dbname=(\w+)/#), try name("homeserver.yaml", #/dbname: (\w+)/#))
    }

    /// The command lines of all processes.
    private static func processes() -> String {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return numbers.filter { Int($0) != nil }.map {
            String(decoding: FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data(), as: UTF8.self)
        }.joined(separator: "\n")
    }

    private static func holdsSecret(_ text: String) -> Bool {
        text.contains(readerPassword) || text.contains(ownerPassword)
    }

    @Test("a migration needs no more than to read and to own, and shows its passwords to nobody")
    func migration() async throws {
        let server = try SecureCluster(in: TemporaryFolder.url)
        defer { server.cluster.stop() }
        try await Self.prepare(server)
        // What was said before was the test's own.
        let start = try String(contentsOf: server.log, encoding: .utf8).count
        let check = try Run(["check"] + Self.options)
        #expect(check.status == 0, "\(check.output)\(check.errors)")
        var (looks, shown) = (0, 0)
        let run = try Run(["migrate"] + Self.options + ["--defer", "1", "--progress", "always"]) {
            looks += 1
            if Self.holdsSecret(Self.processes()) { shown += 1 }
        }
        #expect(run.status == 0, "\(run.errors)")
        #expect(looks > 3 && shown == 0)
        #expect(!Self.holdsSecret(run.output + run.errors))

        let target = try Self.databases().target
        var synapse = try server.cluster.connect(target)
        try synapse.execute("SET application_name = 'psql'")
        #expect((try synapse.integer("SELECT count(*) FROM events") ?? 0) > 0)
        for row in try synapse.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'matrix_loader'::regnamespace AND relkind = 'r'")
        {
            let table = SQL.identifier("matrix_loader.\(row[0] ?? "")")
            let text = try synapse.value("SELECT string_agg(t::text, ' ') FROM \(raw: table) t") ?? ""
            #expect(!Self.holdsSecret(text), "\(table)")
        }
        let log = try String(contentsOf: server.log, encoding: .utf8).dropFirst(start)
        #expect(log.contains("COPY"))
        #expect(!Self.holdsSecret(String(log)))
        for command in ["verify", "migrate"] {
            let more = try Run([command] + Self.options + ["--json"])
            #expect(more.status == 0, "\(command): \(more.output)\(more.errors)")
            #expect(!Self.holdsSecret(more.output + more.errors))
        }
        // Only what the role was given, and by TLS alone.
        #expect(
            try synapse.integer(
                "SELECT count(*) FROM pg_roles WHERE rolname IN ('migration', 'synapse') AND (rolsuper OR rolcreatedb OR rolcreaterole)"
            ) == 0)
        let abort = try Run(["abort", "--synapse-config", "homeserver.yaml"])
        #expect(abort.status == 0, "\(abort.errors)")
        #expect(try synapse.integer("SELECT count(*) FROM events") == 0)
    }

    @Test("a connection is refused in a sentence where certificate, host or password are wrong; PGPASSFILE is read")
    func refused() async throws {
        let server = try SecureCluster(in: TemporaryFolder.url)
        defer { server.cluster.stop() }
        try await Self.prepare(server)
        let (source, target) = try Self.databases()
        func check(_ environment: [String: String] = [:]) throws -> Run {
            let run = try Run(["check"] + Self.options, environment: environment)
            #expect(!Self.holdsSecret(run.output + run.errors))
            return run
        }
        try Self.write(server, source: source, target: target, authority: server.otherAuthority)
        let wrongAuthority = try check()
        #expect(wrongAuthority.status == 10)
        #expect(wrongAuthority.output.contains("certificate verify failed"), "\(wrongAuthority.output)")
        #expect(wrongAuthority.output.contains("Let sslrootcert name the certificate of the authority"))

        try Self.write(server, source: source, target: target, host: "elsewhere.example.org")
        let wrongHost = try check()
        #expect(wrongHost.status == 10)
        #expect(
            wrongHost.output.contains(
                #"server certificate for "localhost" does not match host name "elsewhere.example.org""#),
            "\(wrongHost.output)")

        try Self.write(server, source: source, target: target, passwords: ("wrong-\(UUID())", Self.ownerPassword))
        let wrongPassword = try check()
        #expect(wrongPassword.status == 10)
        #expect(wrongPassword.output.contains("password authentication failed for user"))
        #expect(wrongPassword.output.contains("Correct the password in the configuration file"))

        try Self.write(server, source: source, target: target, passwords: nil)
        #expect(try check(["PGPASSFILE": "/dev/null"]).status == 10)
        let passwords = TemporaryFolder.url.appending(path: "pgpass")
        let port = server.cluster.port
        try """
        localhost:\(port):\(source):migration:\(Self.readerPassword)
        localhost:\(port):\(target):synapse:\(Self.ownerPassword)
        """.write(to: passwords, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: passwords.path(percentEncoded: false))
        let fromFile = try check(["PGPASSFILE": passwords.path(percentEncoded: false)])
        #expect(fromFile.status == 0, "\(fromFile.output)\(fromFile.errors)")
    }
}
