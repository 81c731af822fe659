// SPDX-License-Identifier: Apache-2.0
import Loader
import Migration
import Options

/// `matrix-loader check`: everything that stands in the way of a migration, at once.
struct CheckCommand: RunnableCommand {
    static let command = Command(
        "check",
        summary: "see whether a migration could run, and change nothing",
        discussion: [
            "Reads both configurations and both databases and names everything that stands in the way, each with "
                + "what to do about it. A homeserver that still runs is a warning here, so that you can check days "
                + "before; 'migrate' refuses while one runs."
        ],
        options: Option.homeservers + [.skipMedia, .link, .json],
        examples: [
            Example("Check", "matrix-loader check --dendrite-config dendrite.yaml --synapse-config homeserver.yaml")
        ],
        exitCodes: [Ending.done.exitCode("nothing stands in the way")]
            + [Ending.failed, .checkErrors, .checkWarnings, .usage].map(\.exitCode)
    )

    private struct Report: Codable {
        var findings: [Finding]
    }

    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> Ending {
        let findings = try find()
        if invocation.has(.json) {
            try Output.result(json: Report(findings: findings))
        } else if findings.isEmpty {
            try Output.result("Nothing stands in the way.\n")
        } else {
            try Output.result(findings.text)
        }
        return Ending(findings)
    }

    private func find() throws -> [Finding] {
        do {
            let homeservers = try Homeservers(invocation)
            var settings = Migration.Settings()
            settings.skipMedia = invocation.has(.skipMedia)
            settings.mediaOptions = try invocation.mediaOptions()
            var findings = Migration(homeservers, settings: settings).check(serversMayRun: true)
            findings += homeservers.signingKeyFindings
            do throws(ConfigurationError) {
                if let dendrite = homeservers.dendrite { _ = try SynapseSettings(dendrite, homeservers.synapse) }
            } catch {
                findings.append(Finding(error))
            }
            return findings
        } catch let obstacles as Obstacles {
            return obstacles.findings
        }
    }
}
