// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One block of a PEM file (RFC 1421): a type, headers, bytes in base64.
struct PEMBlock {
    let type: String
    var headers: [String: String] = [:]
    private var base64 = ""

    private init(type: String) { self.type = type }

    /// The block's content; `nil` where it is not base64.
    var bytes: [UInt8]? {
        let digits = base64.filter { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - digits.count % 4) % 4)
        return Data(base64Encoded: digits + padding).map(Array.init)
    }

    /// The complete blocks of a text; everything between them is passed over.
    static func blocks(of text: String) -> [PEMBlock] {
        var blocks: [PEMBlock] = []
        var current: PEMBlock?
        for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if let type = label(line, "BEGIN") {
                current = PEMBlock(type: type)
            } else if let type = label(line, "END") {
                if let block = current, block.type == type { blocks.append(block) }
                current = nil
            } else {
                current?.add(line)
            }
        }
        return blocks
    }

    /// Takes a line: no base64 has a colon, every header has one.
    private mutating func add(_ line: String) {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        if parts.count == 2 {
            headers[parts[0]] = parts[1]
        } else {
            base64 += line
        }
    }

    private static func label(_ line: String, _ word: String) -> String? {
        let (start, end) = ("-----\(word) ", "-----")
        guard line.hasPrefix(start), line.hasSuffix(end), line.count > start.count + end.count else { return nil }
        return String(line.dropFirst(start.count).dropLast(end.count))
    }
}
