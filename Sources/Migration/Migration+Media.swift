// SPDX-License-Identifier: Apache-2.0
public import Loader
public import MediaCopier
import Postgres

extension Migration {
    /// Copies media files alone; no row is written and the target's database not touched.
    ///
    /// What is at the target already and right is not copied again.
    ///
    /// - Parameter progress: counters to read meanwhile from other threads, and the means to stop.
    /// - Throws: ``MigrationError/noMediaFolders`` unless both folders are known; ``PostgresError`` if the source is lost;
    ///   ``MediaError`` if copying could not go on. What was copied stays, and the same call goes on.
    public func copyMedia(progress: CopyProgress = CopyProgress()) throws -> MediaReport {
        var source = try homeservers.sessions(with: .mediaAPI).openSource()
        defer { source.rollBack() }
        guard var inputs = try mediaInputs(&source) else { throw MigrationError.noMediaFolders }
        inputs.progress = progress
        progress.expect(files: settings.mediaProgress.filesExpected, bytes: settings.mediaProgress.bytesExpected)
        stop.whenRequested { progress.cancel() }
        return try MediaMigration(serverName: homeservers.serverName, inputs: inputs).run(&source) { _ in }
    }

    /// What stands in the way of ``copyMedia(progress:)``: folders that can't be read or written, and too little room.
    ///
    /// - Throws: ``MigrationError/noMediaFolders`` unless both folders are known; ``PostgresError`` if the source is lost.
    public func checkMedia() throws -> [Finding] {
        guard let from = homeservers.mediaPath, let to = homeservers.mediaStorePath else {
            throw MigrationError.noMediaFolders
        }
        var inputs = HomeserverInputs(serverName: homeservers.serverName)
        inputs.media = (from, to)
        inputs.mediaIsLinked = settings.mediaOptions.sharing == .link
        var source = try homeservers.sessions(with: .mediaAPI).openSource()
        defer { source.rollBack() }
        return source.findings(of: MediaCheck(inputs: inputs).checks)
    }

    /// What media's loads are to know; nil where media are left out.
    func mediaInputs(_ source: inout Connection) throws(PostgresError) -> MediaInputs? {
        guard !settings.skipMedia, let path = homeservers.mediaPath, let store = homeservers.mediaStorePath else {
            return nil
        }
        let progress = settings.mediaProgress
        let (files, bytes) = try MediaVolume.claimed(&source)
        progress.expect(files: files, bytes: bytes)
        stop.whenRequested { progress.cancel() }
        return MediaInputs(
            source: path, store: store,
            thumbnailSizes: ThumbnailSize.offered(homeservers.dendrite?.thumbnailSizes ?? []),
            options: settings.mediaOptions, progress: progress,
            count: Int(try source.integer("SELECT count(*) FROM mediaapi_media_repository") ?? 0))
    }

    /// One more worker where there are media: whoever copies them waits for the disk and leaves the databases to the others.
    func loaderSettings(_ plan: Plan) -> Loader.Settings {
        var loader = settings.loader
        if plan.media != nil { loader.workers += 1 }
        return loader
    }
}
