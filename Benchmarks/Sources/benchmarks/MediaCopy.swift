// SPDX-License-Identifier: Apache-2.0
import Foundation
import MediaCopier

/// One run of our copier in a process of its own, so that the kernel counts what it needs.
struct MediaCopy {
    /// The first argument of such a process.
    static let word = "copy-media"

    var source: String
    var target: String
    var files: Int
    var engine = Engine.auto
    var hashing = CopyOptions.Hashing.never
    var threads: Int?
    var isDurable = true

    init(_ store: String, files: Int, to target: String) {
        (source, self.target, self.files) = (store, target, files)
    }

    /// Reads the copy that this process is to make from its arguments.
    ///
    /// - Throws: ``Failure`` unless they are what ``arguments`` gives.
    init(arguments: [String]) throws {
        guard arguments.count == 7, let files = Int(arguments[2]), let engine = Engine(rawValue: arguments[3]),
            let hashing = CopyOptions.Hashing(rawValue: arguments[4])
        else { throw Failure(description: "\(Self.word) is for this program alone") }
        (source, target, self.files) = (arguments[0], arguments[1], files)
        (self.engine, self.hashing, threads) = (engine, hashing, Int(arguments[5]))
        isDurable = arguments[6] == "durable"
    }

    var arguments: [String] {
        [
            source, target, "\(files)", engine.rawValue, hashing.rawValue, threads.map { "\($0)" } ?? "any",
            isDurable ? "durable" : "unsynced",
        ]
    }

    /// Starts the process, and waits for it.
    func execute() throws -> Execution {
        try Execution.run(["/proc/self/exe", Self.word] + arguments)
    }

    /// What the process does.
    ///
    /// It knows the names beforehand, as a migration knows them from the database.
    func run() throws {
        var options = CopyOptions()
        (options.engine, options.hashing, options.threadCount) = (engine, hashing, threads)
        options.isDurable = isDurable
        let list = (0..<files).lazy.map { number in
            let name = MediaStore.name(number)
            return MediaFile(source: MediaStore.source(name), targets: [MediaStore.target(name)])
        }
        let summary = try MediaCopier(source: source, target: target, options: options).copy(list)
        guard summary.filesCopied == files else {
            throw Failure(
                description: "\(summary.filesCopied) of \(files) files were copied: \(summary.faults.prefix(3))")
        }
    }
}
