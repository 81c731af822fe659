// SPDX-License-Identifier: Apache-2.0
import Loader
import MediaCopier
import Postgres

/// Takes media from Dendrite's layout, by content, to Synapse's, by id, file by file as the source lists them.
struct MediaMigration {
    let serverName: String
    let inputs: MediaInputs

    /// Copies all files and tells `visit` of each that is whole at the target with all of its thumbnails.
    ///
    /// What `visit` was told survives a power cut only once this function has returned.
    ///
    /// - Throws: ``PostgresError`` if the source is lost, ``MediaError`` if copying could not go on; what `visit` throws.
    func run(_ source: inout Connection, _ visit: (StoredFile) throws -> Void) throws -> MediaReport {
        let flow = MediaFlow(inputs)
        try source.copyOut(Medium.query) { reader in
            // The last originals' thumbnails come up when the copier has been told that there is no more.
            while !flow.isDone {
                try copy(
                    flow,
                    read: {
                        guard let row = try reader.next() else { return nil }
                        return try Medium(row, serverName: serverName)
                    },
                    visit)
            }
        }
        Failpoint.reach(.mediaSynced)
        return flow.report
    }

    /// One call of the copier, which takes files as it needs them.
    ///
    /// It cannot be handed an error: that is kept until it is done with what it has in hand.
    private func copy(
        _ flow: MediaFlow, read: () throws -> Medium?, _ visit: (StoredFile) throws -> Void
    ) throws {
        var failure: (any Error)?
        func next() -> MediaFile? {
            guard failure == nil else { return nil }
            do {
                let file = try flow.next(read)
                if file != nil { Failpoint.reach(.mediaTaken) }
                return file
            } catch {
                failure = error
                return nil
            }
        }
        flow.beginCall()
        let copier = MediaCopier(source: inputs.source, target: inputs.store, options: inputs.options)
        let summary = try withoutActuallyEscaping(next) { next in
            try copier.copy(AnyIterator(next), progress: inputs.progress) { number, outcome in
                if outcome.isAtTarget { Failpoint.reach(.mediaCopied) }
                guard let file = flow.finish(number, outcome), failure == nil else { return }
                do { try visit(file) } catch { failure = error }
            }
        }
        if let failure { throw failure }
        flow.endCall(summary)
    }
}
