// SPDX-License-Identifier: Apache-2.0
import Loader
import Migration
import Options

extension Homeservers {
    /// The homeservers that a command line names, by their configuration files or piece by piece.
    ///
    /// - Parameter needsTarget: whether Synapse's database has to be among what they name.
    /// - Throws: ``UsageError`` if something is not said; ``Obstacles`` with all that is wrong in the files.
    init(_ invocation: Invocation, needsTarget: Bool = true) throws {
        var findings: [Finding] = []
        func read<Configuration>(_ body: () throws(ConfigurationError) -> Configuration?) -> Configuration? {
            do throws(ConfigurationError) {
                return try body()
            } catch {
                findings.append(Finding(error))
                return nil
            }
        }
        let dendrite = read { () throws(ConfigurationError) in
            try invocation.string(.dendriteConfig).map { file throws(ConfigurationError) in
                try DendriteConfiguration(contentsOf: file)
            }
        }
        let synapse = read { () throws(ConfigurationError) in try invocation.synapseConfiguration() }
        guard findings.isEmpty else { throw Obstacles(findings: findings) }
        if let dendrite, let synapse, !invocation.has(.dendriteDatabase), !invocation.has(.synapseDatabase) {
            self = Homeservers(dendrite, synapse)
        } else {
            let sources = try invocation.sources(dendrite)
            let target = needsTarget ? try invocation.target(synapse) : ""
            guard let name = invocation.string(.serverName) ?? dendrite?.serverName ?? synapse?.serverName else {
                throw invocation.lacks("--server-name NAME, as there is no configuration")
            }
            self.init(
                serverName: name, sources: sources, target: target,
                mediaPath: dendrite?.mediaPath, mediaStorePath: synapse?.mediaStorePath)
            stateTarget = invocation.stateTarget(synapse)
            self.dendrite = dendrite
            self.synapse = synapse
        }
        guard ServerName.isValid(invocation.string(.serverName) ?? serverName) else {
            throw UsageError(
                "\(invocation.origin(of: .serverName)) \(ServerName.refusal)", explanation: invocation.explanation)
        }
        if let name = invocation.string(.serverName), let configured = dendrite?.serverName, name != configured {
            throw UsageError(
                "\(invocation.origin(of: .serverName)) is \(name), but dendrite.yaml says \(configured).",
                explanation: invocation.explanation)
        }
        if let path = invocation.string(.dendriteMediaPath) { mediaPath = path }
        if let path = invocation.string(.synapseMediaPath) ?? invocation.string(.synapseMediaPaths) {
            mediaStorePath = path
        }
    }
}

extension Invocation {
    /// How the target is found, for commands that need nothing else.
    ///
    /// - Throws: ``UsageError`` if nothing says it; ``ConfigurationError``.
    func target() throws -> MigrationTarget {
        let synapse = try synapseConfiguration()
        return MigrationTarget(try target(synapse), state: stateTarget(synapse))
    }

    var namesDendrite: Bool { has(.dendriteConfig) || has(.dendriteDatabase) }

    var explanation: String { "matrix-loader \(command.name) --help" }

    func lacks(_ what: String) -> UsageError {
        UsageError("'\(command.name)' needs \(what).", explanation: explanation)
    }

    fileprivate func synapseConfiguration() throws(ConfigurationError) -> SynapseConfiguration? {
        let files = strings(.synapseConfig)
        return files.isEmpty ? nil : try SynapseConfiguration(contentsOf: files)
    }

    fileprivate func target(_ synapse: SynapseConfiguration?) throws(UsageError) -> String {
        if let text = string(.synapseDatabase) { return try checked(text, .synapseDatabase) }
        guard let synapse else { throw lacks("--synapse-config FILE or --synapse-db CONNINFO") }
        return synapse.mainDatabase.conninfo.text
    }

    /// Of what the option names, all is one database.
    fileprivate func stateTarget(_ synapse: SynapseConfiguration?) -> String? {
        has(.synapseDatabase) ? nil : synapse?.stateTarget
    }

    /// The only database of Dendrite's.
    ///
    /// - Throws: ``UsageError`` if there are several, or nothing says it.
    func source(_ dendrite: DendriteConfiguration?) throws(UsageError) -> String {
        let sources = try sources(dendrite)
        guard let source = sources.first, sources.count == 1 else {
            throw lacks("--dendrite-db CONNINFO for all tables, as Dendrite's components use several databases")
        }
        return source.conninfo
    }

    fileprivate func sources(_ dendrite: DendriteConfiguration?) throws(UsageError) -> [DendriteDatabase] {
        if let text = string(.dendriteDatabase) {
            let whole = DendriteConfiguration.Component.allCases
            return [DendriteDatabase(conninfo: try checked(text, .dendriteDatabase), components: whole)]
        }
        guard let dendrite else { throw lacks("--dendrite-config FILE or --dendrite-db CONNINFO") }
        return dendrite.sources
    }

    /// Never shows the text, which may hold a password.
    private func checked(_ text: String, _ option: Option) throws(UsageError) -> String {
        guard let conninfo = Conninfo(parsing: text) else {
            throw UsageError(
                "\(origin(of: option)) is no connection string of PostgreSQL.", explanation: explanation)
        }
        return conninfo.text
    }
}
