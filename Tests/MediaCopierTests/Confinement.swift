// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Takes abilities away from this process, as containers and careful administrators do.
///
/// For exit tests only.
enum Confinement {
    private typealias Prctl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32

    private struct Instruction {
        var code: UInt16
        var jumpIfTrue: UInt8
        var jumpIfFalse: UInt8
        var operand: UInt32
    }

    private struct Program {
        var count: UInt16
        var instructions: UnsafeMutablePointer<Instruction>?
    }

    /// Has the kernel answer some system calls with an error number from now on, for this thread and those it starts.
    ///
    /// - Parameter refusals: Numbers of system calls, and the error to answer with.
    /// - Returns: Whether that works here.
    static func refuse(_ refusals: [(call: UInt32, errno: Int32)]) -> Bool {
        guard let symbol = dlsym(nil, "prctl") else { return false }
        let prctl = unsafeBitCast(symbol, to: Prctl.self)
        // Load the call's number; for each refusal: equal? return its error : go on; at last: allow.
        var instructions = [Instruction(code: 0x20, jumpIfTrue: 0, jumpIfFalse: 0, operand: 0)]
        for (call, errno) in refusals {
            instructions.append(Instruction(code: 0x15, jumpIfTrue: 0, jumpIfFalse: 1, operand: call))
            instructions.append(
                Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: 0x0005_0000 | UInt32(errno)))
        }
        instructions.append(Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: 0x7fff_0000))
        let noNewPrivileges: Int32 = 38
        let setSeccomp: Int32 = 22
        guard prctl(noNewPrivileges, 1, 0, 0, 0) == 0 else { return false }
        return instructions.withUnsafeMutableBufferPointer { buffer in
            var program = Program(count: UInt16(buffer.count), instructions: buffer.baseAddress)
            return withUnsafeMutablePointer(to: &program) { prctl(setSeccomp, 2, UInt(bitPattern: $0), 0, 0) == 0 }
        }
    }

    /// Becomes a user that is nobody else, if this is root.
    ///
    /// Not the user `nobody`: the kernel counts locked memory by user, so one process would take another's.
    static func becomeNobody() {
        guard geteuid() == 0 else { return }
        let user = 1 << 24 + UInt32(getpid())
        if setgid(user) != 0 || setuid(user) != 0 {
            // A container may not have that many.
            setgid(65534)
            setuid(65534)
        }
        precondition(geteuid() != 0, "cannot cease to be root")
    }

    // The same on x86-64 and arm64, as all calls that came after them share one numbering.
    static let ioUringSetup: UInt32 = 425
    static let openat2: UInt32 = 437
    static let cachestat: UInt32 = 451

    #if arch(x86_64)
        static let copyFileRange: UInt32 = 326
        static let getdents64: UInt32 = 217
        static let renameat: UInt32 = 264
    #else
        static let copyFileRange: UInt32 = 285
        static let getdents64: UInt32 = 61
        static let renameat: UInt32 = 38
    #endif
}
