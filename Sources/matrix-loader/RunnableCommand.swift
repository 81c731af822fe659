// SPDX-License-Identifier: Apache-2.0
import Options

/// A command of the program: how it is described, and what it does.
protocol RunnableCommand {
    static var command: Command { get }

    init(_ invocation: Invocation)

    /// Does what the command line asks for; what it throws is told, and decides how the program ends.
    ///
    /// - Returns: how the program ends.
    func run() async throws -> Ending
}
