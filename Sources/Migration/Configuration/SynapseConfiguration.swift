// SPDX-License-Identifier: Apache-2.0
import YAML

/// What a migration needs of homeserver.yaml.
///
/// Relative paths are seen from the folder of the file. Synapse sees them from where it is started; see ``relativePaths``.
public struct SynapseConfiguration: Sendable {
    /// The files in the order in which they were read.
    public let files: [String]
    /// The server's name: the part of its users' ids behind the colon.
    public let serverName: String
    /// The database with everything but, possibly, the state of rooms.
    public let mainDatabase: Database
    /// The database with the state of rooms; the main one, unless Synapse has two.
    public let stateDatabase: Database
    /// The folder of the media.
    public let mediaStorePath: String
    /// The file of the signing key.
    public let signingKeyPath: String
    /// Whether the signing key stands in the configuration itself, so that no file of it is read.
    public let hasInlineSigningKey: Bool
    /// The registration files of application services.
    public let applicationServiceFiles: [String]
    /// The localpart of who sends server notices; `nil` where nobody does.
    public let serverNoticesLocalpart: String?
    /// Whether thumbnails are made in any size that is asked for; `nil` where nothing is said of it.
    public let hasDynamicThumbnails: Bool?
    /// Whether passwords are hashed with a pepper, which those from Dendrite are not.
    public let hasPasswordPepper: Bool
    /// Whether Matrix Authentication Service says who is logged in, which knows no token that it did not issue.
    public let delegatesAuthentication: Bool
    /// Whether users may log in with their passwords.
    public let hasPasswordLogin: Bool
    /// Whether statistics of rooms and users are kept, without which the room directory tells nothing new.
    public let keepsStatistics: Bool
    /// Settings whose paths may be others for Synapse than here, as they are relative or left to Synapse.
    public let relativePaths: [(setting: String, path: String)]

    /// How libpq finds the database of the store `state`, where it is not the main one.
    public var stateTarget: String? {
        stateDatabase.conninfo == mainDatabase.conninfo ? nil : stateDatabase.conninfo.text
    }

    /// Reads homeserver.yaml, or a folder of files whose names end in `.yaml`.
    ///
    /// - Throws: ``ConfigurationError`` if a file cannot be read, or they lack something or name a SQLite database.
    public init(contentsOf path: String) throws(ConfigurationError) {
        try self.init(contentsOf: [path])
    }

    /// Reads several files or folders; of a key that is in more than one, the last file's value counts as a whole.
    ///
    /// - Throws: ``ConfigurationError`` if a file cannot be read, or they lack something or name a SQLite database.
    public init(contentsOf paths: [String]) throws(ConfigurationError) {
        let document = try MergedConfiguration(paths)
        files = document.files
        serverName = try document["server_name"].serverName()
        (mainDatabase, stateDatabase) = try Database.mainAndState(document)
        let media = document["media_store_path"]
        mediaStorePath = try media.path() ?? media.resolved("media_store")
        let key = document["signing_key_path"]
        signingKeyPath = try key.path() ?? key.resolved("\(serverName).signing.key")
        hasInlineSigningKey = !document["signing_key"].isEmpty
        applicationServiceFiles = try document["app_service_config_files"].paths()
        let notices = document["server_notices"]
        serverNoticesLocalpart =
            notices.isEmpty
            ? nil : try notices["system_mxid_localpart"].text(orElse: "write the localpart of who sends server notices")
        let dynamic = document["dynamic_thumbnails"]
        hasDynamicThumbnails = dynamic.isEmpty ? nil : try dynamic.bool(otherwise: false)
        let password = document["password_config"]
        hasPasswordPepper = try password["pepper"].text() != nil
        // With the word only_for_reauth passwords confirm what somebody does who is logged in, and nothing else.
        let enabled = password["enabled"].yaml
        hasPasswordLogin =
            enabled.bool != false && enabled.text != "only_for_reauth"
            && password["localdb_enabled"].yaml.bool != false
        keepsStatistics = document["stats"]["enabled"].yaml.bool != false
        delegatesAuthentication = [
            document["matrix_authentication_service"]["enabled"],
            document["experimental_features"]["msc3861"]["enabled"],
        ].contains { $0.yaml.bool == true }
        var relative: [(setting: String, path: String)] = []
        if try media.text()?.hasPrefix("/") != true { relative.append((media.name, mediaStorePath)) }
        // Synapse's own default for the key is beside its configuration.
        if try key.text()?.hasPrefix("/") == false { relative.append((key.name, signingKeyPath)) }
        relativePaths = relative
    }
}
