// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Where and when the figures were measured.
enum Machine {
    static var description: String {
        let date = ISO8601DateFormatter().string(from: Date())
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let memory = ProcessInfo.processInfo.physicalMemory >> 30
        return "\(date), \(processors) processors, \(memory) GiB, load \(load)"
    }

    /// The load averages of the last minute, five and fifteen.
    static var load: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "unknown"
        return text.split(separator: " ").prefix(3).joined(separator: " ")
    }

    /// Empties the page cache where we may.
    ///
    /// - Returns: whether it is empty now.
    @discardableResult
    static func dropCaches() -> Bool {
        sync()
        guard geteuid() == 0 else { return false }
        return (try? "3".write(toFile: "/proc/sys/vm/drop_caches", atomically: false, encoding: .utf8)) != nil
    }
}
