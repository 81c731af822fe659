// SPDX-License-Identifier: Apache-2.0

/// Picks the engine that this system and these options allow.
enum EngineChoice {
    /// Threads wait for the disk most of the time: more of them than processors.
    private static let poolRange = 8...16
    private static let ringLimit = 6

    /// Hires the threads of the best engine, or of the one that was asked for.
    ///
    /// - Throws: ``MediaError`` if the engine that was asked for can't be had.
    static func workforce(_ site: CopySite) throws(MediaError) -> Workforce {
        if site.options.isDryRun, site.options.engine != .plain {
            return threads(site, ["A dry run only looks: a pool of threads does that."])
        }
        switch site.options.engine {
        case .plain: return plain(site, ["One thread was asked for."])
        case .threads: return threads(site, ["A pool of threads was asked for."])
        case .uring:
            do throws(RingRefusal) {
                return try rings(site, ["io_uring was asked for."])
            } catch {
                throw MediaError(
                    .engineUnavailable, path: "", operation: "io_uring_queue_init", errno: error.errno,
                    "io_uring cannot be used here: \(error.reason). Choose the engine threads or auto.")
            }
        case .auto: return automatic(site)
        }
    }

    private static func automatic(_ site: CopySite) -> Workforce {
        if site.isLinking { return threads(site, ["A pool of threads makes hard links."]) }
        if site.isCloning { return threads(site, ["The file system shares blocks: a pool of threads makes clones."]) }
        do throws(RingRefusal) {
            return try rings(site, ["The kernel offers all that is needed of io_uring."])
        } catch {
            return threads(site, ["A pool of threads, as io_uring cannot be used: \(error.reason)."])
        }
    }

    private static func plain(_ site: CopySite, _ notes: [String]) -> Workforce {
        Workforce(engine: .plain, notes: notes, fast: [PooledCopy.work(site)])
    }

    private static func threads(_ site: CopySite, _ notes: [String]) -> Workforce {
        let suitable = min(max(Thread.processorCount * 4, poolRange.lowerBound), poolRange.upperBound)
        let count = max(1, site.options.threadCount ?? suitable)
        return Workforce(
            engine: .threads, notes: notes, fast: Array(repeating: PooledCopy.work(site), count: count))
    }

    private static func rings(_ site: CopySite, _ notes: [String]) throws(RingRefusal) -> Workforce {
        try RingProbe.run()
        // While a thread hashes, its ring stands still: hence more of them than processors.
        let suitable = min(Thread.processorCount * 3, ringLimit)
        let count = max(1, site.options.threadCount ?? suitable)
        return Workforce(
            engine: .uring,
            notes: notes,
            fast: Array(repeating: RingCopy.work(site), count: count),
            slow: Array(
                repeating: PooledCopy.slowWork(site),
                count: site.options.verifies ? poolRange.lowerBound : max(2, count)))
    }
}
