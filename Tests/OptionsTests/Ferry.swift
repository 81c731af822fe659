// SPDX-License-Identifier: Apache-2.0
import Options

/// A program with one option of every kind.
enum Ferry {
    static let config = Option(
        "config", value: .file, environment: "FERRY_CONFIG", group: "Harbours",
        help: "The harbour's file: where it lies [and how].")
    static let store = Option("store", value: .folder, group: "Harbours", help: "Where the ferry's cargo goes.")
    static let workers = Option(
        "workers", value: .number(1...64), environment: "FERRY_WORKERS", group: "Speed", help: "How many work at once.")
    static let workload = Option("workload", value: .init("TEXT"), group: "Speed", help: "What they carry.")
    static let weather = Option(
        "weather", value: .oneOf("calm", "rough", "any"), environment: "FERRY_WEATHER",
        help: "When to sail; it's 'any' unless told.")
    static let phases = Option(
        "phase", value: .init("LIST", .list(["load", "sail", "land"])), environment: "FERRY_PHASE",
        help: "Do only these parts.")
    static let dryRun = Option("dry-run", letter: "n", environment: "FERRY_DRY_RUN", help: "Sail, but carry nothing.")
    static let passenger = Option(
        "passenger", letter: "p", value: .init("NAME"), isRepeatable: true, help: "Who comes along.")

    static let sail = Command(
        "sail",
        summary: "cross the water",
        discussion: [
            "Loads what lies on the quay, crosses, and lands it on the other side. "
                + "Run again after an interruption, it goes on where it stopped.",
            ".ferryrc is not read. A back\\slash, a 'quote' and a \"double\" one stay what they are.",
        ],
        options: [config, store, workers, workload, weather, phases, dryRun, passenger],
        examples: [Example("Look before you leap", "ferry sail --config harbour.yaml --dry-run")],
        exitCodes: [ExitCode(0, "all is landed"), ExitCode(3, "some cargo was refused")]
    )
    static let inspect = Command(
        "inspect", summary: "look at a ship",
        operands: [
            Operand(.file, help: "The ship's papers."), Operand(.init("NAME"), isRequired: false, help: "Whose."),
        ],
        options: [store])

    static let program = Program(
        "ferry",
        version: "1.2.3",
        date: "2026-01-31",
        summary: "carries cargo between harbours",
        discussion: ["The ferry needs two harbours and water between them."],
        commands: [sail, inspect],
        examples: [Example("Cross", "ferry sail --config harbour.yaml")],
        exitCodes: [ExitCode(0, "done"), ExitCode(1, "failed"), .usage],
        seeAlso: ["pg_dump(1)", "psql(1)"]
    )

    /// Parses a command line and expects a command to run.
    static func run(_ line: String, environment: [String: String] = [:]) throws -> Invocation {
        let request = try program.parse(line.split(separator: " ").map(String.init), environment: environment)
        guard case .run(let invocation) = request else { throw UsageError("prints", explanation: "") }
        return invocation
    }

    /// Parses a command line and expects a text to print.
    static func printed(_ line: String) throws -> String {
        let request = try program.parse(line.split(separator: " ").map(String.init), environment: [:])
        guard case .print(let text) = request else { throw UsageError("runs", explanation: "") }
        return text
    }
}
