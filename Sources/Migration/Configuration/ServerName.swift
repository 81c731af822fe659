// SPDX-License-Identifier: Apache-2.0

/// The name of a homeserver, as its users' ids have it after the colon.
public enum ServerName {
    /// What to say where ``isValid(_:)`` does not hold, behind the name of the setting.
    ///
    /// The text itself is not repeated: what is no such name may be anything that slipped into the line.
    public static let refusal = """
        is no server name that Synapse takes: correct it to what follows the colon in your users' ids, a host of letters, digits, \
        dots and hyphens or an IPv6 address in brackets, perhaps with a port; a server whose name has other characters cannot move.
        """

    /// Whether a text can be one: a host of letters, digits, dots and hyphens or an IPv6 address in brackets, then perhaps a port.
    ///
    /// The specification's appendices, "server name"; Synapse does not start under a name with other characters.
    public static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let (host, port): (ArraySlice<UInt8>, ArraySlice<UInt8>)
        let isAddress = bytes.first == UInt8(ascii: "[")
        if isAddress {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            (host, port) = (bytes[1..<end], bytes[(end + 1)...])
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            (host, port) = (bytes[..<end], bytes[end...])
        }
        return !host.isEmpty && host.count <= 255 && host.allSatisfy(isAddress ? isOfAddress : isOfHost) && isPort(port)
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return isDigit(byte) || letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static func isOfAddress(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return isDigit(byte) || letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "f")
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        return first == UInt8(ascii: ":") && (2...6).contains(bytes.count) && bytes.dropFirst().allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
