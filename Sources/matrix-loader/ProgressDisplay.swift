// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import MediaCopier

/// Shows on standard error how far the workers have come: a line that is drawn over and over, or one now and then.
struct ProgressDisplay {
    enum Style: Equatable {
        case drawn
        case lines
        case none

        /// What an option's word means here.
        init(_ word: String, isTerminal: Bool, terminal: String?) {
            switch word {
            case "never": self = .none
            case "always": self = .drawn
            default: self = isTerminal && terminal != "dumb" ? .drawn : .lines
            }
        }

        /// What it means for standard error as it is.
        static func standardError(_ word: String) -> Style {
            Style(word, isTerminal: isatty(STDERR_FILENO) == 1, terminal: ProcessInfo.processInfo.environment["TERM"])
        }
    }

    let style: Style
    /// What loads count; nil where there are none.
    var progress: LoadProgress?
    var media: CopyProgress?
    var doneBefore = 0

    /// Runs `body` and shows what its workers do until it ends.
    ///
    /// - Throws: what `body` throws.
    func during<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard style != .none else { return try await body() }
        let task = Task { [style, progress, media, doneBefore] in
            let interval: Duration = style == .drawn ? .milliseconds(200) : .seconds(10)
            var meter = ProgressMeter(doneBefore: doneBefore)
            var mediaMeter = MediaMeter()
            let began = ContinuousClock.now
            while true {
                do { try await Task.sleep(for: interval) } catch { break }
                var parts: [String] = []
                let seconds = (.now - began).inSeconds
                if let progress { parts.append(meter.line(progress.snapshot, at: seconds)) }
                if let media, let line = mediaMeter.line(media, at: seconds) { parts.append(line) }
                let line = parts.joined(separator: " · ")
                Output.message(style == .drawn ? Self.redrawn(line) : line + "\n")
            }
            if style == .drawn { Output.message(Self.redrawn("")) }
        }
        do {
            let result = try await body()
            task.cancel()
            await task.value
            return result
        } catch {
            task.cancel()
            await task.value
            throw error
        }
    }

    /// From the start of the line, without wrapping at the terminal's edge, the rest of the line cleared.
    private static func redrawn(_ line: String) -> String { "\r\u{1B}[?7l\(line)\u{1B}[K\u{1B}[?7h" }
}
