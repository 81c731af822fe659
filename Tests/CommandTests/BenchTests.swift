// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@testable import matrix_loader

/// One after the other, so that what a run leaves behind is that run's.
@Suite("A measured migration", .serialized, .temporaryDatabase, .temporaryFolder)
struct BenchTests {
    private static let smallShape = ["--events=300", "--rooms=5", "--users=8", "--media=3"]

    @Test(
        "wants a picture's path that can be written, before anything starts",
        arguments: ["nowhere/a.svg", ".", "a-file/a.svg"])
    func impossiblePicture(path: String) throws {
        try Data().write(to: TemporaryFolder.url.appending(path: "a-file"))
        let run = try Run("bench", "--synapse-db", "host=/nowhere dbname=nothing", "--svg", path)
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("matrix-loader: --svg \(path): this user cannot write a file there.\n"))
    }

    @Test("draws its picture")
    func picture() throws {
        let run = try Run(["bench", "--synapse-db", try SynapseSchema.make(), "--svg", "a.svg"] + Self.smallShape)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("events a second"))
        // Whoever only looks at the servers is not waited for, which would be measured with all else.
        #expect(!run.errors.contains("waiting for what others wrote"))
        #expect(try String(contentsOf: TemporaryFolder.url.appending(path: "a.svg"), encoding: .utf8).contains("<svg"))
    }

    @Test("is reported even where the picture cannot be drawn in the end", arguments: [[], ["--json"]])
    func failedPicture(more: [String]) throws {
        let synapse = try SynapseSchema.make()
        let run = try Run(["bench", "--synapse-db", synapse, "--svg", "/dev/full"] + Self.smallShape + more)
        #expect(run.status == 1)
        #expect(
            run.lastError
                == "matrix-loader: /dev/full: the picture cannot be drawn there, as no space is left; the report is whole."
        )
        if more.isEmpty {
            #expect(run.output.contains("events a second"))
        } else {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(run.output.utf8)) }
        }
    }

    @Test("names the privilege that its role lacks")
    func privilege() throws {
        let synapse = try SynapseSchema.make()
        var administrator = try TemporaryCluster.shared.connect()
        try administrator.execute("CREATE ROLE bench_poor LOGIN")
        func refusal() throws -> String {
            let run = try Run(["bench", "--synapse-db", "\(synapse) user=bench_poor"] + Self.smallShape)
            #expect(run.status == 4)
            return run.lastError
        }
        #expect(
            try refusal() == """
                matrix-loader: The role bench_poor may not make the throw-away databases that 'bench' needs (permission denied \
                to create database): as a superuser, run ALTER ROLE "bench_poor" CREATEDB, and let that role own the empty \
                Synapse database.
                """)
        try administrator.execute("ALTER ROLE bench_poor CREATEDB")
        // It may make one from nothing now, but not copy somebody else's.
        #expect(try refusal().contains("permission denied to copy database"))
        try expectNothingLeft()
        try administrator.execute("DROP ROLE bench_poor")
    }

    @Test("wants nobody connected to the database that is copied")
    func templateInUse() throws {
        let synapse = try SynapseSchema.make()
        let other = try Connection(synapse, side: "the test")
        let run = try Run(["bench", "--synapse-db", synapse] + Self.smallShape)
        #expect(run.status == 4)
        #expect(run.lastError.hasPrefix("matrix-loader: Somebody is connected to the database "))
        try expectNothingLeft()
        withExtendedLifetime(other.serverVersion) {}
    }

    @Test("does not begin while Dendrite runs")
    func runningDendrite() async throws {
        let server = try await CommandServer()
        let dendrite = try server.connectToDendrite()
        let run = try server.run("bench")
        #expect(run.status == 10)
        #expect(run.errors.contains("others are connected to it: dendrite"))
        try expectNothingLeft()
        withExtendedLifetime(dendrite.serverVersion) {}
    }

    @Test("has no result if Dendrite writes meanwhile, and speaks of nothing to abort")
    func sourceHasMoved() async throws {
        let server = try await CommandServer()
        // By this name it is not waited for.
        var holder = try Connection(server.source + " application_name=matrix-loader", side: "the test")
        let program = try await begin(server, heldUpBy: &holder)
        var dendrite = try Connection(server.source + " application_name=psql", side: "the test")
        try dendrite.execute("SELECT nextval('syncapi_stream_id')")
        holder.rollBack()
        let run = try program.wait()
        #expect(run.status == 1)
        #expect(
            run.lastError.contains("has written while it was measured (syncapi_stream_id changed)"), "\(run.errors)")
        #expect(!run.errors.contains("abort"))
        try expectNothingLeft()
    }

    @Test("says where else media can be copied to if they have no room", .enabled(if: geteuid() == 0))
    func noRoom() async throws {
        let path = TemporaryFolder.path + "/small"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try #require(mount("tmpfs", path, "tmpfs", 0, "size=8k,mode=0777") == 0)
        defer { umount2(path, 2) }
        let server = try await CommandServer()
        let synapse = ["bench"] + server.options
        let run = try Run(synapse, environment: ["TMPDIR": path])
        #expect(run.status == 10)
        #expect(run.errors.contains("/small/matrix_loader_bench_"))
        #expect(
            run.errors.contains("name another place with --synapse-media-path, or leave media out with --skip-media."))
        #expect(try Run(synapse + ["--skip-media"], environment: ["TMPDIR": path]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
    }

    @Test("is stopped by Ctrl-C, leaves nothing, and does not promise to go on")
    func interruption() async throws {
        let server = try await CommandServer()
        // By this name it is not waited for.
        var holder = try Connection(server.source + " application_name=matrix-loader", side: "the test")
        let program = try await begin(server, heldUpBy: &holder)
        program.signal(SIGINT)
        let run = try program.wait()
        holder.rollBack()
        #expect(run.status == 130)
        #expect(
            run.lastError
                == "matrix-loader: Stopped; there is no result, and the same command measures from the beginning.")
        try expectNothingLeft()
    }

    @Test("is stopped by Ctrl-C while it makes a server up, long before that is done")
    func interruptedGeneration() async throws {
        let shape = ["--events=20000000", "--rooms=200", "--users=100", "--media=0"]
        let program = try RunningProgram(["bench", "--synapse-db", try SynapseSchema.make()] + shape)
        var administrator = try TemporaryCluster.shared.connect()
        var source: String?
        while source == nil {
            try #require(program.isRunning)
            source = try administrator.value(
                "SELECT datname FROM pg_database WHERE datname LIKE 'matrix\\_loader\\_bench\\_%\\_source'")
            try await Task.sleep(for: .milliseconds(10))
        }
        program.signal(SIGINT)
        let end = ContinuousClock.now + .seconds(60)
        while program.isRunning, .now < end { try await Task.sleep(for: .milliseconds(10)) }
        let isEnded = !program.isRunning
        if !isEnded { program.signal(SIGKILL) }
        #expect(try program.wait().status == 130)
        if !isEnded, let source { try administrator.execute("DROP DATABASE \(identifier: source) WITH (FORCE)") }
        try expectNothingLeft()
    }

    /// Starts a measurement and has it wait after it has noted where Dendrite's sequences stand, until `holder` rolls back.
    private func begin(_ server: CommandServer, heldUpBy holder: inout Connection) async throws -> RunningProgram {
        try holder.execute("BEGIN; LOCK TABLE syncapi_presence")
        let program = try server.start("bench")
        while try holder.integer(
            """
            SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
            WHERE datname = current_database() AND relation = 'syncapi_presence'::regclass AND NOT granted
            """) == 0
        {
            try #require(program.isRunning)
            try await Task.sleep(for: .milliseconds(10))
        }
        return program
    }

    @Test("has no media where a server is made up without")
    func withoutMedia() throws {
        let folder = TemporaryFolder.url.appending(path: "media").path(percentEncoded: false)
        let generate = [
            "bench", "generate", "--dendrite-db", TemporaryDatabase.conninfo, "--dendrite-media-path", folder,
        ]
        let run = try Run(generate + ["--events=300", "--rooms=5", "--users=8", "--skip-media"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("0 files of media (0 B)"), "\(run.output)")
        #expect(!FileManager.default.fileExists(atPath: folder))
        var database = try TemporaryDatabase.connect()
        #expect(try database.integer("SELECT count(*) FROM mediaapi_media_repository") == 0)
    }

    private func expectNothingLeft() throws {
        var administrator = try TemporaryCluster.shared.connect()
        let databases = try administrator.integer(
            "SELECT count(*) FROM pg_database WHERE datname LIKE 'matrix\\_loader\\_bench\\_%'")
        #expect(databases == 0)
    }
}
