// SPDX-License-Identifier: Apache-2.0
import Foundation
import MediaCopier

extension CopyOptions.Ownership {
    /// Whom files in a folder should belong to so that Synapse, which runs as its owner, can add to them; nil where
    /// only the user who runs this comes into question, as it does for everybody but root.
    static func following(_ path: String?) -> Self? {
        guard geteuid() == 0, var url = path.map({ URL(filePath: $0).standardizedFileURL }) else { return nil }
        let files = FileManager.default
        while !files.fileExists(atPath: url.path(percentEncoded: false)), url.pathComponents.count > 1 {
            url.deleteLastPathComponent()
        }
        let attributes = try? files.attributesOfItem(atPath: url.path(percentEncoded: false))
        guard let user = (attributes?[.ownerAccountID] as? NSNumber)?.uint32Value, user != 0,
            let group = (attributes?[.groupOwnerAccountID] as? NSNumber)?.uint32Value
        else { return nil }
        return Self(user: user, group: group)
    }
}
