// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs the benchmarks that are named, or all, and prints `NAME FIGURE` for each.
@main
struct Benchmarks {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if arguments.first == Execution.measuring {
                try Execution.measure(Array(arguments.dropFirst()))
            } else if arguments.first == MediaCopy.word {
                try MediaCopy(arguments: Array(arguments.dropFirst())).run()
            } else if arguments.contains("--help") {
                print(Settings.usage, Suite.all.map(\.name).joined(separator: " "))
            } else {
                exit(try run(try Settings(arguments)))
            }
        } catch {
            say("benchmarks: \(error)")
            exit(1)
        }
    }

    /// Measures what was asked for, one benchmark after the other, and prints each figure.
    ///
    /// - Returns: the exit code; a benchmark that fails does not keep the others from running.
    private static func run(_ settings: Settings) throws -> Int32 {
        let workbench = try Workbench(settings)
        defer { workbench.remove() }
        // Ctrl-C ends the program that runs at the moment; we go on, and clear up. It must not be ignored, as that would
        // be handed down.
        signal(SIGINT) { _ in }
        say(Machine.description)
        var figures: [FigurePlot.Figure] = []
        var failures = 0
        for benchmark in Suite.all where settings.names.isEmpty || settings.names.contains(benchmark.name) {
            say("\(benchmark.name):")
            do {
                let figure = try benchmark.measure(workbench)
                figures.append(.init(name: benchmark.name, value: figure, goal: benchmark.goal))
                print(benchmark.name, text(figure))
                fflush(nil)
            } catch let skipped as Skipped {
                say("  left out: \(skipped.reason)")
            } catch is Interrupted {
                return 130
            } catch {
                failures += 1
                say("  failed: \(error)")
            }
        }
        if let plot = settings.plot {
            try FigurePlot(title: Machine.description, figures: figures).svg
                .write(to: plot, atomically: true, encoding: .utf8)
        }
        return failures == 0 ? 0 : 1
    }

    static func text(_ figure: Double) -> String {
        String(format: figure < 100 ? "%.2f" : "%.0f", figure)
    }
}

/// Standard output is for the figures, standard error for everything else.
func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
