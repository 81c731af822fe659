// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader
import Options

@main
struct MatrixLoader {
    static func main() async {
        StandardStreams.secure()
        let arguments = Array(CommandLine.arguments.dropFirst())
        exit(await run(arguments, environment: ProcessInfo.processInfo.environment).rawValue)
    }

    /// Does what a command line asks for.
    static func run(_ arguments: [String], environment: [String: String]) async -> Ending {
        do {
            try Failpoint.check(environment[Failpoint.variable])
            switch try Program.matrixLoader.parse(arguments, environment: environment) {
            case .print(let text):
                try Output.result(text)
                return .done
            case .run(let invocation):
                return await run(invocation)
            }
        } catch {
            Output.message("matrix-loader: \(error)\n")
            return Ending(error)
        }
    }

    private static func run(_ invocation: Invocation) async -> Ending {
        do {
            switch invocation.command.name {
            case "check": return try CheckCommand(invocation).run()
            case "migrate": return try await MigrateCommand(invocation).run()
            case "worker": return try await WorkerCommand(invocation).run()
            case "media": return try await MediaCommand(invocation).run()
            case "verify": return try VerifyCommand(invocation).run()
            case "status": return try StatusCommand(invocation).run()
            case "abort": return try AbortCommand(invocation).run()
            case "forget": return try ForgetCommand(invocation).run()
            case "bench": return try await BenchCommand(invocation).run()
            default: throw invocation.lacks("a newer version of matrix-loader")
            }
        } catch {
            let failure = Failure(error, of: invocation.command.name)
            Output.message((failure.findings ?? []).text)
            if invocation.has(.json) { try? Output.result(json: failure) }
            Output.message("matrix-loader: \(failure.error)\n")
            return failure.ending
        }
    }
}
