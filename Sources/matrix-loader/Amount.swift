// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Numbers for people.
enum Amount {
    /// 1234567 as "1,234,567".
    static func count(_ number: Int) -> String {
        var text = ""
        for (position, digit) in String(number.magnitude).reversed().enumerated() {
            if position > 0, position % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }

    /// Bytes in the largest unit of which there is one: "17 B", "1.2 MiB".
    static func bytes(_ number: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (amount, unit) = (Double(number), 0)
        while amount >= 1024, unit + 1 < units.count { (amount, unit) = (amount / 1024, unit + 1) }
        return unit == 0 ? "\(number) B" : "\(decimal(amount, places: 1)) \(units[unit])"
    }

    /// Seconds as "0.04 s", "12.3 s", "4:05" or "1:04:05".
    static func time(_ seconds: Double) -> String {
        if seconds < 10 { return "\(decimal(seconds, places: 2)) s" }
        return seconds < 100 ? "\(decimal(seconds, places: 1)) s" : clock(seconds)
    }

    /// Seconds as "0:07" or "1:04:05".
    static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        let end = pair(whole % 60)
        return hours > 0 ? "\(hours):\(pair(minutes)):\(end)" : "\(minutes):\(end)"
    }

    private static func pair(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    private static func decimal(_ number: Double, places: Int) -> String {
        let factor = places == 2 ? 100 : 10
        let scaled = Int((number * Double(factor)).rounded())
        let fraction = String(scaled % factor)
        return "\(scaled / factor)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
