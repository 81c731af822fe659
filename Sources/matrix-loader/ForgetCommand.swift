// SPDX-License-Identifier: Apache-2.0
import Migration
import Options

/// `matrix-loader forget`: removes the migration's own records.
struct ForgetCommand: RunnableCommand {
    static let command = Command(
        "forget",
        summary: "remove the schema matrix_loader after a finished migration",
        discussion: [
            "What was loaded stays. Afterwards a second 'migrate' no longer knows that all is done, and 'verify', "
                + "'status' and 'abort' have nothing to go by: do it when you are content with the result."
        ],
        options: Option.target,
        examples: [Example("Clean up", "matrix-loader forget --synapse-config homeserver.yaml")],
        exitCodes: [Ending.done, .failed, .database, .checkErrors, .usage].map(\.exitCode)
    )

    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> Ending {
        let wasThere = try invocation.target().forget()
        try Output.result(
            wasThere
                ? "The schema matrix_loader is removed from Synapse's database.\n"
                : "There is no migration in this database; nothing was changed.\n")
        return .done
    }
}
