// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Accounts of local users and what belongs to them: profiles, devices, settings, filters, presence, pushers.
struct Accounts {
    let settings: GeneratorSettings
    let population: Population
    private var accounts = TableRows(
        "userapi_accounts",
        "localpart server_name created_ts password_hash appservice_id is_deactivated account_type")
    private var profiles = TableRows("userapi_profiles", "localpart server_name display_name avatar_url")
    private var devices = TableRows(
        "userapi_devices",
        "access_token session_id device_id localpart server_name created_ts display_name last_seen_ts ip user_agent")
    private var data = TableRows("userapi_account_datas", "localpart server_name room_id type content")
    private var dataChanges = TableRows("syncapi_account_data_type", "id user_id room_id type")
    private var ignores = TableRows("syncapi_ignores", "user_id ignores_json")
    private var filters = TableRows("syncapi_filter", "filter id localpart")
    private var presence = TableRows("syncapi_presence", "id user_id presence status_msg last_active_ts")
    private var addresses = TableRows("userapi_threepids", "threepid medium localpart server_name")
    private var pushers = TableRows(
        "userapi_pushers",
        """
        id localpart server_name session_id profile_tag kind app_id app_display_name device_display_name pushkey \
        pushkey_ts_ms lang data
        """)
    private var registrations = TableRows(
        "userapi_registration_tokens", "token pending completed uses_allowed expiry_time")

    /// ``GeneratorSettings/password`` by bcrypt at cost 4, in the form of Go's library.
    static let passwordHash = "$2a$04$7BSedKY30jMfPI6TKDacFeUNYCrObc5kFv6tV2KgL7zaz8tXIjwMu"

    init(settings: GeneratorSettings, population: Population) {
        self.settings = settings
        self.population = population
    }

    /// Sends all accounts with what belongs to them: profiles, devices, settings.
    ///
    /// - Parameter position: the first stream position that no event has.
    mutating func write(to connection: inout Connection, after position: Int64) throws(PostgresError) {
        for user in 0..<population.localCount {
            addAccount(population.localpart(user), type: user == 0 ? 3 : 1, hash: Self.passwordHash, index: user)
            addProfile(population.localpart(user), name: population.displayName(user), index: user)
            addDevice(user)
            addSettings(user, position: position)
            if user.isMultiple(of: 256) { try send(to: &connection, all: false) }
        }
        addOthers()
        registrations.append {
            $0.write("welcome")
            $0.write(Int64(0))
            $0.write(Int64(3))
            $0.write(Int64(10))
            $0.writeNull()
        }
        try send(to: &connection, all: true)
    }

    private mutating func send(to connection: inout Connection, all: Bool) throws(PostgresError) {
        try accounts.send(to: &connection, all: all)
        try profiles.send(to: &connection, all: all)
        try devices.send(to: &connection, all: all)
        try data.send(to: &connection, all: all)
        try dataChanges.send(to: &connection, all: all)
        try ignores.send(to: &connection, all: all)
        try filters.send(to: &connection, all: all)
        try presence.send(to: &connection, all: all)
        try addresses.send(to: &connection, all: all)
        try pushers.send(to: &connection, all: all)
        try registrations.send(to: &connection, all: all)
    }

    /// A guest, somebody who has left for good, and perhaps a bridge's bot.
    private mutating func addOthers() {
        addAccount("1001", type: 2, hash: "", index: 1)
        addAccount("former", type: 1, hash: Self.passwordHash, isDeactivated: true, index: 2)
        if settings.hasBridge { addAccount("_bridge_bot", type: 4, hash: "", service: "bridge", index: 3) }
        let names = ["1001", "former"] + (settings.hasBridge ? ["_bridge_bot"] : [])
        for (position, localpart) in names.enumerated() {
            addProfile(localpart, name: localpart, index: 1)
            addData(
                localpart, "", "m.push_rules", PushRules.defaults(localpart: localpart, server: settings.serverName))
            guard localpart == "1001" else { continue }
            devices.append {
                $0.write("guest\(population.accessToken(population.localCount + position))")
                $0.write(Int64(population.localCount + 1))
                $0.write("GUESTDEV")
                $0.write(localpart)
                $0.write(settings.serverName)
                $0.write(ServerTime.beginning)
                $0.writeNull()
                $0.write(ServerTime.end - 1)
                $0.writeNull()
                $0.writeNull()
            }
        }
    }

