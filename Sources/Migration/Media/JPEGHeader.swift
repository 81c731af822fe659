// SPDX-License-Identifier: Apache-2.0

/// The segments of a JPEG before its first scan (ITU-T T.81, annex B).
enum JPEGHeader {
    private static let startOfScan: UInt8 = 0xDA

    /// Width and height, from behind the third byte on: the 0xFF of the second marker.
    static func size(_ bytes: inout ImageBytes) -> (width: Int, height: Int)? {
        var size: (width: Int, height: Int)?
        var isIntroduced = true
        while let marker = nextMarker(&bytes, isIntroduced: isIntroduced) {
            isIntroduced = false
            if marker == startOfScan { return size }
            guard let length = bytes.bigEndian(2), length >= 2 else { return nil }
            guard isFrame(marker) else {
                bytes.skip(length - 2)
                continue
            }
            guard let frame = bytes.bytes(length - 2), frame.count >= 6, frame[0] == 8, [1, 3, 4].contains(frame[5]),
                frame.count == 6 + 3 * Int(frame[5])
            else { return nil }
            size = (Int(frame[3]) << 8 | Int(frame[4]), Int(frame[1]) << 8 | Int(frame[2]))
        }
        return nil
    }

    /// Whether the marker begins a frame: 0xC0 to 0xCF but for tables and an extension.
    private static func isFrame(_ marker: UInt8) -> Bool {
        (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
    }

    /// The next marker that has a segment; nil at the end, or at a marker that there is not.
    ///
    /// - Parameter isIntroduced: whether its 0xFF has been read already.
    private static func nextMarker(_ bytes: inout ImageBytes, isIntroduced: Bool) -> UInt8? {
        var isIntroduced = isIntroduced
        while let byte = bytes.byte() {
            if byte == 0xFF {
                // Any number of them may stand before a marker, to fill.
                isIntroduced = true
            } else if isIntroduced {
                switch byte {
                case 0x01...0xBF: return nil
                // A stuffed zero is no marker; restart, start and end have no segment.
                case 0x00, 0xD0...0xD9: isIntroduced = false
                default: return byte
                }
            }
        }
        return nil
    }
}
