// SPDX-License-Identifier: Apache-2.0
import Postgres

extension CopyBuffer {
    mutating func write(_ id: EventID) { write(id.span) }

    /// A text[] value.
    mutating func write(_ ids: [EventID]) {
        writeArray(of: .text, count: ids.count) { for id in ids { $0.element(id.span) } }
    }

    /// A bigint[] value.
    mutating func write(_ numbers: [Int64]) {
        writeArray(of: .bigint, count: numbers.count) { for number in numbers { $0.element(number) } }
    }
}
