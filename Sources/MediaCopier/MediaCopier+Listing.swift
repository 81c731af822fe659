// SPDX-License-Identifier: Apache-2.0

/// What the source holds, asked for or not.
extension MediaCopier {
    /// Lists everything in the source folder, so that a caller can name what it knows nothing of.
    ///
    /// - Parameter visit: Is told of each entry, in no particular order; no symbolic link is followed.
    /// - Throws: ``MediaError`` if the source folder can't be opened.
    public func listSource(_ visit: (SourceEntry) -> Void) throws(MediaError) {
        let source = try SourceTree(source)
        let unreadable = TreeWalk(root: source.root.rawValue).run { visit(SourceEntry(path: $0.path, kind: $0.kind)) }
        for path in unreadable { visit(SourceEntry(path: path, kind: .unreadableFolder)) }
    }
}
