// SPDX-License-Identifier: Apache-2.0

/// Tells `!!str 123` from `123`.
///
/// libyaml's document loader gives both the same tag and style, so the source is asked whether a tag was written.
struct ExplicitTag {
    private let characters: [Unicode.Scalar]

    init(bytes: [UInt8]) {
        characters = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    }

    /// Whether the node whose source begins at a character has a tag among its properties.
    func isWritten(at index: Int) -> Bool {
        var rest = characters.dropFirst(index)
        // At most one anchor comes before a tag.
        if rest.first == "&" {
            rest = rest.drop { !$0.properties.isWhitespace }.drop { $0.properties.isWhitespace }
        }
        // A lone exclamation mark leaves a plain scalar to its text.
        return rest.first == "!" && rest.dropFirst().first.map { !$0.properties.isWhitespace } ?? false
    }
}
