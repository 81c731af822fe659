// SPDX-License-Identifier: Apache-2.0
import Migration
import Options

/// `matrix-loader verify`: compares what was loaded with where it came from.
struct VerifyCommand: RunnableCommand {
    static let sample = Option(
        "sample", value: .number(1...10_000_000), group: "Extent",
        help: "How many events and files of media to look at closely (default: 1000). All are counted.")

    static let command = Command(
        "verify",
        summary: "compare a finished migration with Dendrite and with Synapse's rules",
        discussion: [
            "Counts what Dendrite has and Synapse got, looks whether every event is there under its number, whether "
                + "tables agree with each other as Synapse needs it, and reads some events, states of rooms and "
                + "files of media closely: their text, their ids as they follow from the text, and the state by both "
                + "servers' own rules.",
            "It only reads, and Synapse may run. On a Synapse that has been used since there may be more than "
                + "Dendrite had; what Synapse itself removes in use, such as devices whose users logged out, is then "
                + "not missed.",
        ],
        options: Option.homeservers + [sample, .skipMedia, .json],
        examples: [
            Example("Verify", "matrix-loader verify --dendrite-config dendrite.yaml --synapse-config homeserver.yaml")
        ],
        exitCodes: [
            Ending.done.exitCode("nothing is missing and nothing is wrong"),
            Ending.failed.exitCode("something is missing or wrong, which the result names; or it failed"),
        ] + [Ending.database, .checkErrors, .usage].map(\.exitCode)
    )

    private struct Report: Encodable {
        var outcome: String
        var isUsed: Bool
        var leavesFilesOut: Bool
        var checks: [VerificationReport.Check]
    }

    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> Ending {
        var settings = Migration.Settings()
        settings.skipMedia = invocation.has(.skipMedia)
        let homeservers = try Homeservers(invocation)
        try homeservers.expectOneName()
        let report = try Migration(homeservers, settings: settings).verify(
            sample: invocation.number(Self.sample) ?? 1000)
        if invocation.has(.json) {
            try Output.result(
                json: Report(
                    outcome: report.isWhole ? "whole" : "different", isUsed: report.isUsed,
                    leavesFilesOut: report.leavesFilesOut, checks: report.checks))
        } else {
            try Output.result(report.text)
        }
        if report.isWhole { return .done }
        Output.message("matrix-loader: The migration is not whole; the result says what is missing or wrong.\n")
        return .failed
    }
}
