// SPDX-License-Identifier: Apache-2.0
import Digest

/// Whether a content is what was expected.
enum ContentJudgement {
    /// What is wrong with a content, if anything.
    ///
    /// A right SHA-256 outweighs all else: the content is then the expected one, whoever touched the file meanwhile.
    static func fault(of file: MediaFile, size: Int64, sha256: SHA256Digest?, isChanged: Bool) -> MediaFault.Reason? {
        if let expected = file.sha256, let sha256 {
            if expected == sha256 { return nil }
            return isChanged ? .changedWhileCopied : wrongSize(of: file, size: size) ?? .damaged
        }
        if isChanged { return .changedWhileCopied }
        return file.sha256 == nil ? wrongSize(of: file, size: size) : nil
    }

    /// What a file's size alone says against it.
    static func wrongSize(of file: MediaFile, size: Int64) -> MediaFault.Reason? {
        guard let expected = file.expectedSize, expected >= 0, expected != size else { return nil }
        return size < expected ? .truncated : .oversized
    }
}
