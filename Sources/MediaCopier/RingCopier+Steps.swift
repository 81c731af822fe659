// SPDX-License-Identifier: Apache-2.0
import CLiburing
import Digest
import Glibc

/// The steps of one copy.
extension RingCopier {
    /// Begins with a file.
    mutating func openSource(_ number: Int) throws(MediaError) {
        guard let file = memory.slots[number].job?.file, file.hasUsablePaths, site.source.hasOpenat2, !site.isLinking
        else { return passOn(number) }
        let slot = memory.slots[number]
        RingSlot.fill(slot.sourcePath, file.source)
        let root = site.source.root.rawValue
        let how = memory.how
        try ring.request(tag: slot.tag(.openSource)) { io_uring_prep_openat2($0, root, slot.sourcePath, how) }
        memory.slots[number].pending = 1
    }

    /// Goes on with a file after one of its requests has come to an end.
    mutating func advance(_ number: Int, _ operation: RingSlot.Operation, _ result: Int32) throws(MediaError) {
        memory.slots[number].pending -= 1
        switch operation {
        case .openSource:
            guard result >= 0 else { return passOn(number) }
            memory.slots[number].source = result
            try copy(number)
            return
        case .makeFolderAbove, .makeFolder:
            return try noteFolder(number, operation, result)
        case .read:
            try noteRead(number, result)
        case .openTarget:
            if result >= 0 { memory.slots[number].isTargetOpen = true } else { memory.slots[number].hasFailed = true }
        case .write:
            if Int64(result) != memory.slots[number].status?.size { memory.slots[number].hasFailed = true }
        case .closeTarget:
            if result >= 0 { memory.slots[number].isTargetOpen = false } else { memory.slots[number].hasFailed = true }
        case .rename:
            if result >= 0 { memory.slots[number].isRenamed = true } else { memory.slots[number].hasFailed = true }
        case .closeAfterFailure:
            memory.slots[number].isTargetOpen = false
        case .reserve:
            // All other refusals mean that the file system can't reserve; writing will show what it can.
            let refusals = [Errno.noSpace, .quotaExceeded, .fileTooLarge]
            if result < 0, refusals.contains(Errno(rawValue: -result)) { memory.slots[number].hasFailed = true }
        case .readChunk, .writeChunk:
            break
        }
        guard memory.slots[number].pending == 0 else { return }
        memory.takeBuffer(of: number)
        try goOn(number)
    }

    /// All requests of a stage are done.
    mutating func goOn(_ number: Int) throws(MediaError) {
        let slot = memory.slots[number]
        if let copy = slot.large, let position = largeCopies.firstIndex(where: { $0 === copy }) {
            // The target is there, or could not be made.
            guard slot.hasFailed else { return feed(copy) }
            largeCopies.remove(at: position)
        }
        if slot.hasFailed {
            guard slot.isTargetOpen else { return passOn(number) }
            memory.slots[number].pending = 1
            return try ring.request(tag: slot.tag(.closeAfterFailure)) {
                io_uring_prep_close_direct($0, UInt32(number))
            }
        }
        guard let status = slot.status, let file = slot.job?.file else { return passOn(number) }
        guard slot.isRenamed else { return try rename(number) }
        if let first = file.targets.first {
            for other in file.targets.dropFirst() where try !site.target.link(first, as: other) {
                return passOn(number)
            }
        }
        finish(number, MediaOutcome(.copied, size: status.size, sha256: slot.digest))
    }

    /// Looks at the open source, and sees to it that the target has a folder.
    private mutating func copy(_ number: Int) throws(MediaError) {
        var found = stat()
        guard let file = memory.slots[number].job?.file, let first = file.targets.first,
            fstat(memory.slots[number].source, &found) == 0
        else { return passOn(number) }
        let status = FileStatus(found)
        let isLarge = status.size > RingMemory.largestContent
        guard status.isRegular, status.size > 0, !isLarge || takesLarge(file) else { return passOn(number) }
        if file.sha256 == nil, ContentJudgement.wrongSize(of: file, size: status.size) != nil { return passOn(number) }
        memory.slots[number].status = status
        if site.target.hasToMakeDirectory(for: first), site.target.ownership == nil {
            return try queueFolders(number, first)
        }
        try copy(number, file, to: first, status)
    }

    /// The target's folder, and before it the one above, which there may be already.
    private mutating func queueFolders(_ number: Int, _ first: String) throws(MediaError) {
        guard let folder = RelativePath.parent(first) else { return passOn(number) }
        let slot = memory.slots[number]
        let root = site.target.root.rawValue
        if let above = RelativePath.parent(String(folder)), site.target.hasToMakeDirectory(for: String(folder)) {
            RingSlot.fill(slot.temporaryPath, String(above))
            try ring.request(tag: slot.tag(.makeFolderAbove), isHardLinked: true) {
                io_uring_prep_mkdirat($0, root, slot.temporaryPath, TargetTree.directoryMode)
            }
            memory.slots[number].pending += 1
        }
        RingSlot.fill(slot.targetPath, String(folder))
        try ring.request(tag: slot.tag(.makeFolder)) {
            io_uring_prep_mkdirat($0, root, slot.targetPath, TargetTree.directoryMode)
        }
        memory.slots[number].pending += 1
    }

