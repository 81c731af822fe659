// SPDX-License-Identifier: Apache-2.0

/// The work of a thread that copies one file after the other.
enum PooledCopy {
    /// Few at a time, so that the last files spread over all threads.
    private static let batch = 8

    /// Copies what the calling thread provides.
    static func work(_ site: CopySite) -> Workforce.Work {
        { exchange throws(MediaError) in
            let copier = FileCopier(site)
            while let jobs = exchange.take(batch, waits: true) {
                var outcomes: [(Exchange.Job, MediaOutcome)] = []
                // What is done is reported even if the next file stops everything.
                defer { exchange.report(outcomes) }
                for job in jobs { outcomes.append(try copier.copy(job)) }
            }
        }
    }

    /// Copies what other threads pass on.
    static func slowWork(_ site: CopySite) -> Workforce.Work {
        { exchange throws(MediaError) in
            let copier = FileCopier(site)
            while let job = exchange.takeHandedOver() {
                exchange.report([try copier.copy(job)])
            }
        }
    }
}
