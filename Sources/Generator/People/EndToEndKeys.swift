// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

/// Keys of devices, cross-signing, backups, and messages that wait for devices.
///
/// All of it is random: servers cannot read what it means.
struct EndToEndKeys {
    let settings: GeneratorSettings
    let population: Population
    private var deviceKeys = TableRows(
        "keyserver_device_keys", "user_id device_id ts_added_secs key_json stream_id display_name")
    private var oneTimeKeys = TableRows(
        "keyserver_one_time_keys", "user_id device_id key_id algorithm ts_added_secs key_json")
    private var changes = TableRows("keyserver_key_changes", "change_id user_id")
    private var stale = TableRows("keyserver_stale_device_lists", "user_id domain is_stale ts_added_secs")
    private var crossSigning = TableRows("keyserver_cross_signing_keys", "user_id key_type key_data")
    private var signatures = TableRows(
        "keyserver_cross_signing_sigs", "origin_user_id origin_key_id target_user_id target_key_id signature")
    private var versions = TableRows(
        "userapi_key_backup_versions", "user_id version algorithm auth_data etag deleted")
    private var backups = TableRows(
        "userapi_key_backups",
        "user_id room_id session_id version first_message_index forwarded_count is_verified session_data")
    private var messages = TableRows("syncapi_send_to_device", "id user_id device_id content")
    private var backupCount: Int64 = 0

    init(settings: GeneratorSettings, population: Population) {
        self.settings = settings
        self.population = population
    }

    mutating func write(to connection: inout Connection) throws(PostgresError) {
        for user in 0..<population.count {
            var random = RandomSource(seed: settings.seed, .user, user)
            addDevice(user, &random)
            if population.isLocal(user) {
                for turn in 0..<5 { addOneTimeKey(user, turn, &random) }
                if user % 5 == 0 { addBackup(user, &random) }
                if user % 7 == 0 { addMessage(user, &random) }
            }
            if user % 3 == 0 { addCrossSigning(user, &random) }
            if user.isMultiple(of: 256) { try send(to: &connection, all: false) }
        }
        try send(to: &connection, all: true)
    }

    private mutating func send(to connection: inout Connection, all: Bool) throws(PostgresError) {
        try deviceKeys.send(to: &connection, all: all)
        try oneTimeKeys.send(to: &connection, all: all)
        try changes.send(to: &connection, all: all)
        try stale.send(to: &connection, all: all)
        try crossSigning.send(to: &connection, all: all)
        try signatures.send(to: &connection, all: all)
        try versions.send(to: &connection, all: all)
        try backups.send(to: &connection, all: all)
        try messages.send(to: &connection, all: all)
    }

    private mutating func addDevice(_ user: Int, _ random: inout RandomSource) {
        let name = String(decoding: population.userID(user), as: UTF8.self)
        let device = String(decoding: population.deviceID(user), as: UTF8.self)
        let json = """
            {"algorithms":["m.olm.v1.curve25519-aes-sha2","m.megolm.v1.aes-sha2"],"device_id":"\(device)",\
            "keys":{"curve25519:\(device)":"\(random.key())","ed25519:\(device)":"\(random.key())"},\
            "signatures":{"\(name)":{"ed25519:\(device)":"\(random.signature())"}},"user_id":"\(name)"}
            """
        let isLocal = population.isLocal(user)
        deviceKeys.append {
            $0.write(name)
            $0.write(device)
            $0.write(ServerTime.beginning / 1000)
            // Every local device has a row from its login on, keys or not.
            $0.write(isLocal && user % 11 == 10 ? "" : json)
            $0.write(Int64(1))
            if isLocal { $0.writeNull() } else { $0.write("Elsewhere") }
        }
        changes.append {
            $0.write(Int64(user) + 1)
            $0.write(name)
        }
        guard !isLocal else { return }
        stale.append {
            $0.write(name)
            $0.write(population.serverName(of: user))
            $0.write(user % 4 == 0)
            // Milliseconds, despite the column's name.
            $0.write(ServerTime.end)
        }
    }

    private mutating func addOneTimeKey(_ user: Int, _ turn: Int, _ random: inout RandomSource) {
        let name = String(decoding: population.userID(user), as: UTF8.self)
        let device = String(decoding: population.deviceID(user), as: UTF8.self)
        oneTimeKeys.append {
            $0.write(name)
            $0.write(device)
            $0.write("AAAAA\(turn)")
            $0.write("signed_curve25519")
            $0.write(ServerTime.beginning / 1000 + Int64(turn))
            $0.write(
                """
                {"key":"\(random.key())","signatures":{"\(name)":{"ed25519:\(device)":"\(random.signature())"}}}
                """)
        }
    }

    /// Master, self-signing and user-signing key; the master signs the others, the self-signing key the device.
    private mutating func addCrossSigning(_ user: Int, _ random: inout RandomSource) {
        let name = String(decoding: population.userID(user), as: UTF8.self)
        let device = String(decoding: population.deviceID(user), as: UTF8.self)
        let keys = [random.key(), random.key(), random.key()]
        for (position, key) in keys.enumerated() {
            crossSigning.append {
                $0.write(name)
                $0.write(Int16(position + 1))
                $0.write(key)
            }
        }
        let pairs = [
            ("ed25519:\(keys[0])", "ed25519:\(keys[1])"), ("ed25519:\(keys[0])", "ed25519:\(keys[2])"),
            ("ed25519:\(device)", "ed25519:\(keys[0])"), ("ed25519:\(keys[1])", device),
        ]
        for (origin, target) in pairs {
            signatures.append {
                $0.write(name)
                $0.write(origin)
                $0.write(name)
                $0.write(target)
                $0.write(random.signature())
            }
        }
    }

    private mutating func addBackup(_ user: Int, _ random: inout RandomSource) {
        backupCount += 1
        let version = backupCount
        let name = population.userID(user)
        versions.append {
            $0.write(name)
            $0.write(version)
            $0.write("m.megolm_backup.v1.curve25519-aes-sha2")
            $0.write("{\"public_key\":\"\(random.key())\",\"signatures\":{}}")
            $0.write("3")
            $0.write(Int16(0))
        }
        for turn in 0..<3 {
            backups.append {
                $0.write(name)
                $0.write("!backup\(turn):\(settings.serverName)")
                $0.write(random.key())
                $0.write(String(version))
                $0.write(Int32(turn))
                $0.write(Int32(0))
                $0.write(turn == 0)
                $0.write(
                    """
                    {"ciphertext":"\(random.signature())","ephemeral":"\(random.key())",\
                    "mac":"\(random.below(1_000_000))"}
                    """)
            }
        }
    }

    private mutating func addMessage(_ user: Int, _ random: inout RandomSource) {
        let sender = String(decoding: population.userID((user + 1) % population.count), as: UTF8.self)
        for turn in 0..<2 {
            messages.append {
                $0.write(Int64(user * 2 + turn + 1))
                $0.write(population.userID(user))
                $0.write(population.deviceID(user))
                $0.write(
                    """
                    {"sender":"\(sender)","type":"m.room.encrypted","content":\
                    {"algorithm":"m.olm.v1.curve25519-aes-sha2","ciphertext":{"\(random.key())":\
                    {"body":"\(random.signature())","type":\(turn)}},"sender_key":"\(random.key())"}}
                    """)
            }
        }
    }
}

extension RandomSource {
    /// Text of the form of a public key.
    fileprivate mutating func key() -> String { Base64.encode(bytes(32)) }

    /// Text of the form of a signature.
    fileprivate mutating func signature() -> String { Base64.encode(bytes(64)) }
}
