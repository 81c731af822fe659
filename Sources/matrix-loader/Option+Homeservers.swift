// SPDX-License-Identifier: Apache-2.0
import Options

/// How to find the two homeservers.
extension Option {
    private static let group = "Homeservers"

    static let dendriteConfig = Option(
        "dendrite-config", value: .file, environment: "MATRIX_LOADER_DENDRITE_CONFIG", group: group,
        help: "Dendrite's configuration, dendrite.yaml. Its components may have databases of their own.")
    static let synapseConfig = Option(
        "synapse-config", value: .file, environment: "MATRIX_LOADER_SYNAPSE_CONFIG", isRepeatable: true, group: group,
        help:
            "Synapse's configuration: homeserver.yaml, or a folder of such files. The store \"state\" may have a "
            + "database of its own.")
    static let dendriteDatabase = Option(
        "dendrite-db", value: .connection, environment: "MATRIX_LOADER_DENDRITE_DB", group: group,
        help:
            "How libpq finds Dendrite's database, one with all tables, where dendrite.yaml does not say it. Leave "
            + "passwords to PGPASSFILE or to the variable: other users of the host can see command lines.")
    static let dendriteMediaPath = Option(
        "dendrite-media-path", value: .folder, environment: "MATRIX_LOADER_DENDRITE_MEDIA_PATH", group: group,
        help: "Dendrite's folder of media.")
    static let synapseDatabase = Option(
        "synapse-db", value: .connection, environment: "MATRIX_LOADER_SYNAPSE_DB", group: group,
        help: "How libpq finds Synapse's database, one with all tables, where homeserver.yaml does not say it.")
    static let synapseMediaPath = Option(
        "synapse-media-path", value: .folder, environment: "MATRIX_LOADER_SYNAPSE_MEDIA_PATH", group: group,
        help: "Synapse's folder of media.")
    static let serverName = Option(
        "server-name", value: .init("NAME"), environment: "MATRIX_LOADER_SERVER_NAME", group: group,
        help: "The server's name as users' ids have it, where neither configuration is given.")

    /// Both homeservers.
    static let homeservers = [
        dendriteConfig, synapseConfig, dendriteDatabase, dendriteMediaPath, synapseDatabase, synapseMediaPath,
        serverName,
    ]
    /// The target alone.
    static let target = [synapseConfig, synapseDatabase]
}
