// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Loader
import Migration
import Options

/// `matrix-loader bench`: a migration to measure; `bench generate`: a Dendrite server made up from a seed.
struct BenchCommand: RunnableCommand {
    private static let group = "Shape of a Dendrite that is made up"
    static let events = Option(
        "events", value: .number(1...1_000_000_000), group: group,
        help: "Events in all rooms together (default: 10000).")
    static let rooms = Option("rooms", value: .number(1...10_000_000), group: group, help: "Rooms (default: 50).")
    static let users = Option(
        "users", value: .number(2...10_000_000), group: group, help: "Local accounts (default: 100).")
    static let media = Option(
        "media", value: .number(0...10_000_000), group: group, help: "Uploaded files (default: 20).")
    static let mediaBytes = Option(
        "media-bytes", value: .number(1...1_000_000_000), group: group, help: "Their mean size (default: 40000).")
    static let giantRoom = Option(
        "giant-room", value: .number(0...100), group: group,
        help: "How many of a hundred events are in one room (default: 0, which leaves it to --room-sizes).")
    static let roomSizes = Option(
        "room-sizes", value: .oneOf("zipf", "even"), group: group,
        help: "How events are spread over rooms (default: zipf).")
    static let members = Option(
        "members", value: .number(2...1_000_000), group: group,
        help: "Members that a room starts with, about (default: 12).")
    static let stateChurn = Option(
        "state-churn", value: .number(0...100), group: group,
        help: "How many of a hundred events of a room change its state (default: 10).")
    static let forks = Option(
        "forks", value: .number(0...1000), group: group,
        help: "At how many of a thousand events two servers speak at once (default: 5).")
    static let federatedRooms = Option(
        "federated-rooms", value: .number(0...100), group: group,
        help: "How many of a hundred rooms were joined over federation (default: 10).")
    static let backfilledRooms = Option(
        "backfilled-rooms", value: .number(0...100), group: group,
        help: "For how many of a hundred federated rooms earlier history was fetched (default: 50).")
    static let encryptedRooms = Option(
        "encrypted-rooms", value: .number(0...100), group: group,
        help: "How many of a hundred rooms are encrypted (default: 30).")
    static let signed = Option(
        "signed", group: group, help: "Sign events truly, which takes longer (default: random signatures).")
    static let seed = Option(
        "seed", value: .number(0...Int.max), group: group, help: "Decides all that is left to chance (default: 1).")

    static let svg = Option("svg", value: .file, group: "Output", help: "Where to draw what each worker did when.")

    static let command = Command(
        "bench",
        summary: "measure a migration, or make a Dendrite server up to practise with",
        discussion: [
            "Migrates a Dendrite server into a copy of the empty Synapse database that you name, says how fast that "
                + "was, and removes the copy. If you name no Dendrite, it first makes one up, and removes that, too. "
                + "Neither your Dendrite nor the empty database is changed.",
            "Your Dendrite must be stopped, as for 'migrate'; a copy of its database, named with --dendrite-db, will "
                + "do as well. Nobody may be connected to the empty Synapse database. The role that connects to it "
                + "must own it, have the privilege CREATEDB (ALTER ROLE … CREATEDB), and be allowed to connect to "
                + "the database 'postgres' of the same server.",
            "The server of the empty database needs room for all that a migration writes, and about as much again "
                + "for a Dendrite that is made up. Media are copied to the folder for temporary files (TMPDIR, else "
                + "/tmp) or to the one that --synapse-media-path names, and need as much room there as in Dendrite; "
                + "--skip-media leaves them out. Media that are made up lie in the folder for temporary files, too, "
                + "or in the one that --dendrite-media-path names.",
            "'generate' fills an empty database with what a Dendrite server of the given shape would have, writes "
                + "its media and, where there is none, its signing key. The same numbers give the same server. Every "
                + "account's password is "
                + "'\(GeneratorSettings.password)'.",
        ],
        operands: [Operand(.oneOf("generate"), isRequired: false, help: "Only make a Dendrite server up.")],
        options: Option.homeservers + shape + [
            .workers, .indexJobs, .deferFrom, .skipMedia, svg, .json, .progress,
        ],
        examples: [
            Example(
                "How fast this machine is",
                "matrix-loader bench --synapse-db 'host=/run/postgresql dbname=synapse' --events 1000000 --svg workers.svg"
            ),
            Example(
                "How long your own migration will take",
                "matrix-loader bench --dendrite-config dendrite.yaml --synapse-config homeserver.yaml"),
            Example(
                "A million events",
                "matrix-loader bench generate --dendrite-config dendrite.yaml --events 1000000 --rooms 2000"
            ),
        ],
        exitCodes: [Ending.done, .failed, .database, .media, .checkErrors, .usage].map(\.exitCode) + [
            ExitCode(
                Ending.interrupted.rawValue, "it was stopped by a signal; the same command measures from the beginning")
        ]
    )

