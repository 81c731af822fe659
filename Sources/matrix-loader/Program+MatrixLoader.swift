// SPDX-License-Identifier: Apache-2.0
import Migration
import Options

extension Program {
    /// All that this program can be asked for; help, completions and manual follow from it.
    static let matrixLoader = Program(
        "matrix-loader",
        version: Migration.version,
        date: "2026-11-21",
        summary: "moves a Matrix homeserver from Dendrite to Synapse",
        discussion: [
            "Reads Dendrite's PostgreSQL database and media and fills an empty Synapse database with them, so that "
                + "users notice nothing: passwords, access tokens, devices, keys, rooms, history and sync tokens go "
                + "on working.",
            "Stop both servers, run 'check', then 'migrate'. The two configuration files say everything that is needed.",
        ],
        commands: MatrixLoader.commands.map { $0.command },
        examples: [
            Example(
                "Look first", "matrix-loader check --dendrite-config dendrite.yaml --synapse-config homeserver.yaml"),
            Example(
                "Migrate", "matrix-loader migrate --dendrite-config dendrite.yaml --synapse-config homeserver.yaml"),
        ],
        exitCodes: Ending.allCases.map { ending in
            ending == .failed
                ? ending.exitCode(
                    "it failed, or 'verify' found something wrong; the last line on standard error says why")
                : ending.exitCode
        },
        seeAlso: ["psql(1)", "pg_dump(1)"]
    )
}
