// SPDX-License-Identifier: Apache-2.0

/// The two homeservers of a migration: what their configuration files or the command line say of them.
public struct Homeservers: Sendable {
    public var serverName: String
    /// libpq's connection strings.
    public var source: String
    public var target: String
    /// Dendrite's `media_api.base_path`; nil where media are not asked for.
    public var mediaPath: String?
    /// Synapse's `media_store_path`.
    public var mediaStorePath: String?
    public var dendrite: DendriteConfiguration?
    public var synapse: SynapseConfiguration?

    public init(
        serverName: String, source: String, target: String, mediaPath: String? = nil, mediaStorePath: String? = nil
    ) {
        self.serverName = serverName
        self.source = source
        self.target = target
        self.mediaPath = mediaPath
        self.mediaStorePath = mediaStorePath
    }

    /// Takes everything from the two configuration files.
    ///
    /// - Throws: ``ConfigurationError`` if they name different servers, or databases that cannot be read together.
    public init(_ dendrite: DendriteConfiguration, _ synapse: SynapseConfiguration) throws(ConfigurationError) {
        guard dendrite.serverName == synapse.serverName else {
            throw ConfigurationError(
                file: synapse.files.first ?? "homeserver.yaml",
                sentence: "server_name is \(synapse.serverName), but \(dendrite.file) says \(dendrite.serverName): "
                    + "a server can only move under its own name; correct one of the two files.")
        }
        guard let database = dendrite.distinctDatabases.first, dendrite.distinctDatabases.count == 1 else {
            throw ConfigurationError(
                file: dendrite.file,
                sentence: "Dendrite's components use \(dendrite.distinctDatabases.count) databases: bring their tables "
                    + "together in one first, with pg_dump and pg_restore, and name that as global.database.")
        }
        guard synapse.mainDatabase.conninfo == synapse.stateDatabase.conninfo else {
            throw ConfigurationError(
                file: synapse.files.first ?? "homeserver.yaml",
                sentence: "the state store has a database of its own, which is not supported: let databases name one.")
        }
        self.init(
            serverName: dendrite.serverName, source: database.text, target: synapse.mainDatabase.conninfo.text,
            mediaPath: dendrite.mediaPath, mediaStorePath: synapse.mediaStorePath)
        self.dendrite = dendrite
        self.synapse = synapse
    }

    /// `as_token`s of the registration files that either configuration names.
    var applicationServiceTokens: [String] {
        registrations((dendrite?.applicationServiceFiles ?? []) + (synapse?.applicationServiceFiles ?? []))
            .map(\.accessToken)
    }

    /// The registration files of bridges that can be read; those that cannot are a matter of the checks.
    func registrations(_ files: [String]) -> [ApplicationServiceRegistration] {
        files.compactMap { try? ApplicationServiceRegistration(contentsOf: $0) }
    }
}
