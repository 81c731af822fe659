// SPDX-License-Identifier: Apache-2.0
import MediaCopier

/// Finds what lies in Dendrite's media store and belongs to no medium.
///
/// The store is listed in the order of names and media come in the order of their hashes, which are the names of the
/// folders: so both are read side by side, and no list of either is kept.
struct StrayFiles {
    /// Something that nobody knows of.
    struct Stray: Equatable {
        /// Relative to the store.
        let path: String
        let reason: String
    }

    /// A hash's first character, its second, the rest.
    private static let depth = 3

    private var listing: SourceListing?
    /// A folder of a hash that is yet to come.
    private var waiting: SourceEntry?

    /// A store that can't be opened has nothing; the copier will say so.
    init(_ store: String) { listing = try? SourceListing(store) }

    /// Goes on to the folder of the next file that is known, or to the end if there is none.
    mutating func advance(to known: String?, _ meet: (Stray) -> Void) {
        while let entry = waiting.take() ?? listing?.next() {
            let parts = entry.path.split(separator: "/")
            guard entry.kind == .folder else {
                meet(Stray(path: entry.path, reason: Self.reason(entry, parts)))
                continue
            }
            guard parts.count == Self.depth, let known else { continue }
            if entry.path == known { return leave() }
            if Self.precedes(known.split(separator: "/"), parts) {
                waiting = entry
                return
            }
        }
    }

    /// What is in a known file's folder is for ``StoredFile`` to look at.
    private mutating func leave() { listing?.skipFolder() }

    private static func precedes(_ one: [Substring], _ other: [Substring]) -> Bool {
        for (left, right) in zip(one, other) where left != right {
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        return false
    }

    private static func reason(_ entry: SourceEntry, _ parts: [Substring]) -> String {
        switch entry.kind {
        case .symbolicLink: "it is a symbolic link, which is not followed"
        case .unusableName: "its name is no UTF-8"
        case .unreadableFolder: "the folder cannot be read"
        case .other: "it is neither a file nor a folder"
        // Where Dendrite writes what is being uploaded.
        case .file where parts.first == "tmp": "an upload that was never finished"
        case .file, .folder: "no medium has this file"
        }
    }
}
