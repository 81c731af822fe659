// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier
import Postgres

/// Whether the media can be read, and has room where it goes.
struct MediaCheck {
    let inputs: HomeserverInputs

    var checks: [DatabaseCheck] {
        if inputs.media != nil { return [reading, writing] }
        return inputs.skipsMedia ? [] : [knowing]
    }

    /// Media are left out where a folder is not known, which nobody may have meant.
    private func knowing(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        let count = try source.integer("SELECT count(*) FROM mediaapi_media_repository") ?? 0
        guard count > 0 else { return [] }
        return [
            Finding(
                .warning, "media", "no folder is known to copy \(count) media from or to, so they are left out",
                remedy: "Give both configuration files, or --dendrite-media-path and --synapse-media-path; with "
                    + "--skip-media this warning goes")
        ]
    }

    private func reading(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        guard let from = inputs.media?.from else { return [] }
        let exists = URL(filePath: from).isFolder
        let files = FileManager.default
        if exists, files.isReadableFile(atPath: from), files.isExecutableFile(atPath: from) { return [] }
        // Dendrite makes the folder with the first file.
        if !exists, try source.value("SELECT 1 FROM mediaapi_media_repository LIMIT 1") == nil { return [] }
        return [
            Finding(
                .error, from, exists ? "Dendrite's media cannot be read" : "there is no such folder of media",
                remedy:
                    "Check media_api.base_path, where a relative path is seen from the folder of dendrite.yaml, and the "
                    + "permissions; or leave media out with --skip-media")
        ]
    }

    private func writing(_ source: inout Connection) throws(PostgresError) -> [Finding] {
        guard let to = inputs.media?.to else { return [] }
        guard URL(filePath: to).isWritableOrCanBeMade else {
            return [
                Finding(
                    .error, to, "media cannot be written there",
                    remedy: "Let the user who runs this write there, or correct media_store_path in homeserver.yaml")
            ]
        }
        // Who later deletes Dendrite's folder would delete Synapse's.
        if let from = inputs.media?.from, URL(filePath: from).isFolder, URL(filePath: to).isWithin(URL(filePath: from))
        {
            return [
                Finding(
                    .error, to, "it is in Dendrite's folder of media, \(from), which is to stay as it is",
                    remedy: "Name another folder as media_store_path in homeserver.yaml, or with --synapse-media-path")
            ]
        }
        if inputs.mediaIsLinked { return linking(to) }
        let claimed = Int64(try MediaVolume.claimed(&source).bytes)
        guard let free = freeSpace(to), free < claimed else { return [] }
        // Sizes are what uploads said of themselves, and some files may be there already: now it pays to look.
        let copier = MediaCopier(source: inputs.media?.from ?? "", target: to)
        let needed = (try? copier.bytesLeft()) ?? claimed
        guard free < needed else { return [] }
        return [.noRoom(at: to, needed: needed, free: free)]
    }

    /// Names that cannot be given are copies, which nobody has counted on.
    private func linking(_ to: String) -> [Finding] {
        guard let from = inputs.media?.from,
            (try? MediaCopier(source: from, target: to).isOnOneFileSystem()) == false
        else { return [] }
        return [.notLinkable(from: from, to: to)]
    }

    /// Bytes; nil where the file system does not say.
    private func freeSpace(_ path: String) -> Int64? {
        let folder = URL(filePath: path).nearestExisting.path(percentEncoded: false)
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}
