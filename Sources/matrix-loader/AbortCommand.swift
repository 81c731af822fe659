// SPDX-License-Identifier: Apache-2.0
import Migration
import Options

/// `matrix-loader abort`: as if the migration had never been begun.
struct AbortCommand: RunnableCommand {
    static let command = Command(
        "abort",
        summary: "give a migration up: empty Synapse's database again",
        discussion: [
            "Empties all tables that the migration fills, puts back indexes, constraints, triggers, sequences and "
                + "the rows that were there before, and removes the schema matrix_loader: the database is as "
                + "update_synapse_database made it.",
            "It refuses while a migration or Synapse runs, and after Synapse has been used. Files stay where they "
                + "are: media that were copied, and the signing key with the key before it beside it.",
        ],
        options: Option.target,
        examples: [Example("Give up", "matrix-loader abort --synapse-config homeserver.yaml")],
        exitCodes: [Ending.done, .failed, .database, .checkErrors, .usage].map(\.exitCode)
    )

    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> Ending {
        let wasThere = try invocation.target().abort()
        try Output.result(
            wasThere
                ? "The migration is undone: Synapse's database is as it was before.\n"
                : "No migration was begun in this database; nothing was changed.\n")
        return .done
    }
}
