// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What the checks need to know besides the two databases: plain values from options and configuration files.
struct HomeserverInputs: Sendable {
    /// The server's name as Dendrite's configuration has it.
    var serverName: String
    /// The server's name as homeserver.yaml has it; nil where only an option gave one.
    var synapseServerName: String?
    /// Ids of the application services that homeserver.yaml names; nil where there is no homeserver.yaml.
    var applicationServices: [String]?
    /// The registration files that homeserver.yaml names.
    var registrationFiles: [String] = []
    /// Those that dendrite.yaml alone names.
    var formerRegistrationFiles: [String] = []
    /// homeserver.yaml's `database.allow_unsafe_locale`.
    var allowsUnsafeLocale = false
    /// Whether homeserver.yaml sets `password_config.pepper`.
    var hasPasswordPepper = false
    /// Whether homeserver.yaml lets users log in with their passwords.
    var hasPasswordLogin = true
    /// Whether homeserver.yaml leaves it to Matrix Authentication Service who is logged in.
    var delegatesAuthentication = false
    /// Settings of homeserver.yaml whose paths Synapse may see elsewhere, and where they are seen here.
    var relativePaths: [(setting: String, path: String)] = []
    /// Localparts of who sends server notices in Dendrite and in Synapse, where both do.
    var noticeSenders: (from: String, to: String)?
    /// Dendrite's `media_api.base_path` and Synapse's `media_store_path`; nil where no media is to be copied.
    var media: (from: String, to: String)?
    /// Whether that is on purpose.
    var skipsMedia = false
    /// Whether files are linked rather than copied, which takes no space.
    var mediaIsLinked = false
    /// Dendrite's `global.private_key` and Synapse's `signing_key_path`; nil where the key is not to be carried.
    var signingKey: (from: String, to: String)?
    /// What identifies the migration in the ledger, so that its own traces in the target are no surprise.
    var migration: String?
    /// Whether both servers may still run, as before the migration itself: then it is a warning.
    var serversMayRun = false

    init(serverName: String) {
        self.serverName = serverName
    }

    /// What options and configuration files say; which migration it is, and how media are moved, remains to be set.
    init(_ homeservers: Homeservers) {
        self.init(serverName: homeservers.serverName)
        if let from = homeservers.mediaPath, let to = homeservers.mediaStorePath { media = (from, to) }
        formerRegistrationFiles = homeservers.dendrite?.applicationServiceFiles ?? []
        guard let synapse = homeservers.synapse else { return }
        synapseServerName = synapse.serverName
        applicationServices = homeservers.registrations(synapse.applicationServiceFiles).map(\.id)
        registrationFiles = synapse.applicationServiceFiles
        let named = Set(registrationFiles.map(Self.standardized))
        formerRegistrationFiles.removeAll { named.contains(Self.standardized($0)) }
        allowsUnsafeLocale = synapse.mainDatabase.allowsUnsafeLocale
        hasPasswordPepper = synapse.hasPasswordPepper
        hasPasswordLogin = synapse.hasPasswordLogin
        delegatesAuthentication = synapse.delegatesAuthentication
        // Media may have been told another place.
        relativePaths = synapse.relativePaths.filter {
            $0.path != synapse.mediaStorePath || homeservers.mediaStorePath == synapse.mediaStorePath
        }
        guard let dendrite = homeservers.dendrite else { return }
        signingKey = (dendrite.signingKeyPath, synapse.signingKeyPath)
        if let from = dendrite.serverNotices?.localpart, let to = synapse.serverNoticesLocalpart {
            noticeSenders = (from, to)
        }
    }

    /// A path without detours, by which to know one that is written in two ways.
    private static func standardized(_ path: String) -> URL { URL(filePath: path).standardizedFileURL }
}