    private mutating func addAccount(
        _ localpart: String, type: Int16, hash: String, isDeactivated: Bool = false, service: String? = nil, index: Int
    ) {
        accounts.append {
            $0.write(localpart)
            $0.write(settings.serverName)
            $0.write(ServerTime.beginning - Int64(index) * 1000 - 1_000_000)
            $0.write(hash)
            if let service { $0.write(service) } else { $0.writeNull() }
            $0.write(isDeactivated)
            $0.write(type)
        }
    }

    private mutating func addProfile(_ localpart: String, name: String, index: Int) {
        let hasPicture = settings.mediaFiles > 0 && index.isMultiple(of: 3)
        let picture = "mxc://\(settings.serverName)/\(population.mediaID(index % max(settings.mediaFiles, 1)))"
        profiles.append {
            $0.write(localpart)
            $0.write(settings.serverName)
            $0.write(name)
            $0.write(hasPicture ? picture : "")
        }
    }

    private mutating func addDevice(_ user: Int) {
        devices.append {
            $0.write(population.accessToken(user))
            $0.write(population.session(user))
            $0.write(population.deviceID(user))
            $0.write(population.localpart(user))
            $0.write(settings.serverName)
            $0.write(ServerTime.beginning - 1000)
            $0.write(user.isMultiple(of: 2) ? "Telephone of \(population.displayName(user))" : "Browser")
            $0.write(ServerTime.end - Int64(user) * 10)
            $0.write("192.0.2.\(user % 250 + 1):\(40_000 + user % 20_000)")
            $0.write("Generated/1.0")
        }
    }

    private mutating func addSettings(_ user: Int, position: Int64) {
        let localpart = population.localpart(user)
        let id = population.userID(user)
        addData(localpart, "", "m.push_rules", PushRules.defaults(localpart: localpart, server: settings.serverName))
        dataChanges.append {
            $0.write(position + Int64(user))
            $0.write(id)
            $0.write("")
            $0.write("m.push_rules")
        }
        if user % 4 == 1 {
            let other = population.userID((user + 1) % population.localCount)
            let json = "{\"ignored_users\":{\"\(String(decoding: other, as: UTF8.self))\":{}}}"
            addData(localpart, "", "m.ignored_user_list", json)
            ignores.append {
                $0.write(id)
                $0.write(json)
            }
        }
        if user % 3 == 0 {
            filters.append {
                $0.write(
                    """
                    {"account_data":{},"presence":{},"room":{"account_data":{},"ephemeral":{},\
                    "state":{"lazy_load_members":true},"timeline":{"limit":\(10 + user % 20)}}}
                    """)
                $0.write(Int32(truncatingIfNeeded: user / 3 + 1))
                $0.write(localpart)
            }
        }
        addReachability(user, localpart, id)
    }

    private mutating func addReachability(_ user: Int, _ localpart: String, _ id: [UInt8]) {
        presence.append {
            $0.write(Int64(user) + 1)
            $0.write(id)
            $0.write(Int32(truncatingIfNeeded: 1 + user % 3))
            if user % 6 == 0 { $0.write("At work") } else { $0.writeNull() }
            $0.write(ServerTime.end - Int64(user) * 1000)
        }
        if user % 10 == 2 {
            addresses.append {
                $0.write("\(localpart)@\(settings.serverName)")
                $0.write("email")
                $0.write(localpart)
                $0.write(settings.serverName)
            }
        }
        guard user % 5 == 3 else { return }
        pushers.append {
            $0.write(Int64(user) + 1)
            $0.write(localpart)
            $0.write(settings.serverName)
            $0.write(population.session(user))
            $0.write("")
            $0.write("http")
            $0.write("org.example.app")
            $0.write("Example")
            $0.write("Telephone")
            $0.write("pushkey-\(localpart)")
            // Seconds, despite the column's name.
            $0.write(ServerTime.beginning / 1000)
            $0.write("en")
            $0.write(#"{"format":"event_id_only","url":"https://push.example.org/_matrix/push/v1/notify"}"#)
        }
    }

    private mutating func addData(_ localpart: String, _ room: String, _ type: String, _ content: String) {
        data.append {
            $0.write(localpart)
            $0.write(settings.serverName)
            $0.write(room)
            $0.write(type)
            $0.write(content)
        }
    }
}
