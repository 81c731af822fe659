// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What all threads of one run share: both folders, the options, and what was learnt about the file systems.
final class CopySite: Sendable {
    let source: SourceTree
    let target: TargetTree
    let options: CopyOptions
    let progress: CopyProgress
    let throttle: Throttle
    let claims = TargetClaims()
    private let links: Atomic<Bool>
    private let clones: Atomic<Bool>
    private let copiesRanges: Atomic<Bool>
    private let noted = Mutex<[String]>([])

    /// Takes what is known before the first file: whether the target's file system shares blocks (`clones`), and whether
    /// `copy_file_range` may be used.
    init(
        source: SourceTree,
        target: TargetTree,
        options: CopyOptions,
        progress: CopyProgress,
        clones: Bool,
        copiesRanges: Bool
    ) {
        self.source = source
        self.target = target
        self.options = options
        self.progress = progress
        throttle = Throttle(bytesPerSecond: options.bandwidthLimit) { progress.isCancelled }
        links = Atomic(options.sharing == .link)
        self.clones = Atomic(clones)
        self.copiesRanges = Atomic(copiesRanges)
    }

    /// Whether source files are to be linked, and no file system has refused yet.
    var isLinking: Bool { links.load(ordering: .relaxed) }
    /// Whether source files are to be cloned, and no file system has refused yet.
    var isCloning: Bool { clones.load(ordering: .relaxed) }
    /// Whether `copy_file_range` is to be used, and no file system has refused yet.
    var isCopyingRanges: Bool { copiesRanges.load(ordering: .relaxed) }

    func stopLinking(_ errno: Errno) { stop(links, "Hard links to the source are refused (\(errno)): copying.") }
    func stopCloning(_ errno: Errno) { stop(clones, "Clones of the source are refused (\(errno)): copying.") }
    func stopCopyingRanges(_ errno: Errno) {
        stop(copiesRanges, "copy_file_range is refused (\(errno)): reading and writing.")
    }

    /// Whether this run computes the file's SHA-256.
    func hashes(_ file: MediaFile) -> Bool {
        switch options.hashing {
        case .never: false
        case .whereExpected: file.sha256 != nil
        case .always: true
        }
    }

    /// Notes something for the summary, once.
    func note(_ sentence: String) {
        noted.withLock { if !$0.contains(sentence) { $0.append(sentence) } }
    }

    /// What was noted so far.
    var notes: [String] { noted.withLock { $0 } }

    private func stop(_ way: borrowing Atomic<Bool>, _ sentence: String) {
        if way.exchange(false, ordering: .relaxed) { note(sentence) }
    }
}
