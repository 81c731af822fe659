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
        let settings = try MigrateCommand(try invocation(line)).settings()
        #expect(settings.loader.workers == 3)
        #expect(settings.loader.indexJobs == 1)
        #expect(settings.loader.deferralThreshold == 7)
        #expect(settings.phases == ["users", "rooms"])
        #expect(settings.loader.onReject == .stop)
        #expect(settings.skipMedia)
    }

    @Test("skips bad rows and carries everything unless told otherwise")
    func defaults() throws {
        let settings = try MigrateCommand(try invocation("migrate")).settings()
        #expect(settings.loader.onReject == .skip)
        #expect(settings.loader.workers >= 1)
        #expect((1...8).contains(settings.loader.indexJobs))
        #expect(settings.phases.isEmpty)
        #expect(!settings.skipMedia)
    }

    @Test("copies no file in a dry run, and links files on request")
    func media() throws {
        #expect(try MigrateCommand(try invocation("migrate --dry-run")).settings().mediaOptions.isDryRun)
        #expect(try MigrateCommand(try invocation("migrate --link")).settings().mediaOptions.sharing == .link)
        #expect(try !MigrateCommand(try invocation("migrate")).settings().mediaOptions.isDryRun)
    }

    @Test("says how media are copied", arguments: ["migrate", "media"])
    func mediaOptions(command: String) throws {
        let line = "\(command) --copier threads --bwlimit 1.5M --verify --chown 12:34 --on-bad-media keep"
        let options = try invocation(line).mediaOptions()
        #expect(options.engine == .threads)
        #expect(options.bandwidthLimit == 3 << 19)
        #expect(options.verifies && options.keepsDamaged)
        #expect(options.ownership == .init(user: 12, group: 34))
        #expect(try invocation(command).mediaOptions() == CopyOptions())
        for wrong in ["--bwlimit fast", "--bwlimit 08:00,512k", "--chown nobody-at-all"] {
            let invocation = try invocation("\(command) \(wrong)")
            #expect(throws: UsageError.self) { try invocation.mediaOptions() }
        }
    }

    @Test(
        "reads rates as rclone does",
        arguments: [
            ("10M", 10 << 20), ("512k", 512 << 10), ("1.5Mi", 3 << 19), ("2GiB", 2 << 30), ("800B", 800),
            ("7", 7 << 10),
            ("off", nil), ("0", nil),
        ])
    func rates(text: String, expected: Int?) {
        #expect(ByteRate(text)?.bytesPerSecond == expected)
        #expect(ByteRate(text) != nil)
    }

    @Test(
        "takes no other text for a rate", arguments: ["", "M", "1Q", "-1", "1 M", "1e3", "1MM", "1..2", "BiB", "1bi"])
    func noRates(text: String) { #expect(ByteRate(text) == nil) }

    @Test("needs no database of Synapse's to copy media")
    func mediaAlone() throws {
        let line = "--dendrite-db dbname=a --server-name example.org --dendrite-media-path a --synapse-media-path b"
        #expect(try Homeservers(invocation("media \(line)"), needsTarget: false).mediaStorePath == "b")
        #expect(throws: UsageError.self) { try Homeservers(invocation("migrate \(line)")) }
    }

    @Test("takes options from the environment")
    func environment() throws {
        let command = MigrateCommand(try invocation("migrate", environment: ["MATRIX_LOADER_WORKERS": "5"]))
        #expect(try command.settings().loader.workers == 5)
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
            "bench generate --events 1000 --rooms 5 --users 7 --media 0 --giant-room 40 --room-sizes even --seed 9 "
            + "--members 3 --state-churn 25 --forks 15 --federated-rooms 20 --backfilled-rooms 60 --encrypted-rooms 70"
        let settings = BenchCommand(try invocation(line)).settings
        #expect(settings.events == 1000)
        #expect((settings.rooms, settings.users, settings.mediaFiles) == (5, 7, 0))
        #expect(settings.giantRoomShare == 0.4)
        #expect(settings.roomSizes == .even)
        #expect(settings.seed == 9)
        #expect(settings.membersPerRoom == 3)
        #expect((settings.stateChurn, settings.forks) == (0.25, 0.015))
        #expect(settings.federatedRooms == 0.2)
        #expect((settings.backfilledRooms, settings.encryptedRooms) == (0.6, 0.7))
    }

    @Test("says what a made-up server is like by default")
    func shapeDefaults() {
        for option in BenchCommand.shape { #expect(option.help.contains(" (default: "), "\(option.name)") }
    }

    @Test(
        "refuses what would do nothing for 'bench', all at once",
        arguments: [
            (
                "bench generate --dendrite-db dbname=a --svg a --defer 3 --synapse-db dbname=b --index-jobs 2 --progress never",
                "'bench generate' migrates nothing: leave out --synapse-db, --index-jobs, --defer, --svg, --progress."
            ),
            (
                "bench generate --synapse-config a --synapse-media-path b",
                "'bench generate' migrates nothing: leave out --synapse-config, --synapse-media-path."
            ),
            (
                "bench --dendrite-db dbname=a --synapse-db dbname=b --events 5 --rooms 2 --signed --seed 3",
                "'bench' makes no Dendrite up where one is named: leave out --events, --rooms, --signed, --seed."
            ),
            ("bench generate --skip-media --media 3", "--skip-media leaves media out: leave out --media."),
            (
                "bench generate --dendrite-db dbname=a --media 3",
                "'bench' needs --dendrite-media-path DIR for media."
            ),
        ])
    func uselessOptions(line: String, expected: String) async throws {
        let invocation = try invocation(line)
        let error = await #expect(throws: UsageError.self) { try await BenchCommand(invocation).run() }
        #expect(error?.sentence == expected)
    }

    @Test("takes no offence at variables that are not meant for 'bench generate'")
    func uselessVariables() throws {
        let environment = ["MATRIX_LOADER_SYNAPSE_CONFIG": "a", "MATRIX_LOADER_DEFER": "3"]
        try BenchCommand(invocation("bench generate", environment: environment)).refuseUselessOptions()
    }

    @Test("explains every command, and every exit code in the manual's list of them")
    func help() throws {
        for command in Program.matrixLoader.commands { #expect(!Program.matrixLoader.help(on: command).isEmpty) }
        let sections = Program.matrixLoader.manualPage.split(separator: "\n.SH ")
        let list = try #require(sections.first { $0.hasPrefix("EXIT STATUS\n") })
        let codes = list.matches(of: #/\n\.TP\n\\fB(\d+)\\fR\n\S/#).compactMap { Int32($0.output.1) }
        #expect(codes.sorted() == Ending.allCases.map(\.rawValue).sorted())
    }

    @Test(
        "says what is missing",
        arguments: [
            ("migrate", "--dendrite-config"), ("migrate --dendrite-db dbname=a", "--synapse-config"),
            ("migrate --dendrite-db dbname=a --synapse-db dbname=b", "--server-name"), ("status", "--synapse-config"),
            ("migrate --dendrite-db nonsense --synapse-db dbname=b", "--dendrite-db is no connection string"),
            (
                "migrate --dendrite-db dbname=a --synapse-db dbname=b --server-name a'b",
                "--server-name is no server name that Synapse takes"
            ),
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

    @Test(
        "never repeats what may be a connection string with its password, and says where it belongs",
        arguments: [
            (
                "check postgres://u:hush@h/db",
                "'check' does not take a connection string: give it with --dendrite-db or --synapse-db."
            ),
            (
                "check --dendrite-db host=h password=hush",
                "'check' does not take a connection string: give it with --dendrite-db or --synapse-db."
            ),
            ("abort postgres://u:hush@h/db", "'abort' does not take a connection string: give it with --synapse-db."),
            ("manual password=hush", "'manual' does not take a connection string."),
            (
                "postgres://u:hush@h/db",
                "A connection string is no command: give it with --dendrite-db or --synapse-db."
            ),
            ("--postgres://u:hush@h/db", "A connection string is no option."),
            (
                "migrate --workers --synapse-db=postgres://u:hush@h/db",
                "--workers must be a whole number from 1 to 256, not a connection string."
            ),
            (
                "migrate --on-bad-row password=hush",
                "--on-bad-row must be stop or skip, not a connection string."
            ),
            (
                "check --dendrite-config postgres://u:hush@h/db",
                "--dendrite-config must be a file, not a connection string."
            ),
            (
                "check --dendrite-media-path postgres://u:hush@h/db",
                "--dendrite-media-path must be a folder, not a connection string."
            ),
        ])
    func passwords(line: String, sentence: String) {
        let error = #expect(throws: UsageError.self) { try invocation(line) }
        #expect(error?.sentence == sentence)
    }

    @Test(
        "blames an environment variable for what it says",
        arguments: [
            ("MATRIX_LOADER_BWLIMIT", "abc", "must be a rate such as 10M, 512k or off, not 'abc'."),
            (
                "MATRIX_LOADER_BWLIMIT", "password=hush",
                "must be a rate such as 10M, 512k or off, not a connection string."
            ),
            (
                "MATRIX_LOADER_CHOWN", "nobody-at-all",
                "must be a user and perhaps a group, and there is no user 'nobody-at-all' here."
            ),
            ("MATRIX_LOADER_SERVER_NAME", "a'b", ServerName.refusal),
            ("MATRIX_LOADER_DENDRITE_DB", "hush", "is no connection string of PostgreSQL."),
            ("MATRIX_LOADER_SYNAPSE_DB", "hush", "is no connection string of PostgreSQL."),
        ])
    func blame(variable: String, text: String, sentence: String) throws {
        var environment = [
            "MATRIX_LOADER_DENDRITE_DB": "dbname=a", "MATRIX_LOADER_SYNAPSE_DB": "dbname=b",
            "MATRIX_LOADER_SERVER_NAME": "example.org",
        ]
        environment[variable] = text
        let invocation = try invocation("migrate", environment: environment)
        let error = #expect(throws: UsageError.self) {
            _ = try invocation.mediaOptions()
            _ = try Homeservers(invocation)
        }
        #expect(error?.sentence == "The environment variable \(variable) \(sentence)")
    }

    @Test("has as many workers as processors unless told, and no more than PostgreSQL has sessions for")
    func workers() throws {
        let invocation = try invocation("migrate")
        #expect([1, 2, 16, 17, 256].map { invocation.workers(processors: $0) } == [1, 2, 16, 16, 16])
        #expect(try self.invocation("migrate --workers 200").workers(processors: 2) == 200)
        #expect(BenchCommand(invocation).settings.workers == invocation.workers())
    }
}
