// SPDX-License-Identifier: Apache-2.0

/// The 32 bytes of a SHA-256, kept without an allocation so that millions of them can be held.
public struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
    /// How many bytes a SHA-256 has.
    public static let byteCount = 32

    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    /// Takes 32 bytes; `nil` for any other number of them.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        for (position, byte) in bytes.enumerated() {
            let shifted = UInt64(byte) << UInt64(56 - 8 * (position % 8))
            switch position / 8 {
            case 0: words.0 |= shifted
            case 1: words.1 |= shifted
            case 2: words.2 |= shifted
            default: words.3 |= shifted
            }
        }
        (first, second, third, fourth) = words
    }

    /// Reads base64 (either alphabet, unpadded), the form in which Dendrite names its files; `nil` if it is not 32 bytes.
    public init?(base64 text: String) {
        guard let bytes = Base64.decode(text, .urlSafe) ?? Base64.decode(text, .standard) else { return nil }
        self.init(bytes)
    }

    /// The bytes in order.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: (first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian)) { Array($0) }
    }

    /// 64 lower-case hexadecimal digits.
    public var hexadecimal: String { Hexadecimal.encode(bytes) }

    /// The same as ``hexadecimal``.
    public var description: String { hexadecimal }
}
