// SPDX-License-Identifier: Apache-2.0
import Options

/// A command of the program: how it is described, and what it does.
protocol RunnableCommand {
    static var command: Command { get }

    init(_ invocation: Invocation)

    /// - Returns: how the program ends.
    func run() async throws -> Ending
}
