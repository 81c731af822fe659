// SPDX-License-Identifier: Apache-2.0
public import Digest

/// What became of one file.
public struct MediaOutcome: Sendable, Hashable {
    /// What was done at the target.
    public enum Disposition: String, Sendable, Hashable, CaseIterable {
        /// Written by this run.
        case copied
        /// Given a name at the target by a hard link; no byte was written.
        case linked
        /// Shares its blocks with the source (`FICLONE`); no byte was written.
        case cloned
        /// Was there, whole, before this run.
        case alreadyThere
        /// Would be copied if this were no dry run.
        case wouldCopy
        /// Is not at the target, for the reason that the fault gives.
        case refused
    }

    /// What was done at the target.
    public var disposition: Disposition
    /// The file's real size in bytes; 0 where it could not be read.
    public var size: Int64
    /// The content's SHA-256, where this run has computed it.
    public var sha256: SHA256Digest?
    /// What is wrong with the file.
    ///
    /// With ``CopyOptions/keepsDamaged`` a file can be both copied and at fault.
    public var fault: MediaFault.Reason?

    /// Says what became of a file.
    public init(
        _ disposition: Disposition,
        size: Int64,
        sha256: SHA256Digest? = nil,
        fault: MediaFault.Reason? = nil
    ) {
        self.disposition = disposition
        self.size = size
        self.sha256 = sha256
        self.fault = fault
    }

    /// Whether nothing is wrong with the file.
    public var isWhole: Bool { fault == nil }

    /// Whether the target has the file once the run is over, damaged or not.
    public var isAtTarget: Bool {
        switch disposition {
        case .copied, .linked, .cloned, .alreadyThere: true
        case .wouldCopy, .refused: false
        }
    }

    static func refused(_ reason: MediaFault.Reason, size: Int64 = 0, sha256: SHA256Digest? = nil) -> MediaOutcome {
        MediaOutcome(.refused, size: size, sha256: sha256, fault: reason)
    }
}
