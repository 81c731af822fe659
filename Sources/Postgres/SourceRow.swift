// SPDX-License-Identifier: Apache-2.0

/// One binary tuple of a COPY, borrowed from libpq's buffer.
public struct SourceRow: ~Escapable {
    /// The whole tuple as it stands in a binary COPY file: the number of fields, then each field's length and bytes.
    public let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// Reads the fields from left to right.
    public var fields: FieldReader {
        @_lifetime(copy self)
        get { FieldReader(bytes) }
    }
}
