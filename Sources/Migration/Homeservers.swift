// SPDX-License-Identifier: Apache-2.0
import Loader

/// The two homeservers of a migration: what their configuration files or the command line say of them.
public struct Homeservers: Sendable {
    /// The name of the server, as users' ids have it; it is the same before and after.
    public var serverName: String
    /// libpq's connection string of Dendrite's database; of several that of the room server.
    public var source: String
    /// libpq's connection string of Synapse's main database; empty for commands that need none.
    public var target: String
    /// Dendrite's databases where its components have several; empty where all share ``source``.
    var dividedSource: [DendriteDatabase] = []
    /// Synapse's database of the store `state`, where it is not ``target``.
    public var stateTarget: String?
    /// Dendrite's `media_api.base_path`; nil where media are not asked for.
    public var mediaPath: String?
    /// Synapse's `media_store_path`.
    public var mediaStorePath: String?
    /// Dendrite's configuration; nil where only options name it.
    public var dendrite: DendriteConfiguration?
    /// Synapse's configuration; nil where only options name it.
    public var synapse: SynapseConfiguration?

    /// Two homeservers without configuration files, Dendrite's components all in one database.
    ///
    /// - Parameters:
    ///   - serverName: as users' ids have it.
    ///   - source: libpq's connection string of Dendrite's database.
    ///   - target: the same of Synapse's.
    ///   - mediaPath: Dendrite's folder of media; nil where they are not asked for.
    ///   - mediaStorePath: Synapse's.
    public init(
        serverName: String, source: String, target: String, mediaPath: String? = nil, mediaStorePath: String? = nil
    ) {
        self.serverName = serverName
        self.source = source
        self.target = target
        self.mediaPath = mediaPath
        self.mediaStorePath = mediaStorePath
    }

    /// Two homeservers, of which Dendrite may have several databases.
    ///
    /// - Parameter sources: all databases of Dendrite's, the room server's first.
    public init(
        serverName: String, sources: [DendriteDatabase], target: String, mediaPath: String? = nil,
        mediaStorePath: String? = nil
    ) {
        self.init(
            serverName: serverName, source: sources.first?.conninfo ?? "", target: target, mediaPath: mediaPath,
            mediaStorePath: mediaStorePath)
        if sources.count > 1 { dividedSource = sources }
    }

    /// Takes everything from the two configuration files.
    ///
    /// Whether they are of one server is a matter of the checks, or of ``expectOneName()``.
    public init(_ dendrite: DendriteConfiguration, _ synapse: SynapseConfiguration) {
        self.init(
            serverName: dendrite.serverName, sources: dendrite.sources, target: synapse.mainDatabase.conninfo.text,
            mediaPath: dendrite.mediaPath, mediaStorePath: synapse.mediaStorePath)
        stateTarget = synapse.stateTarget
        self.dendrite = dendrite
        self.synapse = synapse
    }

    /// Makes sure that both configuration files are of one server, for those who run no checks.
    ///
    /// - Throws: ``ConfigurationError`` if they name different servers.
    public func expectOneName() throws(ConfigurationError) {
        guard let synapse, synapse.serverName != serverName else { return }
        throw ConfigurationError(
            file: synapse.files.first ?? "homeserver.yaml",
            sentence:
                "server_name is \(synapse.serverName), but Dendrite's is \(serverName): a server can only move under its "
                + "own name; correct one of the two configuration files.")
    }

    /// All databases of Dendrite's.
    var sources: [DendriteDatabase] {
        guard dividedSource.isEmpty else { return dividedSource }
        return [DendriteDatabase(conninfo: source, components: DendriteConfiguration.Component.allCases)]
    }

    /// How to connect to where all tables of Dendrite's can be read together, and to Synapse's database.
    ///
    /// Where Dendrite's components have several databases, that is the target, once they are gathered there.
    var sessions: Sessions {
        let targetSchema = stateTarget == nil ? nil : GatheredTables.state.schema
        return dividedSource.isEmpty
            ? Sessions(source: source, target: target, targetSchema: targetSchema)
            : Sessions(
                source: target, target: target, sourceSchema: GatheredTables.shared.schema, targetSchema: targetSchema)
    }

    /// How to connect to one component's database.
    func sessions(with component: DendriteConfiguration.Component) -> Sessions {
        Sessions(source: sources.first { $0.components.contains(component) }?.conninfo ?? source, target: target)
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
