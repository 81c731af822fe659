// SPDX-License-Identifier: Apache-2.0

/// The name that a file had where it was uploaded.
enum UploadName {
    /// The name as its user wrote it; nil where there is none.
    ///
    /// Dendrite keeps names as they stood in the request, percent-encoded (RFC 3986, section 2.1). Those of other servers
    /// may be encoded otherwise or not at all: one that does not decode to UTF-8 stays as it is.
    static func decoded(_ text: String) -> String? {
        guard !text.isEmpty else { return nil }
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return text
            }
            bytes.append(high << 4 | low)
        }
        // PostgreSQL's text cannot hold it.
        bytes.removeAll { $0 == 0 }
        guard let name = String(validating: bytes, as: UTF8.self) else { return text }
        return name.isEmpty ? nil : name
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
