// SPDX-License-Identifier: Apache-2.0
public import Loader
import MediaCopier
import Postgres

extension Migration {
    /// Everything that stands in the way of this migration, all at once; nothing is written.
    ///
    /// - Parameter serversMayRun: whether it is a warning only that one of the homeservers runs, as it may before the
    ///   migration itself.
    public func check(serversMayRun: Bool = false) -> [Finding] {
        var inputs = HomeserverInputs(homeservers)
        inputs.serversMayRun = serversMayRun
        inputs.skipsMedia = settings.skipMedia
        if settings.skipMedia {
            inputs.media = nil
            inputs.relativePaths.removeAll { $0.path == homeservers.synapse?.mediaStorePath }
        }
        inputs.mediaIsLinked = settings.mediaOptions.sharing == .link
        inputs.migration = identification
        return HomeserverCheck(inputs).findings(homeservers) + inlineKey
    }

    /// What the ledger of this migration would name; nil where the source cannot be asked, which the checks will say.
    private var identification: String? {
        try? Inputs(homeservers, settings).text
    }

    private var inlineKey: [Finding] {
        guard let synapse = homeservers.synapse, synapse.hasInlineSigningKey, homeservers.dendrite != nil else {
            return []
        }
        return [
            Finding(
                .error, "signing key",
                "homeserver.yaml holds a signing key itself, so Synapse would not read Dendrite's",
                remedy: "Remove signing_key from homeserver.yaml; \(synapse.signingKeyPath) will be the key's file")
        ]
    }
}