    private struct Report: Codable {
        var events: Int
        var rooms: Int
        var users: Int
        var mediaFiles: Int
        var mediaBytes: Int
        /// Until all rows were there, without indexes.
        var loadingSeconds: Double
        var seconds: Double
    }

    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws -> Ending {
        try refuseUselessOptions()
        return isGenerating ? try await generate() : try await BenchMigration(invocation, shape: settings).run()
    }

    var isGenerating: Bool { !invocation.operands.isEmpty }

    private func generate() async throws -> Ending {
        let dendrite = try invocation.string(.dendriteConfig).map { try DendriteConfiguration(contentsOf: $0) }
        var settings = settings
        settings.serverName = invocation.string(.serverName) ?? dendrite?.serverName ?? settings.serverName
        let folder = invocation.string(.dendriteMediaPath) ?? dendrite?.mediaPath
        if folder == nil, invocation.number(Self.media) ?? 0 > 0 || invocation.has(Self.mediaBytes) {
            throw invocation.lacks("--dendrite-media-path DIR for media")
        }
        let made = try await Homeserver.generate(
            settings, into: try invocation.source(dendrite), mediaFolder: folder.map { URL(filePath: $0) },
            signingKey: try newKey(dendrite))
        let report = Report(
            events: made.events, rooms: made.rooms, users: made.users, mediaFiles: made.mediaFiles,
            mediaBytes: made.mediaBytes, loadingSeconds: made.loading.inSeconds, seconds: made.duration.inSeconds)
        if invocation.has(.json) {
            try Output.result(json: report)
        } else {
            try Output.result(
                """
                \(settings.serverName): \(Amount.count(report.events)) events in \(Amount.count(report.rooms)) rooms, \
                \(Amount.count(report.users)) accounts, \(Amount.count(report.mediaFiles)) files of media \
                (\(Amount.bytes(report.mediaBytes))), made in \(Amount.time(report.seconds)): \
                rows in \(Amount.time(report.loadingSeconds)), then indexes and statistics

                """)
        }
        return .done
    }

    var settings: GeneratorSettings {
        var settings = GeneratorSettings()
        func set(_ option: Option, _ path: WritableKeyPath<GeneratorSettings, Int>) {
            if let number = invocation.number(option) { settings[keyPath: path] = number }
        }
        set(Self.events, \.events)
        set(Self.rooms, \.rooms)
        set(Self.users, \.users)
        set(Self.media, \.mediaFiles)
        if invocation.has(.skipMedia) { settings.mediaFiles = 0 }
        set(Self.mediaBytes, \.mediaBytes)
        set(Self.members, \.membersPerRoom)
        func set(_ option: Option, _ path: WritableKeyPath<GeneratorSettings, Double>, of whole: Double) {
            if let number = invocation.number(option) { settings[keyPath: path] = Double(number) / whole }
        }
        set(Self.giantRoom, \.giantRoomShare, of: 100)
        set(Self.stateChurn, \.stateChurn, of: 100)
        set(Self.forks, \.forks, of: 1000)
        set(Self.federatedRooms, \.federatedRooms, of: 100)
        set(Self.backfilledRooms, \.backfilledRooms, of: 100)
        set(Self.encryptedRooms, \.encryptedRooms, of: 100)
        settings.workers = invocation.workers()
        if invocation.string(Self.roomSizes) == "even" { settings.roomSizes = .even }
        if let seed = invocation.number(Self.seed) { settings.seed = UInt64(seed) }
        settings.signsEvents = invocation.has(Self.signed)
        return settings
    }

    /// Where to write the key; a key that is there is somebody's.
    ///
    /// The generator's own key is decided by the seed, so another in its place would not be the server's.
    private func newKey(_ dendrite: DendriteConfiguration?) throws -> URL? {
        guard let path = dendrite?.signingKeyPath, !FileManager.default.fileExists(atPath: path) else { return nil }
        return URL(filePath: path)
    }
}
