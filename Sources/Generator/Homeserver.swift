// SPDX-License-Identifier: Apache-2.0
public import Foundation
import Postgres

/// A Dendrite server made up from a seed: as large as you like, and what a real one could have become.
public enum Homeserver {
    /// Fills an empty database as a Dendrite 0.15.2 with such settings would have.
    ///
    /// - Parameters:
    ///   - settings: what the server is like.
    ///   - conninfo: the database, UTF-8 and without Dendrite's tables.
    ///   - mediaFolder: Dendrite's `media_api.base_path`; without it there is no media.
    ///   - signingKey: where to write the server's key, Dendrite's `global.private_key`; nil writes none.
    ///   - isCancelled: is asked again and again, on any thread, whether somebody wants it to stop.
    /// - Returns: what was made.
    /// - Throws: ``GeneratorError`` for settings that make no sense, `PostgresError` if the database refuses,
    ///   Foundation's errors if files cannot be written, and `CancellationError`.
    @discardableResult
    public static func generate(
        _ settings: GeneratorSettings, into conninfo: String, mediaFolder: URL? = nil, signingKey: URL? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) async throws -> GeneratedHomeserver {
        var settings = settings
        if mediaFolder == nil { settings.mediaFiles = 0 }
        try settings.validate()
        let clock = ContinuousClock()
        let start = clock.now
        let population = Population(settings: settings)
        try prepare(conninfo, settings, population)

        @Sendable func goOn() throws { if isCancelled() { throw CancellationError() } }
        let last = try await generateRooms(settings, population, conninfo, goOn)
        var connection = try connect(conninfo)
        // Events have the even positions up to here; what follows is free for everything else.
        let firstFree = 2 * last + 2
        try goOn()
        var invitations = Invitations(settings: settings, population: population)
        let invited = try invitations.write(to: &connection, firstPosition: firstFree)
        try goOn()
        var accounts = Accounts(settings: settings, population: population)
        try accounts.write(to: &connection, after: firstFree + Int64(invited))
        try goOn()
        var keys = EndToEndKeys(settings: settings, population: population)
        try keys.write(to: &connection)
        var serverKeys = ServerKeys(settings: settings, population: population)
        try serverKeys.write(to: &connection)
        try goOn()
        var bytes = 0
        if let mediaFolder {
            var media = MediaFiles(settings: settings, population: population, folder: mediaFolder)
            try media.write(to: &connection)
            bytes = media.byteCount
        }
        if let signingKey {
            try population.signingKey.pem.write(to: signingKey, atomically: true, encoding: .utf8)
        }
        let loaded = clock.now
        try goOn()
        try await finish(settings, conninfo)
        return GeneratedHomeserver(
            events: Int(last), rooms: settings.rooms, invitations: invited, users: settings.users,
            mediaFiles: settings.mediaFiles, mediaBytes: bytes, loading: start.duration(to: loaded),
            duration: start.duration(to: clock.now))
    }

    static func connect(_ conninfo: String) throws(PostgresError) -> Connection {
        var connection = try Connection(conninfo, side: "the generated database")
        // A generated database that is lost is generated again; the one large query is over before it would be compiled.
        try connection.execute("SET synchronous_commit = off; SET jit = off")
        // PostgreSQL's own method takes a quarter of the time that filling the tables of texts does.
        try connection.execute(
            """
            SELECT set_config(name, 'lz4', false) FROM pg_settings
            WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
            """)
        return connection
    }

    /// Tables and dictionaries, before any worker starts.
    private static func prepare(
        _ conninfo: String, _ settings: GeneratorSettings, _ population: Population
    ) throws(PostgresError) {
        var connection = try connect(conninfo)
        try DendriteSchema.createTables(on: &connection)
        try connection.execute(CurrentState.working.creation)
        let types = TableRows("roomserver_event_types", "event_type_nid event_type")
        for type in EventType.others {
            types.append {
                $0.write(type.number)
                $0.write(type.rawValue)
            }
        }
        try types.send(to: &connection, all: true)
        let keys = TableRows("roomserver_event_state_keys", "event_state_key_nid event_state_key")
        for user in 0..<population.count {
            keys.append {
                $0.write(population.number(user))
                $0.write(population.userID(user))
            }
        }
        try keys.send(to: &connection, all: true)
        // All rooms begin with the same empty state, whose row names the room that came last.
        var rows = RoomRows(population: population)
        rows.addSnapshot(1, room: Int64(settings.rooms), [])
        try rows.send(to: &connection, all: true)
    }

    /// Generates all rooms.
    ///
    /// - Parameter goOn: throws where nobody wants them any more.
    /// - Returns: the number of the last event.
    private static func generateRooms(
        _ settings: GeneratorSettings, _ population: Population, _ conninfo: String,
        _ goOn: @escaping @Sendable () throws -> Void
    ) async throws -> Int64 {
        let vocabulary = Vocabulary(seed: settings.seed)
        let workers = Schedule(settings: settings, population: population).workers
        return try await withThrowingTaskGroup(of: Int64.self) { group in
            for worker in 0..<settings.workers {
                group.addTask {
                    try await onThread {
                        try generateRooms({ workers[$0] == worker }, settings, population, vocabulary, conninfo, goOn)
                    }
                }
            }
            var last: Int64 = 0
            for try await number in group { last = max(last, number) }
            return last
        }
    }

    /// Follows the whole schedule and generates one worker's rooms.
    private static func generateRooms(
        _ isOwn: (Int) -> Bool, _ settings: GeneratorSettings, _ population: Population, _ vocabulary: Vocabulary,
        _ conninfo: String, _ goOn: () throws -> Void
    ) throws -> Int64 {
        var connection = try connect(conninfo)
        var schedule = Schedule(settings: settings, population: population)
        var rows = RoomRows(population: population)
        var rooms: [Int: Room] = [:]
        while let step = schedule.next() {
            if step.number.isMultiple(of: 64) { try goOn() }
            guard isOwn(step.room) else { continue }
            switch step.action {
            case .beginning:
                let room = Room(
                    schedule.plans[step.room], settings: settings, population: population, vocabulary: vocabulary)
                rooms[step.room] = room
                try room.begin(step.number, rows: &rows)
            case .life:
                try rooms[step.room]?.live(step.number, rows: &rows)
            case .backfill:
                rooms[step.room]?.fetchBackfill(step.number, rows: &rows)
            }
            if step.number.isMultiple(of: 64) { try rows.send(to: &connection) }
        }
        for (_, room) in rooms.sorted(by: { $0.key < $1.key }) {
            room.end(&rows)
            try rows.send(to: &connection)
        }
        try rows.send(to: &connection, all: true)
        return schedule.number - 1
    }
}
