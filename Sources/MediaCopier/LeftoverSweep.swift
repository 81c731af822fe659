// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Removes the unfinished files of a run that was killed.
struct LeftoverSweep {
    let target: TargetTree

    /// Looks through the whole target, following no symbolic link.
    ///
    /// - Returns: How many files were removed.
    func run() -> Int {
        var removed = 0
        _ = TreeWalk(root: target.root.rawValue).run { entry in
            guard entry.kind == .file, TemporaryName.matches(entry.name) else { return }
            if unlinkat(entry.directory, entry.name, 0) == 0 { removed += 1 }
        }
        return removed
    }
}
