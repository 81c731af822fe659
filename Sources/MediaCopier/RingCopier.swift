// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Digest
import Glibc

/// Keeps a ring full of copies.
///
/// A file goes through: open the source; read it, create the target, write, close, as one chain of requests; rename. Its
/// content is hashed as soon as it is read, while it is being written and while other files are read. A large file goes in
/// chunks. Anything out of the ordinary (a short read, a wrong SHA-256, any error at all) is given up here and passed on to
/// a ``FileCopier``, which starts from scratch and has the last word.
struct RingCopier: ~Copyable {
    static let setUpOperation = "set up io_uring"

    let site: CopySite
    let exchange: Exchange
    let ring: Ring
    var memory: RingMemory
    let usesFixedBuffers: Bool
    var freeSlots: [Int]
    /// Slots whose source is open, and waits for a buffer; the longest wait ends first.
    var waitingForBuffer = Queue<Int>()
    /// Large files whose content is on its way.
    var largeCopies: [RingLargeCopy] = []
    private var isDrained = false
    /// Files to pass on, once there is room for them.
    private var passedOn: [Exchange.Job] = []
    private var outcomes: [(Exchange.Job, MediaOutcome)] = []

    init(_ site: CopySite, _ exchange: Exchange) throws(MediaError) {
        let ring = try Self.makeRing()
        let memory = RingMemory()
        var isPinned = true
        do throws(Errno) {
            try ring.registerBuffers([memory.vector])
        } catch {
            site.note("Plain buffers, as the kernel won't pin memory for io_uring (\(error.name)).")
            isPinned = false
        }
        self.site = site
        self.exchange = exchange
        self.ring = ring
        self.memory = memory
        usesFixedBuffers = isPinned
        freeSlots = Array((0..<RingMemory.slotCount).reversed())
    }

    private static func makeRing() throws(MediaError) -> Ring {
        do throws(Errno) {
            // The longest chain times the number of slots always fits.
            let ring = try Ring(depth: UInt32(RingMemory.slotCount * 8))
            try ring.registerFiles(RingMemory.slotCount)
            return ring
        } catch {
            throw .system("", setUpOperation, error)
        }
    }

    /// Copies until there are no more files.
    mutating func run() throws(MediaError) {
        while true {
            passOn()
            feedLarge()
            serveWaiting()
            if passedOn.isEmpty, !isDrained { takeFiles() }
            if freeSlots.count == RingMemory.slotCount {
                deliver()
                if isDrained, passedOn.isEmpty { break }
                continue
            }
            do throws(Errno) {
                try ring.submitAndWait()
            } catch {
                // What the kernel still does with the memory can't be known any more.
                memory.isAbandoned = true
                throw .system("", "submit to io_uring", error)
            }
            while let completion = ring.nextCompletion() { handle(completion) }
            deliver()
        }
    }

    /// Fills the free slots.
    private mutating func takeFiles() {
        guard !freeSlots.isEmpty else { return }
        let isIdle = freeSlots.count == RingMemory.slotCount
        guard let jobs = exchange.take(min(freeSlots.count, 32), waits: isIdle && outcomes.isEmpty) else {
            isDrained = true
            return
        }
        for job in jobs {
            guard let number = freeSlots.popLast() else { return }
            memory.slots[number].job = job
            attempt(number) { copier throws(MediaError) in try copier.openSource(number) }
        }
    }

    private mutating func passOn() {
        while let job = passedOn.last {
            // Waits only while nothing is in flight: otherwise a thread that waits for one of our targets would wait for ever.
            guard exchange.handOver(job, waits: freeSlots.count == RingMemory.slotCount) else { return }
            passedOn.removeLast()
        }
    }

    private mutating func deliver() {
        exchange.report(outcomes)
        outcomes.removeAll(keepingCapacity: true)
    }

    private mutating func handle(_ completion: Ring.Completion) {
        let number = Int(completion.tag >> 8)
        guard let operation = RingSlot.Operation(rawValue: UInt8(truncatingIfNeeded: completion.tag)) else { return }
        if operation == .readChunk || operation == .writeChunk {
            return advanceChunk(number, operation, completion.result)
        }
        attempt(number) { copier throws(MediaError) in try copier.advance(number, operation, completion.result) }
    }

    /// Runs a step of a copy; if it fails, all copying ends, but what is in flight is brought to its end.
    mutating func attempt(_ number: Int, _ step: (inout RingCopier) throws(MediaError) -> Void) {
        do throws(MediaError) {
            try step(&self)
        } catch {
            exchange.fail(error)
            isDrained = true
            memory.slots[number].hasFailed = true
            if memory.slots[number].pending == 0 { release(number) }
        }
    }

    // MARK: The end of a copy

    /// Says what became of a slot's file, and frees the slot.
    mutating func finish(_ number: Int, _ outcome: MediaOutcome) {
        if var job = memory.slots[number].job {
            job.bytesCounted = memory.slots[number].large?.progress.finish() ?? 0
            outcomes.append((job, outcome))
        }
        release(number)
    }

    /// Leaves a slot's file to a ``FileCopier``, and frees the slot.
    mutating func passOn(_ number: Int) {
        if let job = memory.slots[number].job { passedOn.append(job) }
        release(number)
    }

    private mutating func release(_ number: Int) {
        memory.slots[number].closeSource()
        memory.takeBuffer(of: number)
        memory.slots[number].large?.progress.takeBack()
        if memory.slots[number].isClaimed, let first = memory.slots[number].job?.file.targets.first {
            if !memory.slots[number].isRenamed { site.target.remove(memory.slots[number].temporary) }
            site.claims.release(first)
        }
        memory.slots[number].reset()
        freeSlots.append(number)
    }
}
