// SPDX-License-Identifier: Apache-2.0

/// What a command line asks for.
public enum Request: Sendable {
    /// Run a command.
    case run(Invocation)
    /// Print a text on standard output and end with 0: help, version, a completion script or the manual.
    case print(String)
}
