// SPDX-License-Identifier: Apache-2.0
import Migration
import Options

/// `matrix-loader status`: how far a migration has come, seen from anywhere.
struct StatusCommand: RunnableCommand {
    static let command = Command(
        "status",
        summary: "see how far a migration has come",
        discussion: [
            "Reads it from Synapse's database, while others work on it, after a crash, or when all is done. It "
                + "disturbs nobody."
        ],
        options: Option.target + [.json],
        examples: [Example("Look from another terminal", "matrix-loader status --synapse-config homeserver.yaml")],
        exitCodes: [Ending.done.exitCode("the state is printed, whatever it is")]
            + [Ending.failed, .database, .checkErrors, .usage].map(\.exitCode)
    )

    private struct NoMigration: Codable {
        var state: String
    }

    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> Ending {
        let target = try invocation.target()
        let status = try target.status()
        let isBeingPrepared = try status == nil && target.isBeingPrepared()
        switch (status, invocation.has(.json)) {
        case (let status?, true): try Output.result(json: status)
        case (nil, true): try Output.result(json: NoMigration(state: isBeingPrepared ? "preparing" : "none"))
        case (nil, false) where isBeingPrepared:
            try Output.result("A migration is being prepared; nothing is loaded yet.\n")
        case (let status?, false): try Output.result(status.text)
        case (nil, false): try Output.result("No migration was begun in this database.\n")
        }
        return .done
    }
}
