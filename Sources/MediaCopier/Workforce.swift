// SPDX-License-Identifier: Apache-2.0

/// The threads that copy, and what each of them does.
struct Workforce {
    /// What a thread does: until the exchange has no more files, or until something fails.
    typealias Work = @Sendable (Exchange) throws(MediaError) -> Void

    /// The engine that these threads are.
    let engine: Engine
    /// Why this engine was chosen.
    let notes: [String]
    /// Threads that take files from the exchange.
    let fast: [Work]
    /// Threads that take what the fast ones pass on.
    var slow: [Work] = []

    /// Starts all threads, runs `meanwhile` on the calling one, and waits for the threads' end.
    ///
    /// - Throws: ``MediaError`` if not even one thread of a kind can be started.
    func run(_ exchange: Exchange, meanwhile: () -> Void) throws(MediaError) {
        // Counted in beforehand: none may look as if it were the last while others are yet to come.
        for _ in fast { exchange.join(isFast: true) }
        for _ in slow { exchange.join(isFast: false) }
        let identifiers = start(fast, exchange, isFast: true) + start(slow, exchange, isFast: false)
        meanwhile()
        for identifier in identifiers { Thread.join(identifier) }
        if let failure = exchange.failure { throw failure }
    }

    private func start(_ works: [Work], _ exchange: Exchange, isFast: Bool) -> [Thread.Identifier] {
        var identifiers: [Thread.Identifier] = []
        for work in works {
            do throws(Errno) {
                identifiers.append(
                    try Thread.start {
                        do throws(MediaError) {
                            try work(exchange)
                        } catch {
                            exchange.fail(error)
                        }
                        exchange.leave(isFast: isFast)
                    })
            } catch {
                exchange.leave(isFast: isFast)
                if identifiers.isEmpty { exchange.fail(.system("", "start a thread", error)) }
            }
        }
        return identifiers
    }
}
