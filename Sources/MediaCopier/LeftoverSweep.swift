// SPDX-License-Identifier: Apache-2.0

/// Removes the unfinished files of a run that was killed.
struct LeftoverSweep {
    let target: TargetTree

    /// Looks through the whole target, following no symbolic link.
    ///
    /// - Returns: How many files were removed.
    func run() -> Int {
        guard var listing = try? SourceListing(of: target) else { return 0 }
        var removed = 0
        while let entry = listing.next() {
            let name = entry.path.split(separator: "/").last ?? ""
            guard entry.kind == .file, TemporaryName.matches(String(name)) else { continue }
            if listing.remove(entry) { removed += 1 }
        }
        return removed
    }
}
