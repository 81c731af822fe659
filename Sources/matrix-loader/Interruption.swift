// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Loader
import Synchronization

/// What Ctrl-C, SIGTERM and a terminal that goes away do: the first asks everybody to stop, the second ends the process at once.
final class Interruption: Sendable {
    private let first = Mutex<ContinuousClock.Instant?>(nil)
    private let stop: StopRequest
    /// What an operator is to know who ends it at once.
    private let goingOn: String
    /// Kept so that they go on listening; nobody touches them once they are made, whence the `unsafe` does no harm.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// Begins to listen.
    init(_ stop: StopRequest, goingOn: String = "run the same command to go on") {
        self.stop = stop
        self.goingOn = goingOn
        // A queue of its own gets a thread also where all those of the global queues wait for something (libdispatch's
        // "overcommit").
        let queue = DispatchQueue(label: "interruption", qos: .userInitiated)
        unsafe sources = ([SIGINT, SIGTERM] + (Self.outlivesTerminal ? [] : [SIGHUP])).map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in unsafe sources {
            source.setEventHandler { [self] in arrived() }
            source.resume()
        }
    }

    /// Whether SIGHUP is ignored, as it is under nohup.
    private static var outlivesTerminal: Bool {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigIgn:") }),
            let ignored = UInt64(line.dropFirst("SigIgn:".count).trimmingCharacters(in: .whitespaces), radix: 16)
        else { return false }
        // Bit 0 stands for signal 1 (proc(5)).
        return ignored & (1 << UInt64(SIGHUP - 1)) != 0
    }

    /// Whether somebody interrupted.
    var hasHappened: Bool { first.withLock { $0 != nil } }

    private func arrived() {
        let before = first.withLock { first in
            defer { first = first ?? .now }
            return first
        }
        if let before {
            // timeout(1) and others signal both a process and its group: that is one wish, said twice.
            if .now - before < .milliseconds(300) { return }
            Output.message("\nmatrix-loader: ended at once; \(goingOn).\n")
            _exit(Ending.interrupted.rawValue)
        }
        Output.message("\nmatrix-loader: stopping; what is under way is rolled back. Once more ends it at once.\n")
        stop.request()
    }
}
