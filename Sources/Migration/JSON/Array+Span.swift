// SPDX-License-Identifier: Apache-2.0

extension Array<UInt8> {
    /// A copy of some of a span's bytes.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        self = []
        reserveCapacity(range.count)
        for index in range { append(bytes[index]) }
    }
}
