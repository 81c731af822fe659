// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What the benchmarks share: settings, a folder, and databases that are made when the first one needs them.
final class Workbench {
    let settings: Settings
    /// The program that is measured.
    let program: String
    let folder: URL
    private var lastNumber = 0
    private var copies: [String] = []
    private(set) lazy var databases = Databases(self)
    /// How the server of `--events` was migrated, for those who look at the same runs from another side.
    var migrations: (source: Source, runs: [Execution])?
    private var stores: [MediaStore.Shape: String] = [:]
    private var large: (source: Source, run: Execution)?

    /// Makes a folder of this process's own, below the settings' folder.
    ///
    /// - Throws: Foundation's errors if the folder cannot be made.
    init(_ settings: Settings) throws {
        self.settings = settings
        program = ProcessInfo.processInfo.environment["MATRIX_LOADER"] ?? "matrix-loader"
        folder = settings.folder.appending(path: "\(ProcessInfo.processInfo.processIdentifier)").absoluteURL
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// The path of a folder or file that is not there yet.
    func freshPath(_ purpose: String) -> String {
        lastNumber += 1
        return folder.appending(path: "\(purpose)-\(lastNumber)").path
    }

    /// The path of a folder that a media store will be copied to.
    func copyPath() -> String {
        let path = freshPath("copied")
        copies.append(path)
        return path
    }

    /// Makes room when a race of copies is over.
    ///
    /// ext4 makes new directories slowly for a while after many were removed: hence a new folder for each copy, none
    /// removed before the race is over, and a pause before the next one.
    func removeCopies(files: Int) {
        for path in copies { try? FileManager.default.removeItem(atPath: path) }
        copies = []
        Machine.dropCaches()
        if files > 5000 { Thread.sleep(forTimeInterval: 45) }
    }

    /// Runs the measured program.
    func run(_ arguments: [String]) throws -> Execution {
        try Execution.run([program] + arguments)
    }

    /// The migration of a server five times as large, once for all who ask for it.
    func migrateLarge() throws -> (source: Source, run: Execution) {
        if let large { return large }
        let source = try databases.source(Source(events: settings.events * 5))
        let run = try databases.migrate(source)
        say("  \(source.events) events: \(Benchmarks.text(run.seconds)) s, \(run.peakBytes >> 20) MiB")
        large = (source, run)
        return (source, run)
    }

    /// A store that is made when it is asked for the first time.
    ///
    /// - Returns: its path.
    func mediaStore(_ shape: MediaStore.Shape) throws -> String {
        if let path = stores[shape] { return path }
        let path = freshPath("store")
        try MediaStore.make(shape, in: path)
        stores[shape] = path
        return path
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
