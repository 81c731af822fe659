// SPDX-License-Identifier: Apache-2.0
import MediaCopier

extension MediaFault.Reason {
    static let unservable = "media whose id Synapse cannot serve"

    /// What the report calls media of which the original has this fault.
    var leavingBehind: String {
        switch self {
        case .missing, .vanished, .notARegularFile, .outsideTheSource: "media whose file is missing"
        case .damaged, .truncated, .oversized, .changedWhileCopied: "media whose file is not what was uploaded"
        case .unreadable, .io: "media whose file cannot be read"
        case .unusablePath: Self.unservable
        }
    }
}
