// SPDX-License-Identifier: Apache-2.0

/// How a ``MediaCopier`` goes about it.
public struct CopyOptions: Sendable, Hashable {
    /// Which contents are hashed on their way.
    public enum Hashing: String, Sendable, Hashable {
        /// None: expected digests are not compared.
        case never
        /// Those whose digest is known beforehand.
        case whereExpected
        /// All, so that each outcome carries a digest.
        case always
    }

    /// How a file gets its content at the target.
    public enum Sharing: String, Sendable, Hashable {
        /// Blocks are shared with the source where the file system can (`FICLONE`), and copied where it can't.
        case clone
        /// The target is another name of the source file: only for a source that nobody writes to any more.
        ///
        /// Owner and mode are the source's then, ``CopyOptions/ownership`` counts for folders only.
        case link
        /// Every byte is written anew.
        case never
    }

    /// The user and group that files and directories at the target shall belong to.
    public struct Ownership: Sendable, Hashable {
        /// The numeric user.
        public let user: UInt32
        /// The numeric group.
        public let group: UInt32

        /// Both by number, as `chown` takes them.
        public init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }
    }

    /// The engine to use; `auto` takes the best one and falls back, any other one fails where it can't be had.
    public var engine = Engine.auto
    /// Which contents are hashed.
    public var hashing = Hashing.whereExpected
    /// Whether content may be shared with the source.
    public var sharing = Sharing.clone
    /// Whether files that are at the target already are compared by SHA-256 rather than by size alone.
    public var verifies = false
    /// Whether to only say what would happen.
    public var isDryRun = false
    /// Whether a file whose SHA-256 is wrong is copied nevertheless (and reported as at fault).
    public var keepsDamaged = false
    /// The most bytes that may be read per second, over all threads; `nil` for no limit.
    public var bandwidthLimit: Int?
    /// Whom the target's files and directories shall belong to; `nil` for the user who runs this.
    public var ownership: Ownership?
    /// Whether a run is over only when everything it wrote would survive a power cut; `false` to measure what that costs.
    public var isDurable = true
    /// How many threads copy; `nil` for what suits the engine and the machine.
    public var threadCount: Int?

    /// The defaults: each option says its own.
    public init() {}
}
