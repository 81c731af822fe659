// SPDX-License-Identifier: Apache-2.0

/// The names of files that are not whole yet.
///
/// A name follows from the final one, so that a second run meets and replaces what a killed one left behind; and it has the
/// same short length always, as the final name may be as long as the file system allows.
enum TemporaryName {
    static let prefix = ".matrix-loader-"
    static let suffix = ".part"
    private static let digitCount = 16

    /// Where a file is written to until it is whole, in the directory where it shall be.
    static func name(for target: String) -> String {
        name(for: target, RelativePath.number(target))
    }

    /// Where an additional name is prepared; it differs from ``name(for:)`` as another copy may be writing there.
    static func alias(of original: String, at target: String) -> String {
        name(for: target, RelativePath.number(target) ^ RelativePath.number(original).byteSwapped)
    }

    /// Whether a directory's entry is one of ours.
    static func matches(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return false }
        let digits = name.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
        return digits.count == digitCount && digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }

    private static func name(for target: String, _ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        let name = prefix + String(repeating: "0", count: digitCount - digits.utf8.count) + digits + suffix
        return RelativePath.parent(target).map { "\($0)/\(name)" } ?? name
    }
}
