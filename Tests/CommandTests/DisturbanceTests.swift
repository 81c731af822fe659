// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// What may happen meanwhile; each time the program ends with a sentence, and the same command goes on.
@Suite("A migration that is disturbed", .temporaryDatabase, .temporaryFolder)
struct DisturbanceTests {
    enum Side: CaseIterable { case source, target }

    /// Stops both workers, that for media included, before all is read.
    private func holdUp(_ server: CommandServer) throws -> Connection {
        var holder = try server.holdUp()
        try holder.execute("LOCK TABLE user_filters IN SHARE MODE")
        return holder
    }

    /// Starts a migration and has it stop half-way, with sessions open on both sides.
    private func begin(_ server: CommandServer) async throws -> RunningProgram {
        let program = try server.start("migrate", "--workers=1", "--defer=50")
        for table in ["presence_stream", "user_filters"] { try await server.untilHeldUp(program, at: table) }
        return program
    }

    private func expectGoingOn(_ server: CommandServer) throws {
        let status = try server.alone("status")
        #expect(status.output.contains("nobody works on it"), "\(status.output)\(status.errors)")
        let again = try server.run("migrate", "--defer=50")
        #expect(again.status == 0, "\(again.errors)")
        let difference = try server.differenceFromUndisturbed()
        #expect(difference == nil)
    }

    @Test(
        "by Ctrl-C, SIGTERM or a terminal that goes away stops and says how to go on",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func signals(number: Int32) async throws {
        // What the tests ignore, as under nohup, the program would, too.
        _ = Glibc.signal(number, SIG_DFL)
        let server = try await CommandServer()
        var holder = try holdUp(server)
        let program = try await begin(server)
        program.signal(number)
        let run = try program.wait()
        #expect(run.status == 130)
        #expect(run.lastError == "matrix-loader: Stopped; run the same command to go on.")
        holder.rollBack()
        try expectGoingOn(server)
    }

    @Test("by a second Ctrl-C ends at once, also where the server does not hear that queries are cancelled")
    func deafServer() async throws {
        let folder = TemporaryFolder.url.appending(path: "front")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let front = try DeafFront(
            to: try TemporaryCluster.shared.socketFolder, in: folder.path(percentEncoded: false))
        let name = try SynapseSchema.make().split(separator: " ").filter {
            !$0.hasPrefix("host=") && !$0.hasPrefix("port=")
        }
        let server = try await CommandServer(synapse: front.conninfo(name.joined(separator: " ")))
        var holder = try server.holdUp()
        let program = try server.start("migrate", "--workers=1")
        try await server.untilHeldUp(program)
        interrupt(program)
        let isEnded = !program.isRunning
        holder.rollBack()
        let run = try program.wait()
        #expect(isEnded)
        #expect(run.status == 130)
        #expect(run.lastError == "matrix-loader: ended at once; run the same command to go on.", "\(run.errors)")
        #expect(front.unansweredCount > 0)
    }

    /// Sends SIGINT again and again, as what comes soon after the first is taken for the same wish, said twice.
    private func interrupt(_ program: RunningProgram) {
        for _ in 0..<600 where program.isRunning {
            program.signal(SIGINT)
            usleep(100_000)
        }
    }

    @Test("by sessions that are ended goes on with the same command", arguments: Side.allCases)
    func endedSessions(side: Side) async throws {
        let server = try await CommandServer()
        var holder = try holdUp(server)
        let program = try await begin(server)
        var other = try Connection(
            (side == .source ? server.source : server.synapse) + " application_name=psql", side: "the test")
        try other.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'matrix-loader%'
            """)
        holder.rollBack()
        let run = try program.wait()
        #expect(run.status == 4)
        #expect(run.lastError.hasPrefix("matrix-loader: \(side == .source ? "Dendrite" : "Synapse")'s database: "))
        #expect(run.lastError.hasSuffix("When it answers again, the same command goes on."))
        try expectGoingOn(server)
    }

    @Test("by a PostgreSQL that crashes and starts again goes on with the same command", arguments: Side.allCases)
    func restart(side: Side) async throws {
        let cluster = try TemporaryCluster()
        let database = cluster.conninfo(try cluster.makeDatabase())
        let server: CommandServer
        if side == .source {
            server = try await CommandServer(source: database)
        } else {
            try copySchema(to: database)
            server = try await CommandServer(synapse: database)
        }
        var holder = try holdUp(server)
        let program = try await begin(server)
        try cluster.restart()
        holder.rollBack()
        let run = try program.wait()
        #expect(run.status == 4, "\(run.errors)")
        #expect(run.lastError.hasSuffix("When it answers again, the same command goes on."))
        try expectGoingOn(server)
    }

    @Test("by a full disk of the target goes on with the same command", .enabled(if: geteuid() == 0))
    func fullDisk() async throws {
        let path = TemporaryFolder.path + "/small"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        func resize(_ flags: Int, _ size: String) throws {
            try #require(mount("tmpfs", path, "tmpfs", UInt(flags), "size=\(size),mode=0777") == 0)
        }
        try resize(0, "200m")
        defer { umount2(path, 2) }
        let cluster = try TemporaryCluster.shared
        var administrator = try cluster.connect()
        let name = "small_\(UUID().uuidString.prefix(8))"
        chmod(TemporaryFolder.path, 0o755)
        try FileManager.default.createDirectory(atPath: path + "/space", withIntermediateDirectories: true)
        try giveToServer(path + "/space", &administrator)
        try administrator.execute("CREATE TABLESPACE \(identifier: name) LOCATION \(path + "/space")")
        try administrator.execute(
            "CREATE DATABASE \(identifier: name) TABLESPACE \(identifier: name) TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'"
        )
        try copySchema(to: cluster.conninfo(name))
        let server = try await CommandServer(synapse: cluster.conninfo(name), events: 1500)
        let used = try administrator.integer("SELECT pg_database_size(\(name))") ?? 0
        try resize(MS_REMOUNT, "\(used + 800_000)")
        let run = try server.run("migrate", "--defer=50")
        #expect(run.status == 4, "\(run.errors)")
        // The second is what a session says that begins just then.
        #expect(["No space left on device", "could not write init file"].contains { run.lastError.contains($0) })
        #expect(run.lastError.hasSuffix("Make room, and the same command goes on."))
        try resize(MS_REMOUNT, "200m")
        try expectGoingOn(server)
        try administrator.execute("DROP DATABASE \(identifier: name) WITH (FORCE)")
        try administrator.execute("DROP TABLESPACE \(identifier: name)")
    }

    /// The owner of the server's own files owns the folder from now on.
    private func giveToServer(_ path: String, _ administrator: inout Connection) throws {
        var status = stat()
        let data = try administrator.value("SHOW data_directory") ?? ""
        try #require(stat(data, &status) == 0)
        try #require(chown(path, status.st_uid, status.st_gid) == 0)
    }

    /// Fills a database of any cluster with Synapse's empty schema.
    private func copySchema(to database: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c", "set -o pipefail; pg_dump \"$1\" | psql -Xq -v ON_ERROR_STOP=1 \"$2\"", "-", try SynapseSchema.make(),
            database,
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
