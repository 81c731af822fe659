// SPDX-License-Identifier: Apache-2.0

extension DendriteConfiguration {
    /// A part of Dendrite that may have a database of its own.
    public enum Component: String, Sendable, Hashable, CaseIterable {
        /// Rooms, events, state: tables `roomserver_…`.
        case roomServer = "room_server"
        /// What clients saw: `syncapi_…`.
        case syncAPI = "sync_api"
        /// Accounts and devices: `userapi_…`.
        case userAPI = "user_api"
        /// Encryption keys: `keyserver_…`.
        case keyServer = "key_server"
        /// Media: `mediaapi_…`.
        case mediaAPI = "media_api"
        /// Other servers: `federationsender_…` and `keydb_…`.
        case federationAPI = "federation_api"
        /// Relayed traffic: `relayapi_…`; older releases have none.
        case relayAPI = "relay_api"
        /// Experiments: `msc2836_…`, only where one is enabled.
        case mscs

        /// Where its database stands in dendrite.yaml.
        var path: [String] { [rawValue, self == .userAPI ? "account_database" : "database"] }

        /// Whether Dendrite cannot run without it; all others hold nothing that is carried.
        var isNeeded: Bool { self != .relayAPI && self != .mscs }

        /// Those that Dendrite cannot run without.
        static let needed = allCases.filter(\.isNeeded)

        /// How the names of its tables and sequences begin; some are older than the component's name.
        var prefixes: [String] {
            switch self {
            case .roomServer: ["roomserver_"]
            case .syncAPI: ["syncapi_"]
            case .userAPI: ["userapi_"]
            case .keyServer: ["keyserver_"]
            case .mediaAPI: ["mediaapi_"]
            case .federationAPI: ["federationsender_", "keydb_"]
            case .relayAPI: ["relayapi_"]
            case .mscs: ["msc2836_"]
            }
        }
    }
}
