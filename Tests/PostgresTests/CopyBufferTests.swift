// SPDX-License-Identifier: Apache-2.0
import Postgres
import Testing

@Suite("A buffer")
struct CopyBufferTests {
    @Test("traps at a value of the wrong type")
    func wrongType() async {
        await #expect(processExitsWith: .failure) {
            var buffer = CopyBuffer(columns: [.bigint("a")])
            buffer.append { $0.write(1 as Int32) }
        }
        await #expect(processExitsWith: .failure) {
            var buffer = CopyBuffer(columns: [.bigint("a")])
            buffer.append { $0.write("text") }
        }
    }

    @Test("traps at an array where there is none")
    func wrongArray() async {
        await #expect(processExitsWith: .failure) {
            var buffer = CopyBuffer(columns: [.bigint("a")])
            buffer.append { $0.writeArray(of: .bigint, count: 1) { $0.element(1) } }
        }
    }

    @Test("traps at a row of too few or too many values")
    func wrongNumber() async {
        await #expect(processExitsWith: .failure) {
            var buffer = CopyBuffer(columns: [.bigint("a"), .bigint("b")])
            buffer.append { $0.write(1 as Int64) }
        }
        await #expect(processExitsWith: .failure) {
            var buffer = CopyBuffer(columns: [.bigint("a")])
            buffer.append { row in
                row.write(1 as Int64)
                row.writeNull()
            }
        }
    }

    @Test("checks values that it leaves out all the same")
    func wrongTypeLeftOut() async {
        await #expect(processExitsWith: .failure) {
            var buffer = CopyBuffer(columns: [.bigint("a")], isWritten: [false])
            buffer.append { $0.write(true) }
        }
    }

    @Test("takes what fits")
    func fitting() async {
        await #expect(processExitsWith: .success) {
            var buffer = CopyBuffer(columns: [.bigint("a"), .text("b")])
            buffer.append { row in
                row.write(1 as Int64)
                row.write(nil as String?)
            }
        }
    }
}
