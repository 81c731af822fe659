// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The word as an error may repeat it: in quotation marks, unless it looks like a connection string, which may hold a
    /// password.
    public var quoted: String { mayBeConnectionString ? "a connection string" : "'\(self)'" }

    /// Whether it has what libpq's URLs or its keywords and values have.
    var mayBeConnectionString: Bool { contains("://") || contains("=") }
}