    private mutating func noteFolder(
        _ number: Int,
        _ operation: RingSlot.Operation,
        _ result: Int32
    ) throws(MediaError) {
        guard let file = memory.slots[number].job?.file, let first = file.targets.first,
            let status = memory.slots[number].status, let folder = RelativePath.parent(first)
        else { return passOn(number) }
        let isThere = result == 0 || result == -EEXIST
        if isThere { site.target.noteDirectory(of: operation == .makeFolder ? first : String(folder)) }
        guard operation == .makeFolder else { return }
        memory.slots[number].isFolderNew = result == 0
        try copy(number, file, to: first, status)
    }

    /// Starts the chain, or the chunks of a file that is larger than a slot.
    private mutating func copy(
        _ number: Int,
        _ file: MediaFile,
        to first: String,
        _ status: FileStatus
    ) throws(MediaError) {
        let isLarge = status.size > RingMemory.largestContent
        guard !isLarge || takesLarge(file) else { return passOn(number) }
        // If the kernel could not make the folder, this says why, or can.
        let isNew = try site.target.makeDirectory(for: first) || memory.slots[number].isFolderNew
        if let outcome = outcomeOfEarlierRun(file, status, isNew: isNew) {
            switch outcome {
            case .whole: return finish(number, MediaOutcome(.alreadyThere, size: status.size))
            case .unclear: return passOn(number)
            }
        }
        guard site.claims.claim(first) else { return passOn(number) }
        memory.slots[number].isClaimed = true
        memory.slots[number].temporary = TemporaryName.name(for: first)
        memory.slots[number].isDirect = site.source.readsDirectly(memory.slots[number].source, status.size)
        if isLarge { return try beginLarge(number, file, status.size) }
        waitingForBuffer.append(number)
    }

    /// Starts the chains of those that wait for a buffer, as long as there are any.
    mutating func serveWaiting() {
        while let number = waitingForBuffer.first {
            let size = Int(memory.slots[number].status?.size ?? 0)
            guard memory.lend(size, to: number) else { return }
            waitingForBuffer.removeFirst(1)
            site.throttle.take(size)
            attempt(number) { copier throws(MediaError) in
                try copier.queueChain(copier.memory.slots[number], size)
                copier.memory.slots[number].pending = 4
            }
        }
    }

    /// The content is here: it is hashed while the kernel writes it.
    private mutating func noteRead(_ number: Int, _ result: Int32) throws(MediaError) {
        let slot = memory.slots[number]
        guard let status = slot.status, let file = slot.job?.file, Int64(result) == status.size else {
            if slot.isDirect, result == -EINVAL { site.source.stopReadingDirectly() }
            memory.slots[number].hasFailed = true
            return
        }
        if site.hashes(file) {
            do throws(DigestError) {
                var running = try SHA256()
                try running.update(slot.content(Int(result)))
                memory.slots[number].digest = try running.finalize()
            } catch {
                throw FileCopier.failure(error)
            }
        }
        judge(number, file)
    }

    /// Compares a content that has been read with what was expected, and closes the source.
    mutating func judge(_ number: Int, _ file: MediaFile) {
        let slot = memory.slots[number]
        var found = stat()
        let isChanged = fstat(slot.source, &found) != 0 || FileStatus(found) != slot.status
        let fault = ContentJudgement.fault(
            of: file, size: slot.status?.size ?? 0, sha256: slot.digest, isChanged: isChanged)
        if fault != nil { memory.slots[number].hasFailed = true }
        memory.slots[number].closeSource()
    }

    private mutating func rename(_ number: Int) throws(MediaError) {
        guard let first = memory.slots[number].job?.file.targets.first else { return passOn(number) }
        let slot = memory.slots[number]
        try site.target.own(slot.temporary)
        RingSlot.fill(slot.targetPath, first)
        let root = site.target.root.rawValue
        try ring.request(tag: slot.tag(.rename)) {
            io_uring_prep_renameat($0, root, slot.temporaryPath, root, slot.targetPath, 0)
        }
        memory.slots[number].pending = 1
    }

    /// What a look at the target says of a file.
    private enum EarlierRun {
        /// The file is there under all its names.
        case whole
        /// Something is there, and more must be known of it.
        case unclear
    }

    private func outcomeOfEarlierRun(_ file: MediaFile, _ status: FileStatus, isNew: Bool) -> EarlierRun? {
        if isNew, file.targets.count == 1 { return nil }
        let found = file.targets.map { site.target.status(of: $0) }
        if found.allSatisfy({ $0 == nil }) { return nil }
        let options = site.options
        guard !options.verifies, !options.keepsDamaged else { return .unclear }
        return found.allSatisfy { $0?.isRegular == true && $0?.size == status.size } ? .whole : .unclear
    }
}
