// SPDX-License-Identifier: Apache-2.0

/// Which targets are being written to, so that a file that is listed twice is written by one thread at a time.
final class TargetClaims: Sendable {
    private let monitor = Monitor(Set<UInt64>(), conditionCount: 1)

    /// Claims a target unless somebody has it.
    func claim(_ target: String) -> Bool {
        let number = RelativePath.number(target)
        return monitor.withLock { $0.insert(number).inserted }
    }

    /// Claims a target as soon as nobody has it.
    func waitAndClaim(_ target: String) {
        let number = RelativePath.number(target)
        monitor.wait(for: 0, until: { !$0.contains(number) }, { _ = $0.insert(number) })
    }

    /// Gives a target back.
    func release(_ target: String) {
        let number = RelativePath.number(target)
        monitor.withLock { _ = $0.remove(number) }
        monitor.broadcast(0)
    }
}
