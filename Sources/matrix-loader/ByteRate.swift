// SPDX-License-Identifier: Apache-2.0

/// A number of bytes per second, as rclone's `--bwlimit` takes it (https://rclone.org/docs/#bwlimit-bwtimetable).
struct ByteRate: Equatable {
    /// nil for no limit.
    let bytesPerSecond: Int?

    /// Reads `off`, or a number with a unit, KiB if it has none.
    ///
    /// - Returns: nil for a text that is no such rate; a timetable is none.
    init?(_ text: String) {
        let text = text.lowercased()
        if text == "off" {
            bytesPerSecond = nil
            return
        }
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        // A bare number is in KiB there.
        var suffix = String(text.dropFirst(number.count))
        if suffix.isEmpty { suffix = "k" }
        let units = ["b", "k", "m", "g", "t", "p"]
        guard let amount = Double(number), amount.isFinite,
            let power = units.firstIndex(where: { suffix == $0 || $0 != "b" && [$0 + "i", $0 + "ib"].contains(suffix) })
        else { return nil }
        let bytes = (0..<power).reduce(amount) { product, _ in product * 1024 }
        guard bytes < 1e18 else { return nil }
        // rclone takes 0 for no limit, too.
        bytesPerSecond = bytes < 1 ? nil : Int(bytes)
    }
}
