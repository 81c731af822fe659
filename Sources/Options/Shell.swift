// SPDX-License-Identifier: Apache-2.0

/// A shell that can complete our command lines.
public enum Shell: String, Sendable, Hashable, CaseIterable {
    /// GNU Bash.
    case bash
    /// The Z shell.
    case zsh
    /// The friendly interactive shell.
    case fish
}
