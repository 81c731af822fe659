// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What the command line asks for.
struct Settings {
    static let usage = """
        usage: benchmarks [--events N] [--files N] [--rounds N] [--folder FOLDER] [--plot FILE.svg] [NAME…]

          --events N   events of the server that most benchmarks migrate (default: 1000000). growth and memory scale
                       with it: half as many, and five times as many.
          --files N    files of the media store (default: 20000). media-memory scales with it: fifty times as many.
          --rounds N   how often each side of a race runs, after a warm-up (default: 3); the median counts.
          --folder F   where dumps and media go (default: a folder in .build).
          --plot F     draws the figures beside their goals.

        names:
        """

    var names: [String] = []
    var events = 1_000_000
    var files = 20_000
    var rounds = 3
    var folder = URL(filePath: ".build/benchmarks")
    var plot: URL?

    /// Reads the arguments of the command line.
    ///
    /// - Throws: ``Failure`` with a sentence if the arguments make no sense.
    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--events": events = try Self.number(argument, &rest)
            case "--files": files = try Self.number(argument, &rest)
            case "--rounds": rounds = try Self.number(argument, &rest)
            case "--folder": folder = URL(filePath: try Self.text(argument, &rest))
            case "--plot": plot = URL(filePath: try Self.text(argument, &rest))
            default:
                guard Suite.all.contains(where: { $0.name == argument }) else {
                    throw Failure(description: "there is no benchmark called \(argument)")
                }
                names.append(argument)
            }
        }
    }

    private static func text(_ option: String, _ rest: inout ArraySlice<String>) throws -> String {
        guard let text = rest.popFirst() else { throw Failure(description: "\(option) needs a value") }
        return text
    }

    private static func number(_ option: String, _ rest: inout ArraySlice<String>) throws -> Int {
        guard let number = Int(try text(option, &rest)), number > 0 else {
            throw Failure(description: "\(option) needs a number above 0")
        }
        return number
    }
}
