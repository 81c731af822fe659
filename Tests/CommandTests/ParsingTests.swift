// SPDX-License-Identifier: Apache-2.0
import Generator
import Loader
import MediaCopier
import Migration
import Options
import Testing

@testable import matrix_loader

@Suite("The command line")
struct ParsingTests {
    private func invocation(_ line: String, environment: [String: String] = [:]) throws -> Invocation {
        let words = line.split(separator: " ").map(String.init)
        guard case .run(let invocation) = try Program.matrixLoader.parse(words, environment: environment) else {
            throw UsageError("prints", explanation: "")
        }
        return invocation
    }

    @Test("gives every option an environment variable", arguments: [CheckCommand.command, MigrateCommand.command])
    func variables(command: Command) {
        for option in command.options {
            let words = option.name.uppercased().replacing("-", with: "_")
            let expected = option == .deferFrom ? "MATRIX_LOADER_DEFER" : "MATRIX_LOADER_\(words)"
            #expect(option.environment == expected)
        }
    }

    @Test("makes settings of options")
    func settings() throws {
        let line = "migrate --workers 3 --index-jobs 1 --defer 7 --phase users,rooms --on-bad-row stop --skip-media"
        let settings = MigrateCommand(try invocation(line)).settings
        #expect(settings.loader.workers == 3)
        #expect(settings.loader.indexJobs == 1)
        #expect(settings.loader.deferralThreshold == 7)
        #expect(settings.phases == ["users", "rooms"])
        #expect(settings.loader.onReject == .stop)
        #expect(settings.skipMedia)
    }

    @Test("skips bad rows and carries everything unless told otherwise")
    func defaults() throws {
        let settings = MigrateCommand(try invocation("migrate")).settings
        #expect(settings.loader.onReject == .skip)
        #expect(settings.loader.workers >= 1)
        #expect((1...8).contains(settings.loader.indexJobs))
        #expect(settings.phases.isEmpty)
        #expect(!settings.skipMedia)
    }

    @Test("copies no file in a dry run, and links files on request")
    func media() throws {
        #expect(MigrateCommand(try invocation("migrate --dry-run")).settings.mediaOptions.isDryRun)
        #expect(MigrateCommand(try invocation("migrate --link")).settings.mediaOptions.sharing == .link)
        #expect(!MigrateCommand(try invocation("migrate")).settings.mediaOptions.isDryRun)
    }

    @Test("takes options from the environment")
    func environment() throws {
        let command = MigrateCommand(try invocation("migrate", environment: ["MATRIX_LOADER_WORKERS": "5"]))
        #expect(command.settings.loader.workers == 5)
    }

    @Test("knows all areas as phases")
    func phases() throws {
        #expect(Plan.areaNames.contains("rooms"))
        #expect(Set(Plan.areaNames).count == Plan.areaNames.count)
        _ = try invocation("migrate --phase \(Plan.areaNames.joined(separator: ","))")
        #expect(throws: UsageError.self) { try invocation("migrate --phase rooms,cellar") }
    }

    @Test("shapes a made-up server")
    func generator() throws {
        let line =
            "bench generate --events 1000 --rooms 5 --users 7 --media 0 --giant-room 40 --room-sizes even --seed 9"
        let settings = BenchCommand(try invocation(line)).settings
        #expect(settings.events == 1000)
        #expect((settings.rooms, settings.users, settings.mediaFiles) == (5, 7, 0))
        #expect(settings.giantRoomShare == 0.4)
        #expect(settings.roomSizes == .even)
        #expect(settings.seed == 9)
    }

    @Test("explains every command, and every exit code somewhere")
    func help() throws {
        for command in Program.matrixLoader.commands { #expect(!Program.matrixLoader.help(on: command).isEmpty) }
        let manual = Program.matrixLoader.manualPage
        for ending in Ending.allCases { #expect(manual.contains("\(ending.rawValue)")) }
    }

    @Test(
        "says what is missing",
        arguments: [
            ("migrate", "--dendrite-config"), ("migrate --dendrite-db dbname=a", "--synapse-config"),
            ("migrate --dendrite-db dbname=a --synapse-db dbname=b", "--server-name"), ("status", "--synapse-config"),
            ("migrate --dendrite-db nonsense --synapse-db dbname=b", "--dendrite-db is no connection string"),
        ])
    func missing(line: String, expected: String) throws {
        let invocation = try invocation(line)
        let error = #expect(throws: UsageError.self) {
            if invocation.command.name == "status" {
                _ = try invocation.target()
            } else {
                _ = try Homeservers(invocation)
            }
        }
        #expect(error?.sentence.contains(expected) == true)
    }

    @Test("never shows what it cannot read of a connection string")
    func secret() throws {
        let invocation = try invocation("status --synapse-db hush")
        let error = #expect(throws: UsageError.self) { try invocation.target() }
        #expect(error?.description.contains("hush") == false)
    }

    @Test("takes both homeservers piece by piece")
    func pieces() throws {
        let homeservers = try Homeservers(
            invocation(
                """
                check --dendrite-db postgresql://u@h/d --synapse-db dbname=s --server-name example.org \
                --dendrite-media-path /from --synapse-media-path /to
                """))
        #expect(homeservers.serverName == "example.org")
        #expect(homeservers.source.contains("dbname='d'"))
        #expect(homeservers.target == "dbname='s'")
        #expect(homeservers.mediaPath == "/from")
        #expect(homeservers.mediaStorePath == "/to")
    }
}
