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

    /// In the order in which help lists them.
    static var commands: [any RunnableCommand.Type] {
        [
            CheckCommand.self, MigrateCommand.self, WorkerCommand.self, VerifyCommand.self, MediaCommand.self,
            StatusCommand.self, AbortCommand.self, ForgetCommand.self, BenchCommand.self,
        ]
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
            guard let command = commands.first(where: { $0.command.name == invocation.command.name }) else {
                throw invocation.lacks("a command of this program")
            }
            return try await command.init(invocation).run()
        } catch {
            let failure = Failure(error, of: invocation.command.name)
            Output.message((failure.findings ?? []).text)
            if invocation.has(.json) { try? Output.result(json: failure) }
            Output.message("matrix-loader: \(failure.error)\n")
            return failure.ending
        }
    }
}
